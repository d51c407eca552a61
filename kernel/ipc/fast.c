/*
 * ipc/fast.c: the fast path: a message between two threads that are both ready for it.
 *
 * Call finds a receiver waiting; ReplyRecv answers a waiting caller and finds no further sender. The
 * message lies in registers, or in memory without an arena. The work is that of call.c, reply.c, recv.c
 * and leg.c, with every check of theirs, in one piece and without a visit to the scheduler. Whatever is
 * out of the ordinary (an arena, a denial, a deadline, a higher priority ready, a page that is
 * not there, a process that dies, the path switched off) returns null or false with nothing changed, and
 * the general path does the work. Rules are run last: a grant may change the policy's state.
 *
 * The two functions are written once and made twice, for the two forms. held.c has a shorter way still, while
 * one CPU runs.
 */
#include "core/copy.h"
#include "core/process.h"
#include "core/sched.h"
#include "ipc/caps.h"
#include "ipc/channel.h"
#include "ipc/ipc.h"
#include "ipc/rendezvous.h"
#include "mm/usercopy.h"

#include <arch/regs.h>
#include <nk/types.h>
#include <tessera/syscall.h>

enum form {
    SHORT, /* in the saved registers */
    LONG,  /* in memory */
};

/* Nothing but its wait, of this kind and without a deadline, keeps this thread from entering user mode on
 * this CPU. */
INLINE bool is_plain(const struct cpu *cpu, const struct thread *t, enum wait_kind kind)
{
    return t->status == THREAD_STATUS(THREAD_BLOCKED, kind) && t->process->state == PROCESS_RUNNING &&
           t->affinity >> cpu->index & 1;
}

/* A message on its way. */
struct passage {
    struct thread *from, *to;
    uint64_t word;
    const struct policy_pair *pair;
    const struct policy_direction *rules; /* its words and rules */
    int direction;
};

/* A grant of which a record is wanted. Nothing of the passage is in memory until then. */
INLINE void write_down(const struct passage *p, const void *message)
{
    policy_granted(p->pair, p->direction, p->from->process, p->to->process, message);
}

/* Runs the rules; 0: denied. A denial has changed nothing: the general path asks again and writes it
 * down. */
INLINE unsigned judge(const struct passage *p, const void *message)
{
    return p->rules->rules(message, &p->from->process->object.subject,
                           &p->to->process->object.subject);
}

INLINE bool rules_grant(const struct passage *p, const void *message)
{
    unsigned verdict = judge(p, message);
    if (verdict & KSM_PLAIN_RECORD)
        write_down(p, message);
    return verdict != 0;
}

/* Rules of a message in the saved registers. */
static __attribute__((noinline)) bool rules_grant_saved(const struct passage *p)
{
    uint64_t message[3 + KN_SHORT_WORDS];
    message[0] = message[1] = 0;
    message[2] = p->word;
    for (int i = 0; i < KN_SHORT_WORDS; i++)
        message[3 + i] = regs_payload(&p->from->regs, i);
    return rules_grant(p, message);
}

/* From the running thread's memory into the CPU's capture buffer and from there into the other's: what
 * was captured is what is judged and what arrives. On success the other's address space is loaded. */
INLINE bool move_constant(struct cpu *cpu, const struct passage *p, struct caps *caps)
{
    struct thread *from = p->from, *to = p->to;
    const struct ksm_form *form = p->rules->form;
    struct nk_message *m = (struct nk_message *)cpu->capture;
    uint32_t size = (uint16_t)(p->word >> 32);
    unsigned verdict = KSM_PLAIN_GRANT;
    struct kn_buf out, in;
    uint64_t at = regs_in_buf(&to->regs);
    if (!at || !user_peek(&out, regs_out_buf(&from->regs), sizeof out) || out.arena_size != 0 ||
        !user_peek(m, out.head, size))
        return false;
    zero_bytes(&m->self, sizeof m->self);
    copy_bytes(cpu->capture + offsetof(struct nk_message, iid), &p->word, sizeof p->word);
    caps->n = 0;
    if (p->rules->fast_long_word != p->word) {
        verdict = judge(p, m);
        if (!verdict)
            return false;
    }
    if (form->nhandles == 0 || caps_prepare(caps, from, to, form, cpu->capture)) {
        aspace_load(to->aspace);
        if (user_peek(&in, at, sizeof in) && in.head_size >= size && user_poke(in.head, m, size)) {
            if (verdict & KSM_PLAIN_RECORD)
                write_down(p, m);
            return true;
        }
        aspace_load(from->aspace);
    }
    if (form->nhandles)
        tree_walk_drop(&from->walk);
    if (p->rules->fast_long_word != p->word)
        policy_undo();
    return false;
}

/* The handles of a message that move_constant moved. */
INLINE void move_caps(struct thread *from, struct thread *to, const struct caps *caps)
{
    if (caps->n == 0)
        return;
    caps_commit(caps, to->process);
    tree_walk_drop(&from->walk);
}

/* Is the message's word, and perhaps the rules' verdict, all that there is to check? */
INLINE bool is_fast(const struct policy_direction *d, uint64_t word, enum form form)
{
    if (form == SHORT)
        return d->fast_word == word || d->ruled_word == word;
    return d->fast_long_word == word || d->ruled_long_word == word;
}

