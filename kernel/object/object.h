/*
 * object/object.h: what every kernel object begins with.
 *
 * Two counts (design: M4). `refs` keeps the memory: handles, a running thread or process (itself),
 * messages under way. `handles` counts table entries; when the last goes, ops->last_handle tells the
 * kind (a listener closes, say) while other references may still hold the memory.
 */
#ifndef OBJECT_OBJECT_H
#define OBJECT_OBJECT_H

#include <stdint.h>

#include "core/list.h"

enum object_kind {
    OBJECT_NONE,
    OBJECT_CORE, /* the channel to the kernel */
    OBJECT_PROCESS,
    OBJECT_THREAD,
    OBJECT_CHANNEL,  /* client end */
    OBJECT_SERVER,   /* server end of one channel, distinct from its listener */
    OBJECT_LISTENER, /* receives from a set of channels */
    OBJECT_USER,     /* a resource of a program; a callable handle names one */
    OBJECT_BADGE,    /* a resource transfer context */
    OBJECT_NOTICE,   /* a notification receiver */
    OBJECT_MDL,      /* shared memory */
    OBJECT_AUDIT,    /* a reader of the security module's records */
    OBJECT_SECURITY, /* what a process asks the security module through */
    OBJECT_KINDS,
};

struct handle_entry;
struct object;

struct object_ops {
    const char *name;                     /* in messages to a person */
    void (*last_handle)(struct object *); /* may be null */
    void (*destroy)(struct object *);     /* frees the memory */
    void (*handle_revoked)(struct object *, struct handle_entry *); /* before it goes; may be null */
};

struct object {
    const struct object_ops *ops;
    uint32_t refs;
    uint32_t handles;
    uint8_t kind;    /* enum object_kind */
    uint64_t sid;    /* never reused */
    uint32_t *slots; /* the security module's state; null: none. See policy/subject.c */
    struct list subscriptions; /* who is told of its events: event.h */
    struct list tree; /* inheritance tree of its handles: tree.h */
};

/* The first reference belongs to the caller. */
void object_init(struct object *o, enum object_kind kind, const struct object_ops *ops);
static inline void object_ref(struct object *o)
{
    o->refs++;
}
void object_put(struct object *o);
/* Offered by policy: the state that hangs on o ends. */
void object_state_end(struct object *o);

/* How many objects of each kind live now (for tests that look for leaks). */
uint64_t object_count(void);

#endif
