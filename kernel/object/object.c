/*
 * object/object.c: identity and life of kernel objects.
 */
#include "object/object.h"

#include "object/event.h"

static uint64_t next_sid = 1;
static uint64_t live;

void object_init(struct object *o, enum object_kind kind, const struct object_ops *ops)
{
    o->ops = ops;
    o->kind = (uint8_t)kind;
    o->refs = 1;
    o->handles = 0;
    list_init(&o->subscriptions);
    o->sid = next_sid++;
    o->slots = 0;
    list_init(&o->tree);
    live++;
}

void object_put(struct object *o)
{
    if (--o->refs == 0) {
        live--;
        object_post(o, EVENT_OBJECT_DESTROYED);
        subscriptions_end(o);
        if (o->slots)
            object_state_end(o);
        o->ops->destroy(o);
    }
}

uint64_t object_count(void)
{
    return live;
}
