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
 * The two functions are written once and made four times. HELD is the shortest way: entry.S calls it
 * before it has saved the sender's registers, the payload among them, which C code preserves; when it has
 * done its work the receiver goes on with them. JUDGED is the same for a message with rules: where HELD
 * finds that there are some it ends with a jump back into entry.S, which writes the message down for them.
 * Both are so while one CPU runs. Else the registers are saved first.
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
    HELD,   /* short, in the CPU's registers; without rules */
    JUDGED, /* the same with rules */
    SHORT,  /* short, in the saved registers */
    LONG,   /* in memory */
};

/* Is this a message in the CPU's registers? Then the entry has made sure that one CPU runs and that nothing
 * stops the path. */
INLINE bool is_held(enum form form)
{
    return form == HELD || form == JUDGED;
}

/* Nothing but its wait, of this kind and without a deadline, keeps this thread from entering user mode on
 * this CPU. */
INLINE bool is_plain(const struct cpu *cpu, const struct thread *t, enum wait_kind kind, enum form form)
{
    return t->status == THREAD_STATUS(THREAD_BLOCKED, kind) && t->process->state == PROCESS_RUNNING &&
           (is_held(form) || t->affinity >> cpu->index & 1);
}

/* A handle of t, if its object is of this kind and it has this right; else null. */
INLINE const struct handle_entry *entry_of(const struct thread *t, uint64_t handle,
                                           enum object_kind kind, uint32_t right)
{
    const struct handle_entry *e =
        handle_slot(&t->process->handles, (uint32_t)handle & HANDLE_INDEX_MASK);
    if (!e || e->generation != handle >> HANDLE_INDEX_BITS || !e->object ||
        e->object->kind != kind || !(e->rights & right))
        return NULL;
    return e;
}

/* Handles of a captured message: checked, and written as the receiver will see them. Nothing is allocated:
 * what is short of memory is told by the general path. */
static __attribute__((noinline)) bool check_caps(struct caps *caps, struct thread *from,
                                                 struct thread *to, const struct ksm_form *form,
                                                 uint8_t *constant)
{
    if (!handle_has_room(&to->process->handles, form->nhandles) ||
        caps_check(caps, &from->walk, CAPS_STEP, form, constant, from->process, to->process) != rcOk)
        return false;
    caps_write(caps, form, constant, to->process);
    return true;
}

