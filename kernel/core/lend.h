/*
 * core/lend.h: priority lending (design: M8).
 *
 * Who waits for a thread lends it its priority: the callers whose requests it received, those whose
 * requests it takes in, and the queues of words (core/futex.h) whose owner it is. A thread runs at the
 * highest of its own and what is lent to it. When that changes while it waits itself, it lends the new one on, along a
 * chain of at most LEND_CHAIN_MAX threads; a listener's queue makes it branch. A loan to a thread
 * that has ended is harmless: it is given back as any other.
 */
#ifndef CORE_LEND_H
#define CORE_LEND_H

#include "core/thread.h"

#define LEND_CHAIN_MAX 32
#define LEND_DEPTH_MAX 16 /* twice the queues that a chain passes through */

/* Offered by ipc: t, which waits in a Call to be received, has a new priority. Whoever owes replies
 * there is settled. */
void lend_queue_changed(struct thread *t);
/* Offered by ipc: t, the waiting side of a copy, has a new priority. The driver is settled. */
void lend_peer_changed(struct thread *t);

static inline uint32_t priority_top(uint32_t mask)
{
    return 31u - (uint32_t)__builtin_clz(mask);
}

/* Sets the effective priority after t's own or its loans changed, and of those that t lends to. */
void lend_settle(struct thread *t);

/* Around several changes that have one cause: together they reach LEND_CHAIN_MAX threads at most. */
void lend_together_begin(void);
void lend_together_end(void);

/* Somebody of priority p begins to wait for t. */
static inline void lend(struct thread *t, uint32_t p)
{
    t->lent[p]++;
    t->lent_mask |= 1u << p;
    if (p > t->priority)
        lend_settle(t);
}

/* The opposite. */
static inline void lend_end(struct thread *t, uint32_t p)
{
    if (--t->lent[p])
        return;
    t->lent_mask &= ~(1u << p);
    if (p == t->priority && p != t->base_priority)
        lend_settle(t);
}

/* Whoever lent t the priority from has another one now. lend_settle(t) has to follow. */
static inline void lend_change(struct thread *t, uint32_t from, uint32_t to)
{
    if (--t->lent[from] == 0)
        t->lent_mask &= ~(1u << from);
    t->lent[to]++;
    t->lent_mask |= 1u << to;
}

#endif
