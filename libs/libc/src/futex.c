/*
 * futex.c: waiting on a word, and mutexes that lend priority.
 *
 * A requeue wakes the thread instead, which then queues itself on the lock.
 *
 * A mutex with priority inheritance is a word of the owner's number, a bit that says that somebody
 * waits, and one that says that the owner ended (musl's layout). Who waits names the owner to the
 * kernel, which lends it the highest waiter's priority. An unlock frees the word before it wakes, so
 * that the woken thread competes with those that run; it keeps the bit of the waiters set, since
 * others may wait beside it.
 */
#include <errno.h>
#include <time.h>

#include "futex.h"
#include "layer.h"
#include "pthread_impl.h"

#define OP_MASK         127 /* without FUTEX_PRIVATE and the choice of clock */
#define OWNER           0x3fffffffu
#define OWNER_DIED      0x40000000u
#define WAITERS         0x80000000u
#define NOT_RECOVERABLE OWNER /* as an owner */

static long wait_word(uint32_t *ptr, uint32_t val, const struct timespec *timeout)
{
    uint64_t ns = KOS_INFINITE;
    Retcode rc;

    if (timeout) {
        if (!kos_is_timespec(timeout)) {
            return -EINVAL;
        }
        ns = kos_timespec_ns(timeout);
    }
    kos_test_async();
    rc = KnFutexWaitNs(ptr, val, 0, KN_WAIT_ALERTABLE, ns);
    if (rc == rcIpcInterrupt) {
        kos_test_async();
    }
    return kos_errno(rc);
}

static long wake_word(uint32_t *ptr, uint32_t count)
{
    uint32_t woken = 0;
    Retcode rc = KnFutexWake(ptr, count, &woken);

    return rc == rcOk ? (long)woken : kos_errno(rc);
}

/* ---- mutexes that lend priority ---- */

static int change(uint32_t *word, uint32_t old, uint32_t new)
{
    return a_cas((volatile int *)word, (int)old, (int)new) == (int)old;
}

/* One wait; rcTimeout alone is an end. An owner that is gone without a trace is waited for like any
 * other, only that nothing is lent to it. */
static Retcode wait_for_owner(uint32_t *word, uint32_t value, const struct timespec *at)
{
    uint64_t now, end, ns = KOS_INFINITE;
    Retcode rc;

    if (at) {
        now = KnSystemTimeNs();
        end = kos_timespec_ns(at);
        ns = end > now ? end - now : 0;
    }
    rc = KnFutexWaitNs(word, value, value & OWNER, KN_WAIT_ALERTABLE, ns);
    if (rc == rcResourceNotFound) {
        rc = KnFutexWaitNs(word, value, 0, KN_WAIT_ALERTABLE, ns);
    }
    if (rc == rcIpcInterrupt) {
        kos_test_async();
        (void)kos_interrupt(KOS_NO_RESTART);
    }
    return rc;
}

/* at: when to give up, on CLOCK_REALTIME, or null. */
static long lock_pi(uint32_t *word, const struct timespec *at)
{
    uint32_t self = (uint32_t)__pthread_self()->tid, mine = self;

    if (at && !kos_is_timespec(at)) {
        return at->tv_sec < 0 && (unsigned long)at->tv_nsec < 1000000000ul ? -ETIMEDOUT : -EINVAL;
    }
    for (;;) {
        uint32_t value = *(volatile uint32_t *)word, owner = value & OWNER;

        if (!owner) {
            if (change(word, value, mine | value)) {
                return 0;
            }
            continue;
        }
        if (owner == NOT_RECOVERABLE) {
            return -ENOTRECOVERABLE;
        }
        if (owner == self) {
            return -EDEADLK;
        }
        if (!(value & WAITERS)) {
            if (!change(word, value, value | WAITERS)) {
                continue;
            }
            value |= WAITERS;
        }
        mine = self | WAITERS;
        if (wait_for_owner(word, value, at) == rcTimeout) {
            return -ETIMEDOUT;
        }
    }
}

static long unlock_pi(uint32_t *word)
{
    return (uint32_t)a_swap((volatile int *)word, 0) & WAITERS ? wake_word(word, 1) : 0;
}

long kos_futex(uint32_t *ptr, int op, uint32_t val, const struct timespec *timeout)
{
    switch (op & OP_MASK) {
    case FUTEX_WAIT:
        return wait_word(ptr, val, timeout);
    case FUTEX_WAKE:
        return wake_word(ptr, val);
    case FUTEX_REQUEUE:
        return wake_word(ptr, 1);
    case FUTEX_LOCK_PI:
        return lock_pi(ptr, timeout);
    case FUTEX_UNLOCK_PI:
        return unlock_pi(ptr);
    default:
        return -ENOSYS;
    }
}
