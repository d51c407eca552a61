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

/* The client's request is the server's to answer: who learns of whose death, and the client's priority
 * is lent (design: M8). */
static inline __attribute__((always_inline)) void owe_reply(struct thread *client, struct thread *server)
{
    struct call *c = &client->call;
    uint8_t p = client->priority;
    c->server = server;
    list_add_tail(&server->owed, &c->owed_by_thread);
    list_add_tail(&c->listener->owed, &c->owed_by_listener);
    c->priority = p;
    lend(server, p);
}

/* The opposite, when the call ends in whatever way. */
static inline __attribute__((always_inline)) void owe_no_more(struct thread *client)
{
    struct call *c = &client->call;
    struct thread *server = c->server;
    uint8_t p = c->priority;
    list_unlink(&c->owed_by_thread);
    list_unlink(&c->owed_by_listener);
    if (c->boost)
        boost_end(client);
    c->server = NULL;
    lend_end(server, p);
}

static inline __attribute__((always_inline)) void wait_for_reply(struct thread *client)
{
    client->wait.kind = WAIT_REPLY;
    client->wait.object = client->call.server;
    client->wait.cancel = cancel_reply;
}

static inline __attribute__((always_inline)) void wait_for_request(struct thread *server, struct listener *l)
{
    list_add_tail(&l->receivers, &server->wait.link);
    server->wait.kind = WAIT_RECV;
    server->wait.object = l;
    server->wait.cancel = cancel_recv;
}

/* What names a client's call to the server that owes the answer. */
static inline uint64_t reply_token(const struct thread *client)
{
    return (uint64_t)client->tid | client->call.sequence << 32;
}

/* Results of a Recv; the payload is already there. */
static inline __attribute__((always_inline)) void answer_recv(struct thread *server, const struct thread *client, uint32_t flags)
{
    struct user_regs *r = &server->regs;
    regs_set_result(r, rcOk);
    regs_set_flags(r, flags);
    regs_set_word(r, client->call.word);
    regs_set_token(r, reply_token(client));
    regs_set_context(r, client->call.context);
    regs_set_rights(r, client->call.rights);
}

/* Results of a Call; the payload is already there. */
static inline __attribute__((always_inline)) void answer_call(struct thread *client, uint64_t word, uint32_t flags)
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
    if (!client || client->wait.kind != WAIT_REPLY ||
        client->call.server->process != t->process ||
        (uint32_t)client->call.sequence != token >> 32)
        return NULL;
    return client;
}

#endif
