/*
 * mutex.c: mutexes (kos/mutex.h).
 *
 * The word is the owner's number and a bit that says that somebody waits. Who waits sets the bit
 * first, and keeps it set when it gets the mutex, since others may wait beside it: at worst an
 * unlock wakes nobody. An unlock frees the mutex before it wakes, so the woken thread competes with
 * those that run; if it loses, it names the new owner when it waits again.
 */
#include "sync_wait.h"

#include <kos/mutex.h>
#include <tessera/thread_self.h>

#define WAITERS 0x80000000u

static uint32_t load(const KosMutex *mutex)
{
    return __atomic_load_n(&mutex->word, __ATOMIC_RELAXED);
}

static int take(KosMutex *mutex, uint32_t old, uint32_t new)
{
    return __atomic_compare_exchange_n(&mutex->word, &old, new, 0, __ATOMIC_ACQUIRE,
                                       __ATOMIC_RELAXED);
}

void KosMutexInit(KosMutex *mutex)
{
    KosMutexInitEx(mutex, 0);
}

void KosMutexInitEx(KosMutex *mutex, int recursive)
{
    *mutex = (KosMutex){.recursive = recursive != 0};
}

void KosMutexDeinit(KosMutex *mutex)
{
    rtl_unused(mutex);
}

/* One wait; rcTimeout alone is an end. A thread that is gone, or that is the caller itself (a plain
 * mutex locked twice), is waited for like any other, only that nothing is lent to it. */
static Retcode wait_for_owner(KosMutex *mutex, uint32_t word, uint64_t deadline)
{
    Retcode rc = sync_wait(&mutex->word, word, word & ~WAITERS, deadline);

    if (rc == rcResourceNotFound || rc == rcInvalidArgument) {
        rc = sync_wait(&mutex->word, word, 0, deadline);
    }
    return rc;
}

static RTL_NOINLINE Retcode lock_slowly(KosMutex *mutex, rtl_uint32_t ms)
{
    uint32_t self = kn_self_tid(), mine = self;
    uint64_t deadline = sync_deadline(ms);

    if (mutex->recursive && (load(mutex) & ~WAITERS) == self) {
        mutex->count++;
        return rcOk;
    }
    for (;;) {
        uint32_t word = load(mutex);

        if (!(word & ~WAITERS)) {
            if (take(mutex, word, mine | word)) {
                return rcOk;
            }
            continue;
        }
        if (!(word & WAITERS)) {
            if (!take(mutex, word, word | WAITERS)) {
                continue;
            }
            word |= WAITERS;
        }
        mine = self | WAITERS;
        if (wait_for_owner(mutex, word, deadline) == rcTimeout) {
            return rcTimeout;
        }
    }
}

void KosMutexLock(KosMutex *mutex)
{
    if (!take(mutex, 0, kn_self_tid())) {
        lock_slowly(mutex, INFINITE_TIMEOUT);
    }
}

Retcode KosMutexLockTimeout(KosMutex *mutex, rtl_uint32_t mdelay)
{
    if (!mutex) {
        return rcInvalidArgument;
    }
    return take(mutex, 0, kn_self_tid()) ? rcOk : lock_slowly(mutex, mdelay);
}

Retcode KosMutexTryLock(KosMutex *mutex)
{
    uint32_t self = kn_self_tid(), word;

    if (!mutex) {
        return rcInvalidArgument;
    }
    while (!((word = load(mutex)) & ~WAITERS)) {
        if (take(mutex, word, self | word)) {
            return rcOk;
        }
    }
    if (mutex->recursive && (word & ~WAITERS) == self) {
        mutex->count++;
        return rcOk;
    }
    return rcBusy;
}

static RTL_NOINLINE void unlock_slowly(KosMutex *mutex)
{
    if ((load(mutex) & ~WAITERS) != kn_self_tid()) {
        return;
    }
    if (mutex->count) {
        mutex->count--;
        return;
    }
    if (__atomic_exchange_n(&mutex->word, 0, __ATOMIC_RELEASE) & WAITERS) {
        KnFutexWake(&mutex->word, 1, NULL);
    }
}

void KosMutexUnlock(KosMutex *mutex)
{
    uint32_t self = kn_self_tid();

    if (mutex->count || !__atomic_compare_exchange_n(&mutex->word, &self, 0, 0, __ATOMIC_RELEASE,
                                                     __ATOMIC_RELAXED)) {
        unlock_slowly(mutex);
    }
}

void sync_mutex_release(KosMutex *mutex, uint32_t tid)
{
    if ((load(mutex) & ~WAITERS) == tid) {
        mutex->count = 0;
        __atomic_store_n(&mutex->word, 0, __ATOMIC_RELEASE);
    }
    KnFutexWake(&mutex->word, 1, NULL);
}
