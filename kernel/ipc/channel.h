/*
 * ipc/channel.h: IPC channels and the listeners that receive from them.
 *
 * A client handle names a channel; the channel names its listener. The server side of a channel is a
 * handle of the listener itself (Connect without a listener) or of a `server` object. A side dies with
 * its last handle; the other side learns it by rcNotConnected.
 */
#ifndef IPC_CHANNEL_H
#define IPC_CHANNEL_H

#include "core/list.h"
#include "core/priority.h"
#include "core/thread.h"
#include "object/object.h"
#include <rtl/retcode.h>

struct account;
struct process;
struct policy_pair;

/* Threads whose Calls through handles of one object wait to be received. Each holds a reference on it. */
struct callers {
    struct list threads; /* by call.by_object */
    uint32_t count;
    uint32_t unsure; /* so many, from the first on: their handle may have been revoked */
};

struct listener {
    struct object object;
    struct account *account; /* who pays; holds a reference */
    struct process *process; /* that created it; reference held while not closed: its handles may outlive it */
    bool is_closed;
    bool is_taken;                    /* atomic: by a CPU with a claim (claimed.c) */
    uint32_t sender_mask;             /* priorities with waiting senders */
    struct list receivers;            /* threads in Recv; none while closed or while a sender waits */
    struct list leaving;              /* those who were there when it closed */
    struct thread *direct;            /* the caller whose request was received last, if in no list (rendezvous.h);
                                       * none while closed or while a sender waits */
    struct list owed;                 /* other callers whose requests were received here, not yet answered */
    struct list boosted;              /* some of these, who lend the priority of the queue: boost.c */
    uint32_t nboosted;
    struct list returning;            /* threads that answered by Reply and have yet to receive: boost.c */
    uint32_t nreturning;
    struct list takers;               /* threads that are about to move a request from here: boost.c */
    struct list senders[PRIORITIES];  /* threads in Call, first come first served in a priority */
    struct list link;                 /* of process->listeners */
};

struct channel {
    struct object object;
    struct account *account;
    struct listener *listener; /* holds a reference */
    const struct policy_pair *pair; /* formats and verdicts for this client class and server class */
    struct listener *open;     /* while connected: the listener; else one where nobody ever receives */
    const struct policy_held *held, *held_long; /* of the pair */
    bool is_connected;         /* cleared when the server side's own handle goes */
    struct callers callers;
};

struct server_end {
    struct object object;
    struct account *account;
    struct channel *channel; /* holds a reference */
};

/* caller no longer lends what the queue lends; its loan is to be changed or ended. */
static inline void boost_end(struct thread *caller)
{
    list_remove(&caller->call.by_object);
    caller->call.listener->nboosted--;
    caller->call.boost = 0;
}

/* A listener in `process`. rcQuotaExceeded, rcOutOfMemory. */
Retcode listener_create(struct process *process, struct listener **out);

/* Takes a listener that no handle names (any more) out of its process; the reference stays the caller's. */
void listener_discard(struct listener *l);

/* A channel from clients of process `client` to `listener`; *server is null unless want_server. Each
 * result carries one reference of the caller. rcQuotaExceeded, rcOutOfMemory. */
Retcode channel_create(struct process *client, struct listener *listener, bool want_server,
                       struct channel **channel, struct server_end **server);

#endif
