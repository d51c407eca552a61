/*
 * object/event.h: events of objects, and who is told.
 *
 * A subscription hangs in its object's list and in its notice. It holds no reference on the object: the
 * object's destruction is itself an event and ends the subscription.
 */
#ifndef OBJECT_EVENT_H
#define OBJECT_EVENT_H

#include "object/notice.h"
#include "object/object.h"

/* General part of an event mask: only the kernel posts it. */
enum {
    EVENT_OBJECT_DESTROYED = 1u << 0,
    EVENT_BADGE_CLOSED = 1u << 1,
    EVENT_TASK_COMPLETED = 1u << 2,
    EVENT_GENERAL = 0xffffu,
};

/* Tells about `budget` of those subscribed to an object that is destroyed and ends their subscriptions;
 * what was posted can still be read. True when none is left. */
bool subscriptions_end(struct object *o, uint32_t budget);

/* An event on its way, in steps: whoever subscribed before it began is told. Never allocates, never
 * fails. True when all are told; else object_post_step goes on. */
bool object_post(struct post *p, struct object *o, uint32_t events, uint32_t budget);
bool object_post_step(struct post *p, uint32_t budget);
static inline bool object_is_posting(const struct post *p)
{
    return p->object != 0;
}

#endif
