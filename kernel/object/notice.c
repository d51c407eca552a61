/*
 * object/notice.c: see notice.h.
 */
#include "object/notice.h"

#include "mm/kmem.h"
#include "object/event.h"

static uint64_t latest; /* serial of the latest subscription */

static void subscription_free(struct subscription *s)
{
    struct account *account = s->account;
    list_remove(&s->in_object);
    list_remove(&s->in_notice);
    list_remove(&s->in_pending);
    kmem_free(account, s, sizeof *s);
    account_put(account);
}

static void notice_last_handle(struct object *o)
{
    struct notice *n = container_of(o, struct notice, object);
    notice_drop(n);
}

static bool notice_destroy(struct object *o, uint32_t budget)
{
    struct notice *n = container_of(o, struct notice, object);
    struct account *account = n->account;
    for (; !list_empty(&n->subscriptions); budget--) {
        if (budget == 0)
            return false;
        subscription_free(container_of(n->subscriptions.next, struct subscription, in_notice));
    }
    kmem_free(account, n, sizeof *n);
    account_put(account);
    return true;
}

static bool notice_settle(struct object *o, uint32_t budget)
{
    return notice_wake(container_of(o, struct notice, object), budget);
}

static const struct object_ops notice_ops = {.name = "notification receiver",
                                             .last_handle = notice_last_handle,
                                             .destroy = notice_destroy,
                                             .settle = notice_settle};

Retcode notice_create(struct account *account, struct notice **out)
{
    Retcode rc = rcOk;
    struct notice *n = kmem_alloc(account, sizeof *n, &rc);
    if (!n)
        return rc;
    object_init(&n->object, OBJECT_NOTICE, &notice_ops);
    n->account = account_ref(account);
    list_init(&n->subscriptions);
    list_init(&n->pending);
    list_init(&n->waiters);
    *out = n;
    return rcOk;
}

static void subscription_post(struct subscription *s, uint32_t events)
{
    uint32_t hit = s->mask & events;
    if (!hit)
        return;
    if (!s->occurred)
        list_add_tail(&s->notice->pending, &s->in_pending);
    s->occurred |= hit;
    notice_wake(s->notice, 1);
}

Retcode notice_subscribe(struct notice *n, struct account *account, struct object *o, uint32_t mask,
                         uint64_t id, uint32_t past)
{
    Retcode rc = rcOk;
    if (!mask)
        return rcInvalidArgument;
    struct subscription *s = kmem_alloc(account, sizeof *s, &rc);
    if (!s)
        return rc;
    s->notice = n;
    s->object = o;
    s->account = account_ref(account);
    s->mask = mask;
    s->id = id;
    s->serial = ++latest;
    list_add_tail(&o->subscriptions, &s->in_object);
    list_add_tail(&n->subscriptions, &s->in_notice);
    list_init(&s->in_pending);
    subscription_post(s, past);
    return rcOk;
}

void notice_scan_drop(struct notice_scan *scan)
{
    struct notice *n = scan->notice;
    if (!n)
        return;
    list_remove(&scan->place.in_notice);
    scan->notice = NULL;
    object_put(&n->object);
}

/* Stands before the first entry, or where it stood. */
static void scan_start(struct notice_scan *scan, struct notice *n)
{
    if (scan->notice == n)
        return;
    notice_scan_drop(scan);
    scan->notice = n;
    scan->has_found = false;
    object_ref(&n->object);
    list_add_head(&n->subscriptions, &scan->place.in_notice);
}

Retcode notice_unsubscribe(struct notice_scan *scan, struct notice *n, struct object *o, bool has_id,
                           uint64_t id, uint32_t budget)
{
    struct list *place = &scan->place.in_notice;
    scan_start(scan, n);
    for (; budget > 0 && place->next != &n->subscriptions; budget--) {
        struct list *next = place->next;
        struct subscription *s = container_of(next, struct subscription, in_notice);
        if (s->account && s->object == o && (!has_id || s->id == id)) {
            subscription_free(s);
            scan->has_found = true;
        } else {
            list_remove(place);
            list_add_head(next, place);
        }
    }
    if (place->next != &n->subscriptions)
        return rcRestart;
    notice_scan_drop(scan);
    return scan->has_found ? rcOk : rcResourceNotFound;
}

bool notice_take(struct notice *n, uint64_t *id, uint32_t *events)
{
    if (list_empty(&n->pending))
        return false;
    struct subscription *s = container_of(n->pending.next, struct subscription, in_pending);
    list_remove(&s->in_pending);
    *id = s->id;
    *events = s->occurred;
    s->occurred = 0;
    if (!s->object)
        subscription_free(s);
    return true;
}

void notice_drop(struct notice *n)
{
    n->is_dropped = true;
    object_settle(&n->object);
}

/* ---- events of objects ---- */

bool object_post(struct post *p, struct object *o, uint32_t events, uint32_t budget)
{
    if (list_empty(&o->subscriptions))
        return true;
    p->object = o;
    object_ref(o);
    p->events = events;
    p->last = latest;
    p->place.notice = NULL;
    list_add_head(&o->subscriptions, &p->place.in_object);
    return object_post_step(p, budget);
}

bool object_post_step(struct post *p, uint32_t budget)
{
    struct object *o = p->object;
    struct list *place = &p->place.in_object, *next;
    for (; (next = place->next) != &o->subscriptions; budget--) {
        struct subscription *s = container_of(next, struct subscription, in_object);
        if (s->notice && s->serial > p->last)
            break;
        if (budget == 0)
            return false;
        list_remove(place);
        list_add_head(next, place);
        if (s->notice) /* else the place of another event */
            subscription_post(s, p->events);
    }
    list_remove(place);
    p->object = NULL;
    object_put(o);
    return true;
}

bool subscriptions_end(struct object *o, uint32_t budget)
{
    for (; !list_empty(&o->subscriptions); budget--) {
        if (budget == 0)
            return false;
        struct subscription *s = container_of(o->subscriptions.next, struct subscription, in_object);
        subscription_post(s, EVENT_OBJECT_DESTROYED);
        list_remove(&s->in_object);
        s->object = NULL;
        if (!s->occurred)
            subscription_free(s);
    }
    return true;
}
