/*
 * thread.c: threads for programs (kos/thread.h), on the C library's threads.
 */
#define _GNU_SOURCE /* gettid */
#include "core_call.h"

#include <errno.h>
#include <kos/internal.h>
#include <kos/libc_thread.h>
#include <kos/thread.h>
#include <tessera/flags.h>
#include <unistd.h>

#define NS_PER_MS 1000000ull

/* The threads made last: the kernel forgets a thread when it ends, KosThreadWait does not so soon.
 */
#define MADE_MAX 1024u
static uint32_t made[MADE_MAX];
static uint32_t made_count;

static void remember(uint32_t tid)
{
    uint32_t at = __atomic_fetch_add(&made_count, 1, __ATOMIC_RELAXED) % MADE_MAX;

    __atomic_store_n(&made[at], tid, __ATOMIC_RELAXED);
}

static int was_made(uint32_t tid)
{
    uint32_t i;

    for (i = 0; i < MADE_MAX && tid; i++) {
        if (__atomic_load_n(&made[i], __ATOMIC_RELAXED) == tid) {
            return 1;
        }
    }
    return 0;
}

Retcode KosThreadCreate(Tid *tid, rtl_uint32_t priority, rtl_uint32_t stackSize,
                        ThreadRoutine routine, void *context, int suspended)
{
    struct kos_thread_params params = {
        .entry = routine,
        .arg = context,
        .priority = priority,
        .flags = suspended ? KN_THREAD_SUSPENDED : 0,
        .stack_size = stackSize,
    };
    uint32_t number;
    int err;

    if (!routine || priority > ThreadPriorityHighest) {
        return rcInvalidArgument;
    }
    err = __kos_thread_create(&params, &number);
    if (err) {
        return err == EINVAL ? rcInvalidArgument : rcOutOfMemory;
    }
    remember(number);
    if (tid) {
        *tid = number;
    }
    return rcOk;
}

Retcode KosThreadResume(Tid tid)
{
    kl_core_Thread_Resume_req req = {.tid = tid};
    kl_core_Thread_Resume_res res;

    return CORE_CALL(thread_Thread, Thread, Resume, req, res);
}

Tid KosThreadCurrentId(void)
{
    return (Tid)gettid();
}

void KosThreadExit(rtl_int32_t exitCode)
{
    __kos_thread_exit(exitCode);
}

int KosThreadWait(rtl_uint32_t tid, rtl_uint32_t timeout)
{
    kl_core_Thread_Wait_req req = {.tid = tid};
    kl_core_Thread_Wait_res res;
    Retcode rc;

    req.delay = timeout == INFINITE_TIMEOUT ? KN_INFINITE : timeout;
    rc = CORE_CALL(thread_Thread, Thread, Wait, req, res);
    if (rc == rcResourceNotFound && was_made(tid)) {
        return rcOk;
    }
    if (rc == rcTimeout && timeout == 0) {
        KosThreadYield();
    }
    return rc;
}

Retcode KnSleep(rtl_uint32_t mdelay)
{
    return KnSleepNs(mdelay == INFINITE_TIMEOUT ? KN_INFINITE : mdelay * NS_PER_MS);
}

Retcode KosThreadSleep(rtl_uint32_t mdelay)
{
    return KnSleep(mdelay);
}

void KosThreadYield(void)
{
    KnSleepNs(0);
}

/* The states of KosThreadOnceState. */
enum { ONCE_NEW = KOS_THREAD_ONCE_INIT, ONCE_RUNNING, ONCE_DONE };

Retcode KosThreadOnce(KosThreadOnceState *onceControl, void (*initRoutine)(void))
{
    uint32_t *word = (uint32_t *)onceControl;
    uint32_t state = ONCE_NEW;

    if (__atomic_compare_exchange_n(word, &state, ONCE_RUNNING, 0, __ATOMIC_ACQUIRE,
                                    __ATOMIC_ACQUIRE)) {
        initRoutine();
        __atomic_store_n(word, ONCE_DONE, __ATOMIC_RELEASE);
        KnFutexWake(word, UINT32_MAX, NULL);
        return rcOk;
    }
    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == ONCE_RUNNING) {
        KnFutexWait(word, ONCE_RUNNING, KN_INFINITE);
    }
    return rcOk;
}
