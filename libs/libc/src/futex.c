/*
 * futex.c: waiting on a word.
 *
 * The kernel counts in milliseconds: timeouts are rounded up, so a wait never ends early. A requeue
 * wakes the thread instead, which then queues itself on the lock.
 */
#include <errno.h>
#include <time.h>

#include "futex.h"
#include "layer.h"

#define OP_MASK 127 /* without FUTEX_PRIVATE and the choice of clock */

static long wait_word(uint32_t *ptr, uint32_t val, const struct timespec *timeout)
{
    uint64_t ms = KOS_INFINITE;

    if (timeout) {
        if (timeout->tv_sec < 0 || timeout->tv_nsec < 0 || timeout->tv_nsec >= 1000000000) {
            return -EINVAL;
        }
        ms = kos_timespec_ns(timeout) / 1000000;
        ms += timeout->tv_nsec % 1000000 != 0;
    }
    return kos_errno(KnFutexWait(ptr, val, ms));
}

static long wake_word(uint32_t *ptr, uint32_t count)
{
    uint32_t woken = 0;
    Retcode rc = KnFutexWake(ptr, count, &woken);

    return rc == rcOk ? (long)woken : kos_errno(rc);
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
    default:
        return -ENOSYS;
    }
}
