/*
 * ipc/held_long.c: the shortest path for a message in memory, without an arena.
 *
 * The same as held.c; besides, the message is copied from one address space to the other. What the sender
 * may have in its payload's registers is of no use to anybody: the receiver gets zeros there.
 *
 * Each way has three parts, of which each goes on to the next by a jump with the same six arguments: the checks;
 * the copy, which needs rdi, rsi and rcx for itself; the commit. So no part has to save a register.
 */
#include "ipc/caps.h"
#include "ipc/held.h"

#include <arch/uaccess.h>

/* From the running thread's memory into the CPU's capture buffer, behind the room for the header. Leaves user
 * memory open if all is well. */
INLINE bool capture_message(uint64_t out, uint64_t in, size_t words)
{
    uint64_t head, n;
    if (!arch_may_peek(out | in))
        return false;
    arch_user_open();
    head = arch_peek_pair(out, offsetof(struct kn_buf, arena_size), &n);
    if (n == 0 && arch_may_peek(head) && arch_peek_body(CPU_HERE(capture_body), head, words))
        return true;
    arch_user_close();
    return false;
}

/* From there into the receiver's buffer. Closes user memory; on success the receiver's is loaded. */
INLINE bool deliver_message(const struct thread *from, const struct thread *to, uint64_t word,
                            uint64_t in, size_t words)
{
    uint64_t head, n;
    arch_aspace_enter(to->aspace);
    head = arch_peek_pair(in, offsetof(struct kn_buf, head_size), &n);
    if (n >= KN_HEADER_BYTES + words * 8 && arch_may_peek(head) &&
        arch_poke_message(head, word, CPU_HERE(capture_body), words)) {
        arch_user_close();
        return true;
    }
    arch_aspace_enter(from->aspace);
    arch_user_close();
    return false;
}

INLINE size_t body_words(uint64_t word)
{
    return (word << 16 >> 51) - KN_HEADER_BYTES / 8;
}

/* What was captured is what arrives. False: something is not there now, or the sender has an arena. */
INLINE bool move_message(const struct thread *from, const struct thread *to, uint64_t word,
                         uint64_t out)
{
    uint64_t in = regs_in_buf(&to->regs);
    size_t words = body_words(word);
    return capture_message(out, in, words) && deliver_message(from, to, word, in, words);
}

/* Is it a sound message with rules, or with handles that are to be looked at? */
INLINE bool is_other(const struct policy_direction *d, uint64_t word)
{
    return d->ruled_long_word == word || d->fast_long_word == word;
}

/* The same for a message with rules, or with handles: what was captured is what is judged or transferred. */
INLINE bool move_other(const struct policy_method *m, int direction, struct thread *from,
                                struct thread *to, uint64_t word, uint64_t out)
{
    const struct ksm_form *form = m->direction[direction].form;
    uint64_t in = regs_in_buf(&to->regs), *message = (uint64_t *)this_cpu()->capture;
    size_t words = body_words(word);
    struct caps caps;
    if (!capture_message(out, in, words))
        return false;
    message[0] = message[1] = 0;
    message[2] = word;
    arch_user_close();
    bool is_good = form->nhandles ? caps_prepare(&caps, from, to, form, message)
                                  : rules_grant(m, direction, from, to, message);
    if (is_good) {
        arch_user_open();
        is_good = deliver_message(from, to, word, in, words);
        if (is_good && form->nhandles)
            caps_commit(&caps, to->process);
        else if (!is_good && !form->nhandles)
            policy_undo();
    }
    if (form->nhandles)
        tree_walk_drop(&from->walk);
    return is_good;
}

/* ---- Call ---- */

static NOINLINE void call_unknown(uint64_t handle, uint64_t word, uint64_t unused,
                                  struct thread *client, uint64_t in, uint64_t out)
{
    if (!held_learn(client, handle, HANDLE_USE_CALL))
        MUSTTAIL return arch_held_call_long_refused(handle, word, 0, client, in, 0);
    MUSTTAIL return fast_call_held_long(handle, word, unused, client, in, out);
}

static NOINLINE void call_refused(uint64_t out, uint64_t entry, uint64_t server, uint64_t unused,
                                  uint64_t word, struct thread *client)
{
    (void)out, (void)server, (void)unused;
    arch_held_call_long_refused(((const struct handle_entry *)entry)->number, word, 0, client,
                                regs_in_buf(&client->regs), 0);
}

static NOINLINE void call_commit(uint64_t out, uint64_t entry, uint64_t server, uint64_t unused,
                                 uint64_t word, struct thread *client)
{
    (void)out, (void)unused;
    lock_assert_held();
    const struct handle_entry *e = (const struct handle_entry *)entry;
    commit_call(client, (struct thread *)server, channel_of(e)->open);
    arch_held_switch_long(server, word, client->call.token, client, any(), e->rights);
}

static NOINLINE void call_move(uint64_t out, uint64_t entry, uint64_t server, uint64_t unused,
                               uint64_t word, struct thread *client)
{
    (void)unused;
    if (!move_message(client, (struct thread *)server, word, out))
        MUSTTAIL return call_refused(0, entry, server, 0, word, client);
    MUSTTAIL return call_commit(any(), entry, server, any(), word, client);
}

