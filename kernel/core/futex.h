/*
 * core/futex.h: threads that wait on a word of memory, and their priority lent to its owner.
 *
 * Processes meet on a word of shared memory, wherever each of them shows it. The waiters of a word
 * are one queue, highest priority first. Where the word belongs to a thread (a mutex names its
 * owner), the queue lends that thread the priority of its highest waiter; who is woken alone is the
 * next owner.
 */
#ifndef CORE_FUTEX_H
#define CORE_FUTEX_H

#include <stdbool.h>
#include <stdint.h>

#include <rtl/retcode.h>

#include "core/list.h"
#include "core/priority.h"
#include "mm/aspace.h"

struct thread;

/* The waiters of one word. It lies in one of them: no memory is needed to begin a wait. */
struct futex_queue {
    struct word_place place;
    struct list link;       /* of its bucket */
    struct list wake_link;  /* of the queues with chosen threads */
    struct thread *owner;   /* reference held; or null */
    uint32_t count;         /* of waiters that are not chosen */
    uint32_t generation;    /* of a waiter that is not chosen */
    uint32_t mask;          /* priorities of theirs */
    uint8_t lent;           /* to the owner */
    struct thread *chosen;  /* ring of those that one Wake chose and that are woken in steps */
    struct thread *first[PRIORITIES]; /* rings, where mask has the bit */
};

/* A thread's part. */
struct futex_waiter {
    struct word_place place;
    uint32_t generation;
    uint8_t priority; /* whose ring it is in */
    bool is_queued;
    struct futex_queue queue; /* in use if it is the word's */
};

/* Enters t, which is about to block, into the queue of a word. owner: to whom the queue lends from
 * now on; null leaves it as it is. */
void futex_enter(struct thread *t, struct word_place place, struct thread *owner);
/* Takes t out. True if it was chosen by a Wake. */
bool futex_leave(struct thread *t);

/* Wakes one: the longest waiting of the highest priority. False if nobody waits. */
bool futex_wake_one(struct word_place place);
/* Wakes at most `*left` of those that wait now, which it lowers, and counts them in *woken;
 * rcRestart if some are still to be woken: call again. */
Retcode futex_wake(struct word_place place, uint32_t *left, uint32_t *woken);
/* Goes on waking those that were chosen by anybody, at most so many; false while some are left.
 * Called where a thread ends that may have been about to. */
bool futex_settle(uint32_t budget);

/* t waits and has a new priority: puts it where it belongs. The owner whose loans changed, or null.
 */
struct thread *futex_priority_changed(struct thread *t);
/* Whether t's queue is sound (for the self-check). */
bool futex_is_sound(const struct thread *t);

#endif
