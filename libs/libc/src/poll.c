/*
 * poll.c: poll and select over the console's descriptors, and as a way to sleep.
 *
 * The console never blocks: reading is at its end, writing is always possible. So the answer is
 * known at once, and only a call that names nothing that can be ready waits.
 */
#include <errno.h>
#include <poll.h>
#include <time.h>

#include "layer.h"

/* Sleeps for the whole timeout; a null one is for ever. */
static long sleep_out(const struct timespec *timeout)
{
    static uint32_t never;

    if (timeout && (timeout->tv_sec < 0 || timeout->tv_nsec < 0 ||
                    timeout->tv_nsec >= 1000000000)) {
        return -EINVAL;
    }
    return timeout ? kos_errno(KnSleepNs(kos_timespec_ns(timeout)))
                   : kos_errno(KnFutexWait(&never, 0, KOS_INFINITE));
}

static short console_events(int fd, short wanted)
{
    return fd == 0 ? wanted & (POLLIN | POLLRDNORM) : wanted & (POLLOUT | POLLWRNORM);
}

long kos_poll(struct pollfd *fds, unsigned long count, const struct timespec *timeout)
{
    long ready = 0;

    for (unsigned long i = 0; i < count; i++) {
        fds[i].revents = 0;
        if (fds[i].fd >= 0) {
            fds[i].revents = kos_fd_is_console(fds[i].fd)
                                 ? console_events(fds[i].fd, fds[i].events)
                                 : POLLNVAL;
        }
        ready += fds[i].revents != 0;
    }
    return ready ? ready : sleep_out(timeout);
}

/* Keeps in the set's first word the descriptors of `can`; -EBADF if others are named. */
static long select_set(int count, unsigned long *set, unsigned long can, long *ready)
{
    unsigned long named;

    if (!set || count == 0) {
        return 0;
    }
    named = count < 64 ? set[0] & ((1ul << count) - 1) : set[0];
    if (named & ~7ul) {
        return -EBADF;
    }
    for (int i = 1; i < (count + 63) / 64; i++) {
        if (set[i]) {
            return -EBADF;
        }
    }
    set[0] = named & can;
    *ready += __builtin_popcountl(set[0]);
    return 0;
}

long kos_select(int count, unsigned long *read, unsigned long *write, unsigned long *except,
                const struct timespec *timeout)
{
    long ready = 0;

    if (count < 0 || count > 1024) {
        return -EINVAL;
    }
    if (select_set(count, read, 1, &ready) || select_set(count, write, 6, &ready) ||
        select_set(count, except, 0, &ready)) {
        return -EBADF;
    }
    return ready ? ready : sleep_out(timeout);
}
