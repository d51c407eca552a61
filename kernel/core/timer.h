/*
 * core/timer.h: deadlines of threads, one leftist heap a CPU (insert and cancel O(log n) always).
 */
#ifndef CORE_TIMER_H
#define CORE_TIMER_H

#include <stdbool.h>
#include <stdint.h>

#define TIME_NEVER (~0ull)

struct timer_queue;

struct timer {
    uint64_t deadline; /* nanoseconds of uptime */
    struct timer *left, *right, *parent;
    struct timer_queue *queue; /* while armed */
    uint32_t rank; /* length of the right spine */
    bool is_armed;
};

struct timer_queue {
    struct timer *first;
};

/* Arms an unarmed timer. */
void timer_arm(struct timer_queue *q, struct timer *t, uint64_t deadline);
/* Takes a timer out; harmless if it is not armed. */
void timer_cancel(struct timer_queue *q, struct timer *t);
/* The earliest deadline, or TIME_NEVER. */
static inline uint64_t timer_next(const struct timer_queue *q)
{
    return q->first ? q->first->deadline : TIME_NEVER;
}

#endif
