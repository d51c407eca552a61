/*
 * object/object.c: identity, life and unfinished work of kernel objects.
 */
#include "object/object.h"

#include "core/lock.h"

#include "object/event.h"

static uint64_t next_sid GUARDED_BY(kernel_lock) = 1;
static uint64_t live GUARDED_BY(kernel_lock);
static struct list unfinished GUARDED_BY(kernel_lock) = {&unfinished, &unfinished};
uint64_t objects_entered; /* the queue, ever; with the lock held */
static uint64_t left GUARDED_BY(kernel_lock);

void object_init(struct object *o, enum object_kind kind, const struct object_ops *ops)
{
    lock_assert_held();
    o->ops = ops;
    o->kind = (uint8_t)kind;
    o->refs = 1;
    o->handles = 0;
    list_init(&o->subscriptions);
    o->subject = (struct ksm_subject){.sid = next_sid++};
    list_init(&o->tree);
    list_init(&o->pending);
    live++;
}

/* One step of the end of an object without references. */
static bool end_step(struct object *o, uint32_t budget)
{
    return subscriptions_end(o, budget) && o->ops->destroy(o, budget);
}

static void enter(struct object *o) REQUIRES(kernel_lock)
{
    list_add_tail(&unfinished, &o->pending);
    objects_entered++;
}

void object_put(struct object *o)
{
    lock_assert_held();
    if (--o->refs > 0)
        return;
    live--;
    if (o->subject.slots)
        object_state_end(o);
    if (!end_step(o, SETTLE_AT_ONCE))
        enter(o);
}

void object_settle_later(struct object *o)
{
    lock_assert_held();
    if (!list_empty(&o->pending))
        return;
    object_ref(o);
    enter(o);
}

void object_settle(struct object *o)
{
    if (list_empty(&o->pending) && !o->ops->settle(o, SETTLE_AT_ONCE))
        object_settle_later(o);
}

/* One step of the first object's work. While it lives it stays in the queue, so that work that comes up
 * for it does not enter it a second time. True when it is done. */
static bool settle_first(struct object *o, uint32_t budget)
{
    if (o->refs == 0) {
        list_remove(&o->pending); /* its memory may go */
        if (end_step(o, budget))
            return true;
        list_add_head(&unfinished, &o->pending);
        return false;
    }
    if (!o->ops->settle(o, budget))
        return false;
    list_remove(&o->pending);
    object_put(o);
    return true;
}

#define SETTLE_COST 8u /* elements that an object counts for even if there is little to do */

bool objects_settle(uint64_t *upto, uint32_t budget)
{
    lock_assert_held();
    if (*upto == 0)
        *upto = objects_entered;
    const uint64_t before = objects_entered;
    for (uint32_t n = 0; n < budget && left < *upto; n += SETTLE_COST)
        left += settle_first(container_of(unfinished.next, struct object, pending), SETTLE_COST);
    if (objects_entered != before)
        *upto = objects_entered;
    if (left < *upto)
        return false;
    *upto = 0;
    return true;
}

uint64_t object_count(void)
{
    lock_assert_held();
    return live;
}