/* A message with rules or handles, if it is one; its method is known. */
static NOINLINE void call_other(uint64_t handle, uint64_t word, uint64_t entry,
                                struct thread *client, uint64_t in, uint64_t out)
{
    lock_assert_held();
    const struct handle_entry *e = (const struct handle_entry *)entry;
    const struct policy_method *m = client->call.method;
    struct listener *l = channel_of(e)->open;
    struct thread *server = find_server(client, l);
    if (!server || !m || !is_other(&m->direction[DIRECTION_REQUEST], word))
        MUSTTAIL return arch_held_call_long_refused(handle, word, 0, client, in, 0);
    if (server->direct || l->direct)
        held_make_direct(server, l);
    if (!move_other(m, DIRECTION_REQUEST, client, server, word, out))
        MUSTTAIL return arch_held_call_long_refused(handle, word, 0, client, in, 0);
    /* commit */
    regs_set_in_buf(&client->regs, in);
    commit_call(client, server, l);
    arch_held_switch_long((uint64_t)server, word, client->call.token, client, any(), e->rights);
}

/* There is no receiver, or earlier requests are `direct`. */
static NOINLINE void call_again(uint64_t handle, uint64_t word, uint64_t entry,
                                struct thread *client, uint64_t in, uint64_t out)
{
    lock_assert_held();
    struct listener *l = channel_of((const struct handle_entry *)entry)->open;
    struct thread *server = find_server(client, l);
    if (!server)
        MUSTTAIL return arch_held_call_long_refused(handle, word, 0, client, in, 0);
    held_make_direct(server, l);
    MUSTTAIL return fast_call_held_long(handle, word, any(), client, in, out);
}

void fast_call_held_long(uint64_t handle, uint64_t word, uint64_t unused, struct thread *client,
                         uint64_t in, uint64_t out)
{
    (void)unused;
    lock_assert_held();
    const struct handle_entry *e;
    if (!is_known(client, handle, HANDLE_USE_CALL, &e))
        MUSTTAIL return call_unknown(handle, word, any(), client, in, out);
    const struct channel *c = channel_of(e);
    const struct policy_held_slot *slot = policy_held(c->held_long, word);
    client->call.method = slot->method; /* nobody looks at it before the commit */
    if (slot->word != word)
        MUSTTAIL return call_other(e->number, word, (uint64_t)e, client, in, out);
    struct listener *l = c->open;
    struct thread *server = find_server(client, l);
    if (!server || server->direct || l->direct)
        MUSTTAIL return call_again(e->number, word, (uint64_t)e, client, in, out);
    regs_set_in_buf(&client->regs, in);
    call_move(out, (uint64_t)e, (uint64_t)server, any(), word, client); /* a jump, too */
}

/* ---- ReplyRecv ---- */

static NOINLINE void reply_recv_unknown(uint64_t token, uint64_t word, uint64_t listener,
                                        struct thread *server, uint64_t in, uint64_t out)
{
    if (!held_learn(server, listener, HANDLE_USE_RECV))
        MUSTTAIL return arch_held_reply_recv_long_refused(token, word, listener, server, in, 0);
    MUSTTAIL return fast_reply_recv_held_long(token, word, listener, server, in, out);
}

static NOINLINE void reply_recv_refused(uint64_t out, uint64_t entry, uint64_t client,
                                        uint64_t unused, uint64_t word, struct thread *server)
{
    (void)out, (void)unused;
    arch_held_reply_recv_long_refused(((struct thread *)client)->call.token, word,
                                      ((const struct handle_entry *)entry)->number, server,
                                      regs_in_buf(&server->regs), 0);
}

static NOINLINE void reply_recv_commit(uint64_t out, uint64_t entry, uint64_t client,
                                       uint64_t unused, uint64_t word, struct thread *server)
{
    (void)out, (void)unused;
    lock_assert_held();
    commit_reply_recv(server, (struct thread *)client,
                      listener_of((const struct handle_entry *)entry));
    arch_held_switch_long(client, word, 0, server, any(), 0);
}

static NOINLINE void reply_recv_move(uint64_t out, uint64_t entry, uint64_t client, uint64_t unused,
                                     uint64_t word, struct thread *server)
{
    (void)unused;
    if (!move_message(server, (struct thread *)client, word, out))
        MUSTTAIL return reply_recv_refused(0, entry, client, 0, word, server);
    MUSTTAIL return reply_recv_commit(any(), entry, client, any(), word, server);
}

static NOINLINE void reply_recv_other(uint64_t out, uint64_t entry, uint64_t to, uint64_t unused,
                                      uint64_t word, struct thread *server)
{
    (void)unused;
    struct thread *client = (struct thread *)to;
    if (!move_other(client->call.method, DIRECTION_RESPONSE, server, client, word, out))
        MUSTTAIL return reply_recv_refused(0, entry, to, 0, word, server);
    MUSTTAIL return reply_recv_commit(any(), entry, to, any(), word, server);
}

void fast_reply_recv_held_long(uint64_t token, uint64_t word, uint64_t listener,
                               struct thread *server, uint64_t in, uint64_t out)
{
    lock_assert_held();
    struct thread *client = find_caller(server, token, word);
    if (!client)
        goto refuse;
    const struct handle_entry *e;
    if (!is_known(server, listener, HANDLE_USE_RECV, &e))
        MUSTTAIL return reply_recv_unknown(token, word, listener, server, in, out);
    if (!may_reply(server, client, listener_of(e)))
        goto refuse;
    regs_set_in_buf(&server->regs, in);
    const struct policy_direction *d = &client->call.method->direction[DIRECTION_RESPONSE];
    if (d->held_long_word != word) {
        if (!is_other(d, word))
            goto refuse;
        reply_recv_other(out, (uint64_t)e, (uint64_t)client, 0, word, server);
        return;
    }
    reply_recv_move(out, (uint64_t)e, (uint64_t)client, any(), word, server);
    return;
refuse:;
    MUSTTAIL return arch_held_reply_recv_long_refused(token, word, listener, server, in, 0);
}
