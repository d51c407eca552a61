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
 * The two functions are written once and made three times. HELD is the shortest way: entry.S calls it
 * before it has saved the sender's registers, the payload among them, which C code preserves; when it has
 * done its work the receiver goes on with them. That is so while one CPU runs and the verdict is constant.
 * Else the registers are saved first.
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
    HELD,  /* short, in the CPU's registers */
    SHORT, /* short, in the saved registers; rules are run */
    LONG,  /* in memory */
};

/* Nothing but its wait, of this kind and without a deadline, keeps this thread from entering user mode on
 * this CPU. */
INLINE bool is_plain(const struct cpu *cpu, const struct thread *t, enum wait_kind kind, enum form form)
{
    return t->status == THREAD_STATUS(THREAD_BLOCKED, kind) && t->process->state == PROCESS_RUNNING &&
           (form == HELD || t->affinity >> cpu->index & 1);
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

/* From the running thread's memory into the CPU's capture buffer and from there into the other's: what
 * was captured is what arrives. On success the other's address space is loaded. */
INLINE bool move_constant(struct cpu *cpu, struct thread *from, struct thread *to, uint64_t word,
                          const struct ksm_form *form, struct caps *caps)
{
    struct nk_message *m = (struct nk_message *)cpu->capture;
    uint32_t size = (uint16_t)(word >> 32);
    struct kn_buf out, in;
    uint64_t at = regs_in_buf(&to->regs);
    if (!at || !user_peek(&out, regs_out_buf(&from->regs), sizeof out) || out.arena_size != 0 ||
        !user_peek(m, out.head, size))
        return false;
    zero_bytes(&m->self, sizeof m->self);
    copy_bytes(cpu->capture + offsetof(struct nk_message, iid), &word, sizeof word);
    caps->n = 0;
    if (form->nhandles == 0 || check_caps(caps, from, to, form, cpu->capture)) {
        aspace_load(to->aspace);
        if (user_peek(&in, at, sizeof in) && in.head_size >= size && user_poke(in.head, m, size))
            return true;
        aspace_load(from->aspace);
    }
    if (form->nhandles)
        tree_walk_drop(&from->walk);
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

/* Rules of a message in from's saved registers. A denial has changed nothing: the general path asks
 * again and writes it down. */
static __attribute__((noinline)) bool rules_grant(const struct policy_pair *pair, int direction,
                                                  const struct thread *from,
                                                  const struct thread *to, uint64_t word)
{
    uint64_t message[3 + KN_SHORT_WORDS];
    message[0] = message[1] = 0;
    message[2] = word;
    for (int i = 0; i < KN_SHORT_WORDS; i++)
        message[3 + i] = regs_payload(&from->regs, i);
    return policy_grants_short(pair, direction, from->process, to->process, message);
}

/* Is the message's word, and perhaps the rules' verdict, all that there is to check? */
INLINE bool is_fast(const struct policy_direction *d, uint64_t word, enum form form)
{
    if (form == SHORT && d->is_ruled_short)
        return d->word == word;
    return (form == LONG ? d->fast_long_word : d->fast_word) == word;
}

/* The last check: a message in memory is moved, one with rules is judged. */
INLINE bool pass(struct cpu *cpu, struct thread *from, struct thread *to, uint64_t word,
                 const struct policy_pair *pair, const struct policy_direction *d, int direction,
                 enum form form, struct caps *caps)
{
    if (form == LONG)
        return move_constant(cpu, from, to, word, d->form, caps);
    return form == HELD || !d->is_ruled_short || rules_grant(pair, direction, from, to, word);
}

/* Another CPU, or something that this one was told before, may have stopped the path since the entry; not the
 * held form, which the entry takes only while nothing does. */
INLINE bool may_switch(const struct cpu *cpu, uint32_t priority, enum form form) REQUIRES(kernel_lock)
{
    return (form == HELD || !cpu->fast_path_stops) && sched_may_switch(cpu, priority);
}

/* The payload, and what tells its form. */
INLINE void deliver(struct user_regs *to, const struct user_regs *from, uint64_t word,
                    enum form form)
{
    if (form == HELD)
        return;
    if (form == LONG)
        regs_set_payload(to, 0, 0); /* used bytes of the arena */
    else
        regs_copy_payload(to, from);
    regs_set_result(to, rcOk);
    regs_set_flags(to, form == LONG ? KN_LONG : 0);
    regs_set_word(to, word);
}

INLINE struct fast_switch call_fast(struct thread *client, uint64_t word, uint64_t handle,
                                    enum form form) REQUIRES(kernel_lock)
{
    const struct fast_switch none = {NULL, 0};
    struct cpu *cpu = this_cpu();
    struct caps caps;
    const struct handle_entry *e = entry_of(client, handle, OBJECT_CHANNEL, RIGHT_IPC_CALL);
    if (!e)
        return none;
    struct channel *c = container_of(e->object, struct channel, object);
    struct listener *l = c->listener;
    const struct policy_method *m = policy_method(c->pair, word);
    if (!m)
        return none;
    const struct policy_direction *d = &m->direction[DIRECTION_REQUEST];
    if (!is_fast(d, word, form) || !c->is_connected || l->is_closed || list_empty(&l->receivers))
        return none;
    struct thread *server = container_of(l->receivers.next, struct thread, wait.link);
    if (!may_switch(cpu, client->priority, form) || !is_plain(cpu, server, WAIT_RECV, form) ||
        !pass(cpu, client, server, word, c->pair, d, DIRECTION_REQUEST, form, &caps))
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
    if (form != HELD) {
        regs_set_token(&server->regs, to.token);
        regs_set_context(&server->regs, 0);
    }
    arch_switch_to(client, server);
    return to;
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

INLINE struct thread *reply_recv_fast(struct thread *server, uint64_t word, uint64_t token,
                                      uint64_t handle, enum form form) REQUIRES(kernel_lock)
{
    struct cpu *cpu = this_cpu();
    struct caps caps;
    struct thread *client = owed_first(server, token, form);
    if (!client || word == NO_WORD)
        return NULL;
    const struct policy_direction *d = &client->call.method->direction[DIRECTION_RESPONSE];
    if (!is_fast(d, word, form))
        return NULL;
    const struct handle_entry *e = entry_of(server, handle, OBJECT_LISTENER, RIGHT_IPC_RECV);
    if (!e)
        return NULL;
    struct listener *l = container_of(e->object, struct listener, object);
    if (client->call.listener != l || l->is_closed || l->sender_mask ||
        !may_switch(cpu, client->priority, form) || !is_plain(cpu, client, WAIT_REPLY, form) ||
        !pass(cpu, server, client, word, client->call.method->pair, d, DIRECTION_RESPONSE, form, &caps))
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

struct fast_switch fast_call_held(struct thread *client, uint64_t word, uint64_t handle)
{
    lock_assert_held();
    return call_fast(client, word, handle, HELD);
}

struct thread *fast_reply_recv_held(struct thread *server, uint64_t word, uint64_t token,
                                    uint64_t listener)
{
    lock_assert_held();
    return reply_recv_fast(server, word, token, listener, HELD);
}

bool fast_call(struct thread *client, bool is_long)
{
    lock_assert_held();
    const struct user_regs *r = &client->regs;
    uint64_t word = regs_word(r), handle = regs_handle(r);
    return (is_long ? call_fast(client, word, handle, LONG) : call_fast(client, word, handle, SHORT))
               .to != NULL;
}

bool fast_reply_recv(struct thread *server, bool is_long)
{
    lock_assert_held();
    const struct user_regs *r = &server->regs;
    uint64_t word = regs_word(r), token = regs_handle(r), listener = regs_listener(r);
    return (is_long ? reply_recv_fast(server, word, token, listener, LONG)
                    : reply_recv_fast(server, word, token, listener, SHORT)) != NULL;
}