/* The last check: a message in memory is moved, one with rules is judged. */
INLINE bool pass(struct cpu *cpu, const struct passage *p, enum form form, struct caps *caps)
{
    if (form == LONG)
        return move_constant(cpu, p, caps);
    return p->rules->fast_word == p->word || rules_grant_saved(p);
}

INLINE bool may_switch(const struct cpu *cpu, uint32_t priority) REQUIRES(kernel_lock)
{
    return !cpu->fast_path_stops && sched_may_switch(cpu, priority);
}

/* The payload, and what tells its form. */
INLINE void deliver(struct user_regs *to, const struct user_regs *from, uint64_t word,
                    enum form form)
{
    if (form == LONG)
        regs_set_payload(to, 0, 0); /* used bytes of the arena */
    else
        regs_copy_payload(to, from);
    regs_set_result(to, rcOk);
    regs_set_flags(to, form == LONG ? KN_LONG : 0);
    regs_set_word(to, word);
}

INLINE bool call_fast(struct thread *client, enum form form) REQUIRES(kernel_lock)
{
    uint64_t word = regs_word(&client->regs);
    struct cpu *cpu = this_cpu();
    struct caps caps;
    const struct handle_entry *e;
    struct object *o =
        handle_match(&client->process->handles, regs_handle(&client->regs), HANDLE_USE_CALL, &e);
    if (!o)
        return false;
    struct channel *c = container_of(o, struct channel, object);
    const struct policy_method *m = policy_method_known(c->pair, word);
    if (!m)
        return false;
    struct listener *l = c->open;
    const struct policy_direction *d = &m->direction[DIRECTION_REQUEST];
    if (!is_fast(d, word, form) || list_empty(&l->receivers))
        return false;
    struct thread *server = container_of(l->receivers.next, struct thread, wait.link);
    const struct passage p = {client, server, word, c->pair, d, DIRECTION_REQUEST};
    if (!may_switch(cpu, client->priority) || !is_plain(cpu, server, WAIT_RECV) ||
        !pass(cpu, &p, form, &caps))
        return false;

    /* commit */
    if (form == LONG)
        move_caps(client, server, &caps);
    client->call.method = m;
    client->call.listener = l;
    object_ref(&l->object);
    list_unlink(&server->wait.link);
    owe_reply(client, server);
    if (client->priority > server->priority)
        lend_settle(server);
    server->status = THREAD_STATUS(THREAD_READY, WAIT_NONE);
    client->status = THREAD_STATUS(THREAD_BLOCKED, WAIT_REPLY);
    deliver(&server->regs, &client->regs, word, form);
    regs_set_token(&server->regs, client->call.token);
    regs_set_context(&server->regs, 0);
    regs_set_rights(&server->regs, e->rights);
    arch_switch_to(client, server);
    return true;
}

/* The caller that a token names, if its request is the one that t received last, or else first of those
 * that it owes an answer. */
INLINE struct thread *owed_first(const struct thread *t, uint64_t token)
{
    struct thread *client = t->direct;
    if (client && client->call.token == token)
        return client;
    if (list_empty(&t->owed))
        return NULL;
    client = container_of(t->owed.next, struct thread, call.owed_by_thread);
    return client->call.token == token ? client : NULL;
}

INLINE bool reply_recv_fast(struct thread *server, enum form form) REQUIRES(kernel_lock)
{
    uint64_t word = regs_word(&server->regs);
    struct cpu *cpu = this_cpu();
    struct caps caps;
    struct thread *client = owed_first(server, regs_handle(&server->regs));
    if (!client || word == NO_WORD)
        return false;
    const struct policy_direction *d = &client->call.method->direction[DIRECTION_RESPONSE];
    if (!is_fast(d, word, form))
        return false;
    const struct handle_entry *e;
    struct object *o =
        handle_match(&server->process->handles, regs_listener(&server->regs), HANDLE_USE_RECV, &e);
    if (!o)
        return false;
    struct listener *l = container_of(o, struct listener, object);
    const struct passage p = {server, client, word, client->call.method->pair, d, DIRECTION_RESPONSE};
    if (client->call.listener != l || l->is_closed || l->sender_mask || server->returns_to ||
        !may_switch(cpu, client->priority) || !is_plain(cpu, client, WAIT_REPLY) ||
        !pass(cpu, &p, form, &caps))
        return false;

    /* commit */
    if (form == LONG)
        move_caps(server, client, &caps);
    deliver(&client->regs, &server->regs, word, form);
    server->status = THREAD_STATUS(THREAD_BLOCKED, WAIT_RECV); /* before the end of its loan */
    owe_no_more(client);
    client->call.listener = NULL;
    client->call.token += REPLY_TOKEN_NEXT;
    l->object.refs--; /* the call's; the server's handle has another */
    client->status = THREAD_STATUS(THREAD_READY, WAIT_NONE);
    list_add_tail(&l->receivers, &server->wait.link);
    arch_switch_to(server, client);
    return true;
}

bool fast_call(struct thread *client, bool is_long)
{
    lock_assert_held();
    return is_long ? call_fast(client, LONG) : call_fast(client, SHORT);
}

bool fast_reply_recv(struct thread *server, bool is_long)
{
    lock_assert_held();
    return is_long ? reply_recv_fast(server, LONG) : reply_recv_fast(server, SHORT);
}
