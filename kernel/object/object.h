/*
 * object/object.h: what every kernel object begins with.
 *
 * Two counts (design: M4). `refs` keeps the memory: handles, a running thread or process (itself),
 * messages under way. `handles` counts table entries; when the last goes, ops->last_handle tells the
 * kind (a listener closes, say) while other references may still hold the memory.
 *
 * What follows the end of an object may be as long as programs made it: subscriptions to tell, threads
 * to wake, frames to free. A short part is done at once; what is left waits in one queue, oldest first,
 * and is worked off in steps by whoever caused it (objects_settle), or in idle time.
 */
#ifndef OBJECT_OBJECT_H
#define OBJECT_OBJECT_H

#include <stdbool.h>
#include <stdint.h>

#include <tessera/formats.h>

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
    /* Frees the memory, looking at about `budget` things; false: there are more, call again. */
    bool (*destroy)(struct object *, uint32_t budget);
    /* Work that object_settle_later() put off; true when done. Null if there is never any. */
    bool (*settle)(struct object *, uint32_t budget);
    void (*handle_revoked)(struct object *); /* a handle of it was revoked; may be null */
};

struct object {
    const struct object_ops *ops;
    uint32_t refs;
    uint32_t handles;
    uint8_t kind;    /* enum object_kind */
    /* As the security module sees it: the SID, never reused, and the words of its state (null: none;
     * policy/subject.c). Its rights stay 0. */
    struct ksm_subject subject;
    struct list subscriptions; /* who is told of its events: event.h */
    struct list tree; /* inheritance tree of its handles: tree.h */
    struct list pending; /* of the objects with unfinished work */
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

/* Steps of one object's work that are done at once, before it waits in the queue. */
#define SETTLE_AT_ONCE 4u

/* Has ops->settle work on o, at once for a start. Harmless if o is waiting already. */
void object_settle(struct object *o);
/* The same for a caller that cannot have anything happen now. */
void object_settle_later(struct object *o);
/* How many objects ever entered the queue: who finds it changed has something to settle. */
extern uint64_t objects_entered;
static inline uint64_t objects_unfinished(void)
{
    return objects_entered;
}
/* Works off about `budget` elements of the queue; true when all is done that was waiting when *upto was
 * zero, and what came of it; *upto is zero again then. What others add meanwhile is theirs. */
bool objects_settle(uint64_t *upto, uint32_t budget);

/* How many objects of each kind live now (for tests that look for leaks). */
uint64_t object_count(void);

#endif
