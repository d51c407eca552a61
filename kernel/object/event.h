/*
 * object/event.h: events of objects, and who is told.
 *
 * A subscription hangs in its object's list and in its notice. It holds no reference on the object: the
 * object's destruction is itself an event and ends the subscription.
 */
#ifndef OBJECT_EVENT_H
#define OBJECT_EVENT_H

#include "object/object.h"

/* General part of an event mask: only the kernel posts it. */
enum {
    EVENT_OBJECT_DESTROYED = 1u << 0,
    EVENT_BADGE_CLOSED = 1u << 1,
    EVENT_TASK_COMPLETED = 1u << 2,
    EVENT_GENERAL = 0xffffu,
};

/* Ends what is subscribed to an object that is destroyed; what was posted can still be read. */
void subscriptions_end(struct object *o);
/* Tells every subscription whose mask matches. Never allocates, never fails. */
void object_post(struct object *o, uint32_t events);

#endif
