/*
 * poll.c: poll and select, also as a way to sleep.
 *
 * Every change of an open file that could make it ready adds one to a word; who waits, waits for that
 * word and looks again.
 */
#include <errno.h>
#include <limits.h>
#include <poll.h>
#include <string.h>
#include <sys/select.h>
#include <time.h>

#include "descriptor.h"
#include "futex.h"
#include "layer.h"
#include "pthread_impl.h"

#define WORD_BITS (8 * (int)sizeof(unsigned long))

static volatile int change, waiting;

void kos_files_changed(void)
{
    __atomic_fetch_add(&change, 1, __ATOMIC_SEQ_CST);
    if (waiting) {
        kos_futex((uint32_t *)&change, FUTEX_WAKE, INT_MAX, NULL);
    }
}

/* What of `wanted` a descriptor is ready for; POLLERR, POLLHUP and POLLNVAL are always wanted. */
static int ready_now(int fd, int wanted)
{
    struct kos_file *file = kos_file_take(fd);
    int events;

    if (!file) {
        return POLLNVAL;
    }
    events = file->ops->ready(file);
    events |= events & POLLIN ? POLLRDNORM : 0;
    events |= events & POLLOUT ? POLLWRNORM : 0;
    kos_file_give(file);
    return events & (wanted | POLLERR | POLLHUP);
}

/* How many of what is asked are ready; an error below zero. */
typedef long looker(void *asked);

/* Looks until something is ready, with another mask of signals if there is one. */
static long wait_ready(looker *look, void *asked, const struct timespec *timeout,
                       const unsigned long *mask)
{
    struct kos_thread_state *self = &__pthread_self()->kos;
    unsigned long before = self->sig_mask;
    uint64_t end = UINT64_MAX;
    long r;

    if (timeout && !kos_is_timespec(timeout)) {
        return -EINVAL;
    }
    if (timeout) {
        end = kos_deadline(kos_timespec_ns(timeout));
    }
    if (mask) {
        kos_sigprocmask(SIG_SETMASK, mask, NULL);
    }
    __atomic_fetch_add(&waiting, 1, __ATOMIC_SEQ_CST);
    for (;;) {
        int seen = change;
        struct timespec left;

        r = look(asked);
        if (r == 0 && mask) {
            r = kos_interrupt(KOS_NO_RESTART);
        }
        if (r || KnUptimeNs() >= end) {
            break;
        }
        kos_time_left(end, &left);
        r = kos_futex((uint32_t *)&change, FUTEX_WAIT, (uint32_t)seen, timeout ? &left : NULL);
        if (r == -EINTR && (r = kos_interrupt(KOS_NO_RESTART))) {
            break;
        }
    }
    __atomic_fetch_sub(&waiting, 1, __ATOMIC_SEQ_CST);
    self->sig_mask = before;
    return r;
}

struct poll_list {
    struct pollfd *fds;
    unsigned long count;
};

static long look_poll(void *asked)
{
    struct poll_list *list = asked;
    long ready = 0;

    for (unsigned long i = 0; i < list->count; i++) {
        struct pollfd *p = &list->fds[i];

        p->revents = (short)(p->fd >= 0 ? ready_now(p->fd, p->events) : 0);
        ready += p->revents != 0;
    }
    return ready;
}

long kos_poll(struct pollfd *fds, unsigned long count, const struct timespec *timeout,
              const unsigned long *mask)
{
    struct poll_list list = { fds, count };

    return count > KOS_OPEN_MAX ? -EINVAL : wait_ready(look_poll, &list, timeout, mask);
}

/* The sets as they were given, and those that are to be answered. */
struct select_sets {
    int count;
    fd_set in[3];
    unsigned long *out[3]; /* read, write, except */
};

static long look_set(const struct select_sets *sets, int which)
{
    static const int events[3] = { POLLIN | POLLHUP | POLLERR, POLLOUT | POLLERR, 0 };
    long ready = 0;

    for (int fd = 0; fd < sets->count; fd++) {
        unsigned long bit = 1ul << (fd % WORD_BITS), *word = &sets->out[which][fd / WORD_BITS];

        *word &= ~bit;
        if (FD_ISSET(fd, &sets->in[which])) {
            int now = ready_now(fd, events[which]);

            if (now & POLLNVAL) {
                return -EBADF;
            }
            *word |= now & events[which] ? bit : 0;
            ready += !!(now & events[which]);
        }
    }
    return ready;
}

static long look_select(void *asked)
{
    struct select_sets *sets = asked;
    long ready = 0;

    for (int i = 0; i < 3; i++) {
        long r = sets->out[i] ? look_set(sets, i) : 0;

        if (r < 0) {
            return r;
        }
        ready += r;
    }
    return ready;
}

long kos_select(int count, unsigned long *const out[3], const struct timespec *timeout,
                const unsigned long *mask)
{
    struct select_sets sets = { .count = count };
    long r;

    if (count < 0 || count > FD_SETSIZE) {
        return -EINVAL;
    }
    for (int i = 0; i < 3; i++) {
        sets.out[i] = out[i];
        if (out[i]) {
            memcpy(&sets.in[i], out[i], (size_t)(count + WORD_BITS - 1) / WORD_BITS * sizeof(long));
        }
    }
    r = wait_ready(look_select, &sets, timeout, mask);
    for (int i = 0; r < 0 && i < 3; i++) {
        if (out[i]) {
            memcpy(out[i], &sets.in[i], (size_t)(count + WORD_BITS - 1) / WORD_BITS * sizeof(long));
        }
    }
    return r;
}
