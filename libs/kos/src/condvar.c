/*
 * condvar.c: condition variables (kos/condvar.h).
 *
 * A waiter notes the number of signals while it holds the mutex and sleeps as long as that stands;
 * a signal changes it, so that none is missed between the unlocking and the sleep. The kernel wakes
 * the one of the highest priority, which may have begun to wait only after the signal, between its
 * change of the number and its wake. Such a thread sees that the number stands, and wakes all:
 * those that the signal was for go on, the others sleep again.
 */
#include "sync_wait.h"

#include <kos/condvar.h>
#include <tessera/thread_self.h>

static uint32_t sequence_of(const KosCondvar *condvar)
{
    return __atomic_load_n(&condvar->sequence, __ATOMIC_SEQ_CST);
}

void KosCondvarInit(KosCondvar *condvar)
{
    *condvar = (KosCondvar){0};
}

void KosCondvarDeinit(KosCondvar *condvar)
{
    rtl_unused(condvar);
}

static Retcode sleep_until_signal(KosCondvar *condvar, uint32_t seen, uint64_t deadline)
{
    for (;;) {
        Retcode rc = sync_wait(&condvar->sequence, seen, 0, deadline);

        if (sequence_of(condvar) != seen) {
            return rcOk;
        }
        if (rc != rcOk) {
            return rc;
        }
        KnFutexWake(&condvar->sequence, UINT32_MAX, NULL);
    }
}

Retcode KosCondvarWait(KosCondvar *condvar, KosMutex *mutex)
{
    return KosCondvarWaitTimeout(condvar, mutex, INFINITE_TIMEOUT);
}

Retcode KosCondvarWaitTimeout(KosCondvar *condvar, KosMutex *mutex, rtl_uint32_t mdelay)
{
    uint64_t deadline;
    uint32_t seen, count;
    Retcode rc;

    if (!condvar || !mutex || (mutex->word & 0x7fffffffu) != kn_self_tid()) {
        return rcInvalidArgument;
    }
    deadline = sync_deadline(mdelay);
    seen = sequence_of(condvar);
    __atomic_fetch_add(&condvar->waiters, 1, __ATOMIC_SEQ_CST);
    count = mutex->count;
    mutex->count = 0;
    KosMutexUnlock(mutex);
    rc = sleep_until_signal(condvar, seen, deadline);
    __atomic_fetch_sub(&condvar->waiters, 1, __ATOMIC_SEQ_CST);
    KosMutexLock(mutex);
    mutex->count = count;
    return rc;
}

static void wake(KosCondvar *condvar, uint32_t count)
{
    if (__atomic_load_n(&condvar->waiters, __ATOMIC_SEQ_CST)) {
        __atomic_fetch_add(&condvar->sequence, 1, __ATOMIC_SEQ_CST);
        KnFutexWake(&condvar->sequence, count, NULL);
    }
}

void KosCondvarSignal(KosCondvar *condvar)
{
    wake(condvar, 1);
}

void KosCondvarBroadcast(KosCondvar *condvar)
{
    wake(condvar, UINT32_MAX);
}
