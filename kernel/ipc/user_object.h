/*
 * ipc/user_object.h: resources of programs, and callable handles.
 *
 * The kernel knows of a user resource only its rights, its context and its events. If it was bound to a
 * listener and an endpoint, its handles are callable: a Call on one goes to that endpoint, and the
 * server is told the context.
 */
#ifndef IPC_USER_OBJECT_H
#define IPC_USER_OBJECT_H

#include "ipc/channel.h"
#include "object/object.h"
#include <rtl/retcode.h>

struct policy_pair;
struct process;

struct user_object {
    struct object object;
    struct account *account;
    uint64_t context;
    struct listener *listener; /* reference held; null: not callable */
    const struct policy_pair *pair; /* of the class that called last */
    uint16_t riid;
    struct callers callers;
};

/* rcInvalidArgument: the listener's class has no such endpoint. rcQuotaExceeded, rcOutOfMemory. One
 * reference for the caller. */
Retcode user_object_create(struct process *creator, uint64_t context, struct listener *listener,
                           uint16_t riid, struct user_object **out);

static inline struct user_object *user_object_of(struct object *o)
{
    return container_of(o, struct user_object, object);
}

#endif
