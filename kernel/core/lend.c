/*
 * core/lend.c: passes a changed priority along a chain of waiting threads.
 *
 * Each thread waits for one thing, so the chain has no branches. A chain may be a cycle (a deadlock of
 * the program's own): it ends where nothing changes any more.
 */
#include "core/lend.h"

#include "core/futex.h"
#include "core/sched.h"

/* Changes what a waiting thread lends; returns to whom, or null. */
static struct thread *pass_on(struct thread *t)
{
    struct call *c = &t->call;
    if (c->server) {
        lend_change(c->server, c->priority, t->priority);
        c->priority = t->priority;
        return c->server;
    }
    return t->futex.is_queued ? futex_priority_changed(t) : NULL;
}

void lend_settle(struct thread *t)
{
    for (int i = 0; t && i < LEND_CHAIN_MAX; i++) {
        uint32_t p = t->lent_mask ? priority_top(t->lent_mask) : 0;
        if (p < t->base_priority)
            p = t->base_priority;
        if (p == t->priority)
            return;
        sched_set_priority(t, p);
        t = pass_on(t);
    }
}
