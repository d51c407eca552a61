/*
 * ipc/rendezvous.h: the state changes that the general path and the fast path share.
 *
 * Nothing here can fail; callers have checked everything.
 */
#ifndef IPC_RENDEZVOUS_H
#define IPC_RENDEZVOUS_H

#include "core/lend.h"
#include "core/process.h"
#include "core/sched.h"
#include "ipc/channel.h"
#include "ipc/ipc.h"

#include <arch/regs.h>

#define INLINE static inline __attribute__((always_inline))

#define REPLY_TOKEN_NEXT (1ull << 32) /* from a call's token to that of the same thread's next call */

/* The client's request is the server's to answer: who learns of whose death, and the client's priority
 * is lent (design: M8).
 *
 * Two pointers `direct`, of the server's thread and of the listener, hold the request that was received last.
 * That is all that happens while a server answers one request before it receives the next; its loan
 * is counted nowhere, for lend_settle looks at `direct`. When another request comes, or somebody
 * needs the lists, owed_link enters it in both and counts the loan. A caller is `direct` on both sides or on
 * neither. */
INLINE void owe_reply(struct thread *client, struct thread *server)
{
    struct listener *l = client->call.listener;
    if (server->direct)
        owed_link(server->direct);
    if (l->direct)
        owed_link(l->direct);
    client->call.server = server;
    server->direct = client;
    l->direct = client;
}

/* The opposite, when the call ends in whatever way. */
INLINE void owe_no_more(struct thread *client)
{
    struct call *c = &client->call;
    struct thread *server = c->server;
    c->server = NULL;
    if (server->direct == client) {
        server->direct = NULL;
        c->listener->direct = NULL;
        if (server->priority != server->base_priority)
            lend_settle(server);
        return;
    }
    list_unlink(&c->owed_by_thread);
    list_unlink(&c->owed_by_listener);
    if (c->boost)
        boost_end(client);
    lend_end(server, c->priority);
}

/* Results of a Recv; the payload is already there. */
INLINE void answer_recv(struct thread *server, const struct thread *client, uint32_t flags)
{
    struct user_regs *r = &server->regs;
    regs_set_result(r, rcOk);
    regs_set_flags(r, flags);
    regs_set_word(r, client->call.method->direction[DIRECTION_REQUEST].word);
    regs_set_token(r, client->call.token);
    regs_set_context(r, client->call.context);
    regs_set_rights(r, client->call.rights);
}

/* Results of a Call; the payload is already there. */
INLINE void answer_call(struct thread *client, uint64_t word, uint32_t flags)
{
    struct user_regs *r = &client->regs;
    regs_set_result(r, rcOk);
    regs_set_flags(r, flags);
    regs_set_word(r, word);
}

/* The client of a reply token, if its call waits for a reply of t's process; else null. */
static inline struct thread *client_of_token(const struct thread *t, uint64_t token)
{
    struct thread *client = thread_by_tid((uint32_t)token);
    if (!client || client->wait_kind != WAIT_REPLY ||
        client->call.server->process != t->process || client->call.token != token)
        return NULL;
    return client;
}

#endif
