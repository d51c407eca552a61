/*
 * core/futex.c: see core/futex.h.
 *
 * Queues hang in a hash table whose function has a random part, so that no program can choose words
 * that meet in one bucket. A queue is a structure of one of its waiters; when that one leaves, the
 * queue moves into another waiter, a copy of fixed size.
 *
 * A Wake of more than one step (waking all of many) chooses at once all who wait then: their rings
 * are put together and the queue's generation moves on. Whoever waits again meanwhile is of the new
 * generation and does not count. The chosen are woken in steps by the caller, or, if it ends before
 * it is through, by whoever ends it.
 */
#include "core/futex.h"

#include "core/copy.h"
#include "core/lend.h"
#include "core/sched.h"

#include <arch/cpu.h>

#define BUCKET_BITS 10
#define WAKE_STEP   16u /* threads woken between two preemption points */

static struct list buckets[1u << BUCKET_BITS] GUARDED_BY(kernel_lock);
static struct list waking GUARDED_BY(kernel_lock); /* queues with chosen threads */
static uint64_t secret;

static struct list *bucket(const struct word_place *place)
{
    if (!secret) {
        secret = arch_random() | 1;
        list_init(&waking);
    }
    uint64_t h = (place->space ^ secret) * 0x9e3779b97f4a7c15ull;
    h = ((h ^ h >> 32) + place->offset) * 0xd6e8feb86659fd93ull;
    struct list *b = &buckets[(h ^ h >> 32) * secret >> (64 - BUCKET_BITS)];
    if (!b->next)
        list_init(b);
    return b;
}

static struct futex_queue *find(const struct word_place *place)
{
    struct list *b = bucket(place);
    for (struct list *l = b->next; l != b; l = l->next) {
        struct futex_queue *q = container_of(l, struct futex_queue, link);
        if (q->place.offset == place->offset && q->place.space == place->space)
            return q;
    }
    return NULL;
}

/* ---- rings: circular lists without a head ---- */

static struct thread *waiter_of(struct list *l)
{
    return container_of(l, struct thread, wait.link);
}

static void ring_add(struct thread **first, struct thread *t)
{
    list_init(&t->wait.link);
    if (*first)
        list_insert_before(&(*first)->wait.link, &t->wait.link);
    else
        *first = t;
}

static void ring_remove(struct thread **first, struct thread *t)
{
    if (*first == t)
        *first = list_empty(&t->wait.link) ? NULL : waiter_of(t->wait.link.next);
    list_remove(&t->wait.link);
}

/* Appends a whole ring. */
static void ring_join(struct thread **first, struct thread *other)
{
    if (!*first) {
        *first = other;
        return;
    }
    struct list *a = &(*first)->wait.link, *b = &other->wait.link, *a_last = a->prev;
    a->prev = b->prev;
    b->prev->next = a;
    a_last->next = b;
    b->prev = a_last;
}

/* ---- one queue ---- */

static void queue_init(struct futex_queue *q, const struct word_place *place)
{
    q->place = *place;
    q->owner = NULL;
    q->count = q->generation = q->mask = 0;
    q->chosen = NULL;
    list_init(&q->wake_link);
    list_add_tail(bucket(place), &q->link);
}

static void list_replace(struct list *old, struct list *now)
{
    if (list_empty(old)) {
        list_init(now);
        return;
    }
    *now = *old;
    now->next->prev = now;
    now->prev->next = now;
}

static struct futex_queue *queue_move(struct futex_queue *q)
{
    struct thread *t = q->mask ? q->first[priority_top(q->mask)] : q->chosen;
    struct futex_queue *now = &t->futex.queue;
    copy_bytes(now, q, sizeof *q);
    list_replace(&q->link, &now->link);
    list_replace(&q->wake_link, &now->wake_link);
    return now;
}

/* To whom the queue lends, from now on. */
static void set_owner(struct futex_queue *q, struct thread *owner)
{
    struct thread *old = q->owner;
    uint8_t lent = q->lent;
    if (owner) {
        object_ref(&owner->object);
        q->lent = (uint8_t)priority_top(q->mask);
    }
    q->owner = owner;
    if (owner) {
        owner->queues_owned++;
        lend(owner, q->lent);
    }
    if (old) {
        old->queues_owned--;
        lend_end(old, lent);
        object_put(&old->object);
    }
}

/* After the highest waiter changed: what the owner is lent; returns it if it is to be settled. */
static struct thread *change_loan(struct futex_queue *q)
{
    uint8_t top = (uint8_t)priority_top(q->mask), old = q->lent;
    if (!q->owner || top == old)
        return NULL;
    q->lent = top;
    lend_change(q->owner, old, top);
    return q->owner;
}

