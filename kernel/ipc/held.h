/*
 * ipc/held.h: what the two files of the shortest path share: held.c says what it is.
 */
#ifndef IPC_HELD_H
#define IPC_HELD_H

#include "core/process.h"
#include "core/sched.h"
#include "ipc/channel.h"
#include "ipc/ipc.h"
#include "ipc/rendezvous.h"

#include <arch/entry.h>
#include <arch/regs.h>
#include <tessera/syscall.h>

/* The functions are left by a jump: the stack is empty, and nothing comes back. What is done seldom is in
 * functions of its own, so that the others need not save registers. */
#define MUSTTAIL __attribute__((musttail))
#define NOINLINE __attribute__((noinline))

/* An argument that nobody looks at: whatever the register holds. */
INLINE uint64_t any(void)
{
    uint64_t x;
    __asm__("" : "=r"(x));
    return x;
}

/* Is the entry of a handle known to the thread (core/thread.h), and may it be used that way? */
INLINE bool is_known(const struct thread *t, uint64_t handle, enum handle_use use,
                     const struct handle_entry **out)
{
    *out = t->known[handle % THREAD_KNOWN_HANDLES];
    return handle_is(*out, handle, use);
}

/* It was not known: looks it up for the next time. False: it cannot be used that way. */
bool held_learn(struct thread *t, uint64_t handle, enum handle_use use);

INLINE struct channel *channel_of(const struct handle_entry *e)
{
    return container_of(e->object, struct channel, object);
}

INLINE struct listener *listener_of(const struct handle_entry *e)
{
    return container_of(e->object, struct listener, object);
}

/* Nothing but this wait keeps it from entering user mode. */
INLINE bool is_plain(const struct thread *t, enum wait_kind wait)
{
    return t->status == THREAD_STATUS(THREAD_BLOCKED, wait) && t->process->state == PROCESS_RUNNING;
}

/* Runs the rules. A denial has changed nothing: the general path asks again and writes it down. */
INLINE bool rules_grant(const struct policy_method *m, int direction, const struct thread *from,
                        const struct thread *to, const void *message)
{
    unsigned verdict = m->direction[direction].rules(message, &from->process->object.subject,
                                                     &to->process->object.subject);
    if (verdict & KSM_PLAIN_RECORD)
        policy_granted(m->pair, direction, from->process, to->process, message);
    return verdict != 0;
}

/* ---- Call ---- */

/* The thread that waits for the Call; null: none that the shortest path reaches. */
INLINE struct thread *find_server(const struct thread *client, const struct listener *l)
    REQUIRES(kernel_lock)
{
    if (list_empty(&l->receivers))
        return NULL;
    struct thread *server = container_of(l->receivers.next, struct thread, wait.link);
    return is_plain(server, WAIT_RECV) && sched_may_switch_here(client->priority) ? server : NULL;
}

/* Earlier requests that are `direct` (rendezvous.h) are entered in the lists; then the Call begins again. */
void held_make_direct(struct thread *server, struct listener *l);

INLINE void commit_call(struct thread *client, struct thread *server, struct listener *l)
{
    client->call.listener = l;
    object_ref(&l->object);
    list_unlink(&server->wait.link);
    client->call.server = server;
    server->direct = client;
    l->direct = client;
    if (client->priority > server->priority)
        server->priority = client->priority; /* it lends it to nobody: it waited to receive */
    server->status = THREAD_STATUS(THREAD_READY, WAIT_NONE);
    client->status = THREAD_STATUS(THREAD_BLOCKED, WAIT_REPLY);
}

/* ---- ReplyRecv ---- */

/* The caller that the token names, if its request is the one that the server received last. */
INLINE struct thread *find_caller(const struct thread *server, uint64_t token, uint64_t word)
{
    struct thread *client = server->direct;
    return client && client->call.token == token && word != NO_WORD ? client : NULL;
}

/* May the caller be answered and the server wait? */
INLINE bool may_reply(const struct thread *server, const struct thread *client,
                      const struct listener *l) REQUIRES(kernel_lock)
{
    return l->direct == client && is_plain(client, WAIT_REPLY) &&
           sched_may_switch_here(client->priority) &&
           (server->priority == server->base_priority || !server->lent_mask);
}

INLINE void commit_reply_recv(struct thread *server, struct thread *client, struct listener *l)
{
    server->direct = NULL;
    l->direct = NULL;
    client->call.server = NULL;
    client->call.listener = NULL;
    client->call.token += REPLY_TOKEN_NEXT;
    l->object.refs--; /* the call's; the server's handle has another */
    client->status = THREAD_STATUS(THREAD_READY, WAIT_NONE);
    server->priority = server->base_priority; /* it has no other loan */
    server->status = THREAD_STATUS(THREAD_BLOCKED, WAIT_RECV);
    list_add_tail(&l->receivers, &server->wait.link);
}

#endif
