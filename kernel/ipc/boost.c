/*
 * ipc/boost.c: the queue of a listener lends its priority (design: M8).
 *
 * Who waits to be received waits for the threads that still owe replies there: while there is a queue,
 * its highest priority is lent to them, as if their callers had it. A few calls are enough, as one server
 * has few threads; more would make one step long.
 *
 * A server that answers by Reply and then receives owes nothing in between, and whoever calls then, or is
 * in the queue already, waits for it all the same. So the queue lends to those, too, until they receive.
 *
 * The same holds before a request is received: who takes a request in (a receiver that was woken for one, either side of a copy
 * that takes several steps) is lent the priority of the queue and of the other side, which waits for it.
 */
#include "core/lend.h"
#include "ipc/channel.h"
#include "ipc/ipc.h"

#define BOOST_MAX 8u /* calls of a listener that lend their queue's priority; takers that learn of a change */

void owed_link(struct thread *client)
{
    struct call *c = &client->call;
    struct thread *server = c->server;
    server->direct = NULL;
    c->listener->direct = NULL;
    list_add_tail(&server->owed, &c->owed_by_thread);
    list_add_tail(&c->listener->owed, &c->owed_by_listener);
    c->priority = client->priority;
    lend(server, c->priority); /* counted now; nothing changes */
}

static void set_boost(struct thread *caller, uint32_t boost)
{
    struct call *c = &caller->call;
    uint32_t old = c->priority, now = caller->priority > boost ? caller->priority : boost;
    c->boost = (uint8_t)boost;
    if (now == old)
        return;
    c->priority = (uint8_t)now;
    lend_change(c->server, old, now);
    lend_settle(c->server);
}

static void boost_more(struct listener *l, uint32_t p)
{
    struct list *at = l->owed.next;
    for (unsigned n = 0; n < BOOST_MAX && l->nboosted < BOOST_MAX && at != &l->owed; n++) {
        struct thread *caller = container_of(at, struct thread, call.owed_by_listener);
        at = at->next;
        if (caller->call.boost)
            continue;
        list_add_tail(&l->boosted, &caller->call.by_object);
        l->nboosted++;
        set_boost(caller, p);
    }
}

/* ---- who answered and has yet to receive ---- */

static uint32_t queue_top(const struct listener *l)
{
    return l->sender_mask ? priority_top(l->sender_mask) : 0;
}

static void set_queue_priority(struct thread *t, uint32_t p)
{
    if (t->queue_priority == p)
        return;
    t->queue_priority = (uint8_t)p;
    lend_settle(t);
}

void boost_returning(struct thread *t, struct listener *l)
{
    if (t->returns_to == l)
        return;
    boost_returned(t);
    if (l->is_closed)
        return;
    if (l->nreturning == BOOST_MAX)
        boost_returned(container_of(l->returning.next, struct thread, returning));
    list_add_tail(&l->returning, &t->returning);
    l->nreturning++;
    t->returns_to = l;
    set_queue_priority(t, queue_top(l));
}

void boost_returned(struct thread *t)
{
    if (!t->returns_to)
        return;
    list_remove(&t->returning);
    t->returns_to->nreturning--;
    t->returns_to = NULL;
    set_queue_priority(t, 0);
}

void boost_none_returns(struct listener *l)
{
    while (l->nreturning)
        boost_returned(container_of(l->returning.next, struct thread, returning));
}

/* ---- who takes a request in ---- */

static void set_taker_loan(struct thread *t, uint32_t p)
{
    uint32_t old = t->taker_loan;
    if (p == old)
        return;
    t->taker_loan = (uint8_t)p;
    lend_change(t, old, p);
    lend_settle(t);
}

void taking_update(struct thread *t)
{
    if (!t->is_taking)
        return;
    const struct thread *peer = t->transfer.peer;
    uint32_t p = queue_top(t->recv_from ? t->recv_from : t->call.listener);
    set_taker_loan(t, peer && peer->priority > p ? peer->priority : p);
}

void taking_begin(struct thread *t, struct listener *l)
{
    t->is_taking = true;
    list_add_tail(&l->takers, &t->taker_link);
    lend(t, t->taker_loan);
    taking_update(t);
}

void taking_end(struct thread *t)
{
    if (!t->is_taking)
        return;
    uint32_t p = t->taker_loan;
    t->is_taking = false;
    t->taker_loan = 0;
    list_remove(&t->taker_link);
    lend_end(t, p);
}

void lend_peer_changed(struct thread *t)
{
    taking_update(t->wait.object);
}

static void update_takers(struct listener *l)
{
    unsigned n = 0;
    for (struct list *at = l->takers.next; at != &l->takers && n < BOOST_MAX; at = at->next, n++)
        taking_update(container_of(at, struct thread, taker_link));
}

/* ---- the queue ---- */

void boost_update(struct listener *l)
{
    uint32_t p = queue_top(l);
    lend_together_begin();
    for (struct list *at = l->boosted.next, *next; at != &l->boosted; at = next) {
        struct thread *caller = container_of(at, struct thread, call.by_object);
        next = at->next;
        if (p == 0)
            boost_end(caller);
        set_boost(caller, p);
    }
    if (p > 0)
        boost_more(l, p);
    for (struct list *at = l->returning.next; at != &l->returning; at = at->next)
        set_queue_priority(container_of(at, struct thread, returning), p);
    update_takers(l);
    lend_together_end();
}

/* t, which waits to be received, has a new priority: its place in the queue is another one. */
void lend_queue_changed(struct thread *t)
{
    struct call *c = &t->call;
    struct listener *l = c->listener;
    if (c->priority == t->priority)
        return;
    list_remove(&t->wait.link);
    if (list_empty(&l->senders[c->priority]))
        l->sender_mask &= ~(1u << c->priority);
    c->priority = t->priority;
    list_add_tail(&l->senders[c->priority], &t->wait.link);
    l->sender_mask |= 1u << c->priority;
    boost_update(l);
}
