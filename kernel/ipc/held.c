/*
 * ipc/held.c: the shortest path: a short message whose payload never leaves the CPU's registers. (And in
 * held_long.c one that lies in memory.)
 *
 * The entry code calls these functions before it has saved the sender's registers: of them only what a system
 * call preserves is in the thread. The payload is in registers that C functions preserve, and is still there
 * when the receiver enters user mode. Where rules are to be asked, the entry code writes the message down for
 * them. Only while one CPU runs and nothing is measured; only to a server that waits, or a caller whose
 * request it received last. Whatever else there is to do is refused before anything has changed; fast.c or
 * the general path does it then.
 *
 * Every check of the general path is here, but several of them in one comparison that whoever changes one of
 * their parts keeps true:
 *
 *   handle_is               the number was issued, is neither closed nor revoked, kind of object, right
 *   policy_held             the method exists, the word is that of a sound message, the verdict is a grant or
 *                           rules'
 *   channel->open           connected; else a listener where nobody ever receives
 *   listener->receivers     somebody waits there, and it is not closed, and no sender waits
 *   listener->direct        the call was received here, and it is not closed, and no sender waits
 *   thread->status          blocked, in this kind of wait, without a deadline
 *   sched_may_switch        nobody more important is ready, and equals get their turn
 *
 * It reads best beside fast.c, which does the same for messages that were saved.
 */
#include "ipc/held.h"

bool held_learn(struct thread *t, uint64_t handle, enum handle_use use)
{
    const struct handle_entry *e;
    if (!handle_match(&t->process->handles, handle, use, &e))
        return false;
    t->known[handle % THREAD_KNOWN_HANDLES] = e;
    return true;
}

void held_make_direct(struct thread *server, struct listener *l)
{
    lock_assert_held();
    if (server->direct)
        owed_link(server->direct);
    if (l->direct)
        owed_link(l->direct);
}

static NOINLINE void call_unknown(uint64_t handle, uint64_t word, uint64_t unused,
                                  struct thread *client, uint64_t in, uint64_t unused_too)
{
    if (!held_learn(client, handle, HANDLE_USE_CALL))
        MUSTTAIL return arch_held_call_refused(handle, word, 0, client, in, 0);
    MUSTTAIL return fast_call_held(handle, word, unused, client, in, unused_too);
}

static NOINLINE void call_again(uint64_t handle, uint64_t word, uint64_t server,
                                struct thread *client, uint64_t in, uint64_t listener)
{
    held_make_direct((struct thread *)server, (struct listener *)listener);
    MUSTTAIL return fast_call_held(handle, word, 0, client, in, 0);
}

void fast_call_held(uint64_t handle, uint64_t word, uint64_t unused, struct thread *client,
                    uint64_t in, uint64_t unused_too)
{
    (void)unused, (void)unused_too;
    lock_assert_held();
    const struct handle_entry *e;
    if (!is_known(client, handle, HANDLE_USE_CALL, &e))
        MUSTTAIL return call_unknown(handle, word, any(), client, in, any());
    const struct channel *c = channel_of(e);
    const struct policy_held_slot *slot = policy_held(c->held, word);
    client->call.method = slot->method; /* nobody looks at it before the commit */
    if (slot->word != word) {
        if (slot->other_word == word)
            MUSTTAIL return arch_held_call_judged(handle, word, (uint64_t)e, client, in, any());
        goto refuse;
    }
    struct listener *l = c->open;
    struct thread *server = find_server(client, l);
    if (!server)
        goto refuse;
    if (server->direct || l->direct)
        MUSTTAIL return call_again(handle, word, (uint64_t)server, client, in, (uint64_t)l);
    /* commit */
    commit_call(client, server, l);
    MUSTTAIL return arch_held_switch((uint64_t)server, word, client->call.token, client, in,
                                     e->rights);
refuse:;
    MUSTTAIL return arch_held_call_refused(handle, word, 0, client, in, 0);
}

/* The same for a message with rules, from where they were met: with the handle's entry; the method is known. */
void fast_call_judged(uint64_t handle, uint64_t word, uint64_t entry, struct thread *client,
                      uint64_t in, uint64_t message)
{
    lock_assert_held();
    const struct handle_entry *e = (const struct handle_entry *)entry;
    struct listener *l = channel_of(e)->open;
    struct thread *server = find_server(client, l);
    if (!server)
        goto refuse;
    if (server->direct || l->direct)
        MUSTTAIL return call_again(handle, word, (uint64_t)server, client, in, (uint64_t)l);
    if (!rules_grant(client->call.method, DIRECTION_REQUEST, client, server, (const void *)message))
        goto refuse;
    /* commit */
    commit_call(client, server, l);
    MUSTTAIL return arch_held_switch((uint64_t)server, word, client->call.token, client, in,
                                     e->rights);
refuse:;
    MUSTTAIL return arch_held_call_refused(handle, word, 0, client, in, 0);
}

static NOINLINE void reply_recv_unknown(uint64_t token, uint64_t word, uint64_t listener,
                                        struct thread *server, uint64_t in, uint64_t unused)
{
    if (!held_learn(server, listener, HANDLE_USE_RECV))
        MUSTTAIL return arch_held_reply_recv_refused(token, word, listener, server, in, unused);
    MUSTTAIL return fast_reply_recv_held(token, word, listener, server, in, unused);
}

void fast_reply_recv_held(uint64_t token, uint64_t word, uint64_t listener, struct thread *server,
                          uint64_t in, uint64_t unused)
{
    (void)unused;
    lock_assert_held();
    struct thread *client = find_caller(server, token, word);
    if (!client)
        goto refuse;
    const struct handle_entry *e;
    if (!is_known(server, listener, HANDLE_USE_RECV, &e))
        MUSTTAIL return reply_recv_unknown(token, word, listener, server, in, 0);
    const struct policy_direction *d = &client->call.method->direction[DIRECTION_RESPONSE];
    if (d->fast_word != word) {
        if (d->ruled_word == word)
            MUSTTAIL return arch_held_reply_recv_judged((uint64_t)e, word, listener, server, in, any());
        goto refuse;
    }
    struct listener *l = listener_of(e);
    if (!may_reply(server, client, l))
        goto refuse;
    /* commit */
    commit_reply_recv(server, client, l);
    MUSTTAIL return arch_held_switch((uint64_t)client, word, 0, server, in, 0);
refuse:;
    MUSTTAIL return arch_held_reply_recv_refused(token, word, listener, server, in, 0);
}

/* The same for a message with rules, from where they were met: with the listener's entry; the caller is
 * known. */
void fast_reply_recv_judged(uint64_t entry, uint64_t word, uint64_t listener, struct thread *server,
                            uint64_t in, uint64_t message)
{
    lock_assert_held();
    struct thread *client = server->direct;
    struct listener *l = listener_of((const struct handle_entry *)entry);
    if (!may_reply(server, client, l) ||
        !rules_grant(client->call.method, DIRECTION_RESPONSE, server, client, (const void *)message))
        MUSTTAIL return arch_held_reply_recv_refused(client->call.token, word, listener, server, in, 0);
    /* commit */
    commit_reply_recv(server, client, l);
    MUSTTAIL return arch_held_switch((uint64_t)client, word, 0, server, in, 0);
}