/* A message on its way. */
struct passage {
    struct thread *from, *to;
    uint64_t word;
    const struct policy_pair *pair;
    const struct policy_direction *rules; /* its words and rules */
    int direction;
    const void *message; /* of JUDGED */
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
    if (form->nhandles == 0 || check_caps(caps, from, to, form, cpu->capture)) {
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
    if (is_held(form))
        return true; /* it was compared already */
    if (form == SHORT)
        return d->fast_word == word || d->ruled_word == word;
    return d->fast_long_word == word || d->ruled_long_word == word;
}

/* The last check: a message in memory is moved, one with rules is judged. */
INLINE bool pass(struct cpu *cpu, const struct passage *p, enum form form, struct caps *caps)
{
    if (form == LONG)
        return move_constant(cpu, p, caps);
    if (form == JUDGED)
        return rules_grant(p, p->message);
    return form == HELD || p->rules->fast_word == p->word || rules_grant_saved(p);
}

/* Another CPU, or something that this one was told before, may have stopped the path since the entry; not the
 * held forms, which the entry takes only while nothing does. */
INLINE bool may_switch(const struct cpu *cpu, uint32_t priority, enum form form) REQUIRES(kernel_lock)
{
    return (is_held(form) || !cpu->fast_path_stops) && sched_may_switch(cpu, priority);
}

/* The payload, and what tells its form. */
INLINE void deliver(struct user_regs *to, const struct user_regs *from, uint64_t word,
                    enum form form)
{
    if (is_held(form))
        return;
    if (form == LONG)
        regs_set_payload(to, 0, 0); /* used bytes of the arena */
    else
        regs_copy_payload(to, from);
    regs_set_result(to, rcOk);
    regs_set_flags(to, form == LONG ? KN_LONG : 0);
    regs_set_word(to, word);
}

/* With e, an entry of the client's for a channel, and the method m of the word. */
INLINE struct fast_switch call_through(struct thread *client, uint64_t word,
                                       const struct handle_entry *e, const struct policy_method *m,
                                       const void *message, enum form form) REQUIRES(kernel_lock)
{
    const struct fast_switch none = {NULL, 0};
    struct cpu *cpu = this_cpu();
    struct caps caps;
    struct channel *c = container_of(e->object, struct channel, object);
    struct listener *l = c->listener;
    const struct policy_direction *d = &m->direction[DIRECTION_REQUEST];
    if (!is_fast(d, word, form) || !c->is_connected || l->is_closed || list_empty(&l->receivers))
        return none;
    struct thread *server = container_of(l->receivers.next, struct thread, wait.link);
    const struct passage p = {client, server, word, c->pair, d, DIRECTION_REQUEST, message};
    if (!may_switch(cpu, client->priority, form) || !is_plain(cpu, server, WAIT_RECV, form) ||
        !pass(cpu, &p, form, &caps))
        return none;

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
    struct fast_switch to = {server, client->call.token};
    regs_set_rights(&server->regs, e->rights);
    deliver(&server->regs, &client->regs, word, form);
    if (!is_held(form)) {
        regs_set_token(&server->regs, to.token);
        regs_set_context(&server->regs, 0);
    }
    arch_switch_to(client, server);
    return to;
}

/* A channel's entry and the method of the word; null: the general path finds out what is wrong. */
INLINE const struct handle_entry *call_target(const struct thread *client, uint64_t word,
                                              uint64_t handle, const struct policy_method **m)
{
    const struct handle_entry *e = entry_of(client, handle, OBJECT_CHANNEL, RIGHT_IPC_CALL);
    if (!e)
        return NULL;
    *m = policy_method(container_of(e->object, struct channel, object)->pair, word);
    return *m ? e : NULL;
}

/* The caller that a token names, if its request is the one that t received last, or else first of those
 * that it owes an answer. */
INLINE struct thread *owed_first(const struct thread *t, uint64_t token, enum form form)
{
    struct thread *client = t->direct;
    if (client && client->call.token == token)
        return client;
    if (form == HELD || list_empty(&t->owed))
        return NULL;
    client = container_of(t->owed.next, struct thread, call.owed_by_thread);
    return client->call.token == token ? client : NULL;
}

/* client: from owed_first. */
INLINE struct thread *reply_recv_to(struct thread *server, struct thread *client, uint64_t word,
                                    uint64_t handle, const void *message, enum form form)
    REQUIRES(kernel_lock)
{
    struct cpu *cpu = this_cpu();
    struct caps caps;
    const struct policy_direction *d = &client->call.method->direction[DIRECTION_RESPONSE];
    if (!is_fast(d, word, form))
        return NULL;
    const struct handle_entry *e = entry_of(server, handle, OBJECT_LISTENER, RIGHT_IPC_RECV);
    if (!e)
        return NULL;
    struct listener *l = container_of(e->object, struct listener, object);
    const struct passage p = {server, client, word, client->call.method->pair, d, DIRECTION_RESPONSE,
                              message};
    if (client->call.listener != l || l->is_closed || l->sender_mask ||
        !may_switch(cpu, client->priority, form) || !is_plain(cpu, client, WAIT_REPLY, form) ||
        !pass(cpu, &p, form, &caps))
        return NULL;

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
    return client;
}

/* ---- what the entry code calls ---- */

/* The lookups need no register that must be preserved, so they stand alone: who goes on with rules has
 * nothing to restore before. */
static __attribute__((noinline)) struct fast_switch call_held(struct thread *client, uint64_t word,
                                                              uint64_t entry,
                                                              const struct policy_method *m)
    REQUIRES(kernel_lock)
{
    const struct handle_entry *e = (const struct handle_entry *)(uintptr_t)entry;
    return call_through(client, word, e, m, NULL, HELD);
}

struct fast_switch fast_call_held(struct thread *client, uint64_t word, uint64_t handle,
                                  const struct policy_method *m)
{
    lock_assert_held();
    const struct handle_entry *e = call_target(client, word, handle, &m);
    if (!e)
        return (struct fast_switch){NULL, 0};
    const struct policy_direction *d = &m->direction[DIRECTION_REQUEST];
    if (d->fast_word != word) {
        if (d->ruled_word == word)
            __attribute__((musttail)) return arch_call_judged(client, word, (uintptr_t)e, m);
        return (struct fast_switch){NULL, 0};
    }
    __attribute__((musttail)) return call_held(client, word, (uintptr_t)e, m);
}

struct fast_switch fast_call_judged(struct thread *client, uint64_t word, uint64_t entry,
                                    const struct policy_method *m, const void *message)
{
    lock_assert_held();
    const struct handle_entry *e = (const struct handle_entry *)(uintptr_t)entry;
    return call_through(client, word, e, m, message, JUDGED);
}

static __attribute__((noinline)) struct thread *reply_recv_held(struct thread *server, uint64_t word,
                                                                uint64_t client, uint64_t listener)
    REQUIRES(kernel_lock)
{
    return reply_recv_to(server, (struct thread *)(uintptr_t)client, word, listener, NULL, HELD);
}

struct thread *fast_reply_recv_held(struct thread *server, uint64_t word, uint64_t token,
                                    uint64_t listener)
{
    lock_assert_held();
    struct thread *client = owed_first(server, token, HELD);
    if (!client || word == NO_WORD)
        return NULL;
    const struct policy_direction *d = &client->call.method->direction[DIRECTION_RESPONSE];
    if (d->fast_word != word) {
        if (d->ruled_word == word)
            __attribute__((musttail)) return arch_reply_recv_judged(server, word, (uintptr_t)client,
                                                                      listener);
        return NULL;
    }
    __attribute__((musttail)) return reply_recv_held(server, word, (uintptr_t)client, listener);
}

struct thread *fast_reply_recv_judged(struct thread *server, uint64_t word, uint64_t client,
                                      uint64_t listener, const void *message)
{
    lock_assert_held();
    return reply_recv_to(server, (struct thread *)(uintptr_t)client, word, listener, message,
                         JUDGED);
}

bool fast_call(struct thread *client, bool is_long)
{
    lock_assert_held();
    const struct user_regs *r = &client->regs;
    uint64_t word = regs_word(r);
    const struct policy_method *m;
    const struct handle_entry *e = call_target(client, word, regs_handle(r), &m);
    if (!e)
        return false;
    return (is_long ? call_through(client, word, e, m, NULL, LONG)
                    : call_through(client, word, e, m, NULL, SHORT)).to != NULL;
}

bool fast_reply_recv(struct thread *server, bool is_long)
{
    lock_assert_held();
    const struct user_regs *r = &server->regs;
    uint64_t word = regs_word(r), listener = regs_listener(r);
    struct thread *client = owed_first(server, regs_handle(r), is_long ? LONG : SHORT);
    if (!client || word == NO_WORD)
        return false;
    return (is_long ? reply_recv_to(server, client, word, listener, NULL, LONG)
                    : reply_recv_to(server, client, word, listener, NULL, SHORT)) != NULL;
}