static void ring_enter(struct futex_queue *q, struct thread *t)
{
    uint32_t p = t->priority;
    if (!(q->mask & 1u << p)) {
        q->first[p] = NULL;
        q->mask |= 1u << p;
    }
    ring_add(&q->first[p], t);
    t->futex.priority = (uint8_t)p;
    t->futex.is_queued = true;
}

static void ring_leave(struct futex_queue *q, struct thread *t)
{
    uint32_t p = t->futex.priority;
    ring_remove(&q->first[p], t);
    if (!q->first[p])
        q->mask &= ~(1u << p);
}

/* ---- waiting ---- */

void futex_enter(struct thread *t, struct word_place place, struct thread *owner)
{
    struct futex_queue *q = find(&place);
    if (!q) {
        q = &t->futex.queue;
        queue_init(q, &place);
    }
    t->futex.place = place;
    t->futex.generation = q->generation;
    ring_enter(q, t);
    q->count++;
    if (owner && owner != q->owner)
        set_owner(q, owner);
    else if (q->owner)
        lend_settle(change_loan(q));
}

bool futex_leave(struct thread *t)
{
    struct futex_queue *q = find(&t->futex.place);
    t->futex.is_queued = false;
    bool is_chosen = t->futex.generation != q->generation;
    if (is_chosen) {
        ring_remove(&q->chosen, t);
        if (!q->chosen)
            list_remove(&q->wake_link);
    } else {
        ring_leave(q, t);
        q->count--;
    }
    if (!q->mask && q->owner)
        set_owner(q, NULL);
    if (!q->mask && !q->chosen) {
        list_remove(&q->link);
        return is_chosen;
    }
    if (q == &t->futex.queue)
        q = queue_move(q);
    if (q->owner)
        lend_settle(change_loan(q));
    return is_chosen;
}

struct thread *futex_priority_changed(struct thread *t)
{
    struct futex_queue *q = find(&t->futex.place);
    if (t->futex.generation != q->generation || t->futex.priority == t->priority)
        return NULL;
    ring_leave(q, t);
    ring_enter(q, t);
    return change_loan(q);
}

/* ---- waking ---- */

/* The one that waits longest of the highest priority. With is_heir it owns the word from now on. */
static void wake_best(struct futex_queue *q, bool is_heir)
{
    struct thread *t = q->first[priority_top(q->mask)], *owner = q->owner;
    struct word_place place = q->place;
    if (owner && q->count > 1) {
        wait_cancel(t, rcOk);
        set_owner(find(&place), is_heir ? t : NULL);
    } else {
        wait_cancel(t, rcOk);
    }
}

bool futex_wake_one(struct word_place place)
{
    struct futex_queue *q = find(&place);
    if (!q || !q->mask)
        return false;
    wake_best(q, true);
    return true;
}

static void choose_all(struct futex_queue *q)
{
    if (q->owner)
        set_owner(q, NULL);
    for (; q->mask; q->mask &= q->mask - 1)
        ring_join(&q->chosen, q->first[__builtin_ctz(q->mask)]);
    q->generation++;
    q->count = 0;
    if (list_empty(&q->wake_link))
        list_add_tail(&waking, &q->wake_link);
}

bool futex_settle(uint32_t budget)
{
    lock_assert_held();
    while (waking.next && !list_empty(&waking)) {
        if (budget-- == 0)
            return false;
        wait_cancel(container_of(waking.next, struct futex_queue, wake_link)->chosen, rcOk);
    }
    return true;
}

Retcode futex_wake(struct word_place place, uint32_t *left, uint32_t *woken)
{
    struct futex_queue *q = find(&place);
    if (q && *left >= q->count && q->count > WAKE_STEP) {
        *woken += q->count;
        *left = 0;
        choose_all(q);
    }
    if (*left == 0)
        return futex_settle(WAKE_STEP) ? rcOk : rcRestart;
    for (uint32_t n = 0; q && q->mask && *left > 0; n++, q = find(&place)) {
        if (n == WAKE_STEP)
            return rcRestart;
        wake_best(q, *left == 1);
        --*left;
        ++*woken;
    }
    *left = 0;
    return rcOk;
}

/* ---- self-check ---- */

bool futex_is_sound(const struct thread *t)
{
    const struct futex_queue *q = find(&t->futex.place);
    if (!q)
        return false;
    if (t->futex.generation != q->generation)
        return q->chosen && !list_empty(&q->wake_link);
    return t->futex.priority == t->priority && (q->mask & 1u << t->priority) &&
           (!q->owner || q->lent == priority_top(q->mask));
}
