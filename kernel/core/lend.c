/*
 * core/lend.c: passes a changed priority along a chain of waiting threads.
 *
 * Each thread waits for one thing; only where that is a listener's queue the chain branches, to
 * those who owe replies there. A chain may be a cycle (a deadlock of the program's own): it ends
 * where nothing changes any more.
 */
#include "core/lend.h"

#include "core/futex.h"
#include "core/sched.h"

static unsigned left;  /* threads that this change may still reach */
static unsigned depth; /* queues that it came through */

/* Changes what a waiting thread lends; returns to whom, or null. */
static struct thread *pass_on(struct thread *t)
{
    struct call *c = &t->call;
    if (c->server && c->server->direct == t)
        return c->server;
    if (c->server) {
        uint8_t now = t->priority > c->boost ? t->priority : c->boost;
        if (now == c->priority)
            return NULL;
        lend_change(c->server, c->priority, now);
        c->priority = now;
        return c->server;
    }
    if (t->wait_kind == WAIT_SEND && depth < LEND_DEPTH_MAX) {
        lend_queue_changed(t);
        return NULL;
    }
    if (t->wait_kind == WAIT_TRANSFER && depth < LEND_DEPTH_MAX) {
        lend_peer_changed(t);
        return NULL;
    }
    return t->futex.is_queued ? futex_priority_changed(t) : NULL;
}

void lend_together_begin(void)
{
    if (depth++ == 0)
        left = LEND_CHAIN_MAX;
}

void lend_together_end(void)
{
    depth--;
}

void lend_settle(struct thread *t)
{
    lend_together_begin();
    for (; t && left > 0; left--) {
        uint32_t p = t->lent_mask ? priority_top(t->lent_mask) : 0;
        if (p < t->base_priority)
            p = t->base_priority;
        if (p < t->queue_priority)
            p = t->queue_priority;
        if (t->direct && p < t->direct->priority)
            p = t->direct->priority;
        if (p == t->priority)
            break;
        sched_set_priority(t, p);
        t = pass_on(t);
    }
    lend_together_end();
}
