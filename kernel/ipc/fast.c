/*
 * ipc/fast.c: the fast path: a short message between two threads that are both ready for it.
 *
 * Call finds a receiver waiting; ReplyRecv answers a waiting caller and finds no further sender. The
 * work is that of call.c, reply.c and recv.c, with every check of theirs, in one piece and without a
 * visit to the scheduler. Whatever is out of the ordinary (another form, a denial, a deadline, a
 * higher priority ready, a process that dies, the path switched off) returns false with nothing changed,
 * and the general path does the work. Rules are run last: a grant may change the policy's state.
 */
#include "core/process.h"
#include "core/sched.h"
#include "ipc/channel.h"
#include "ipc/ipc.h"
#include "ipc/rendezvous.h"

#include <arch/regs.h>
#include <tessera/syscall.h>

/* May this CPU switch to a thread of this priority without asking the scheduler? Equals that are ready
 * do not mind if the running time slice ends some time. */
static inline bool may_switch(const struct cpu *cpu, uint32_t priority)
{
    return !cpu->fast_path_stops &&
           cpu->ready_mask >> priority <= (cpu->slice_end != TIME_NEVER);
}

/* Nothing but its wait keeps this blocked thread from entering user mode on this CPU. */
static inline bool is_plain(const struct cpu *cpu, const struct thread *t)
{
    return !t->wait.timer.is_armed && t->process->state == PROCESS_RUNNING &&
           t->affinity >> cpu->index & 1;
}

static inline void make_running(struct thread *t)
{
    t->wait.kind = WAIT_NONE;
    t->state = THREAD_READY;
}

/* Rules of a message in from's registers. A denial has changed nothing: the general path asks again and
 * writes it down. */
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

/* Each of the two paths is compiled twice, so that a constant verdict costs nothing for there being rules:
 * a word that is not the one of a constant grant goes to the copy with rules. */
#define BOTH static inline __attribute__((always_inline)) bool
#define RULED static __attribute__((noinline)) bool

static inline bool is_ruled(const struct policy_direction *d, uint64_t word)
{
    return d->word == word && d->is_ruled_short;
}

RULED call_ruled(struct thread *client);
RULED reply_recv_ruled(struct thread *server);

BOTH call(struct thread *client, bool has_rules)
{
    struct cpu *cpu = this_cpu();
    uint64_t word = regs_word(&client->regs), handle = regs_handle(&client->regs);
    const struct handle_entry *e = handle_lookup(&client->process->handles, (handle_t)handle);

    if (!e || handle >> 32 || e->object->kind != OBJECT_CHANNEL || !(e->rights & RIGHT_IPC_CALL))
        return false;
    struct channel *c = container_of(e->object, struct channel, object);
    struct listener *l = c->listener;
    const struct policy_method *m = policy_method(c->pair, word);
    if (!m)
        return false;
    if (!has_rules && m->direction[DIRECTION_REQUEST].fast_word != word)
        return call_ruled(client);
    if (has_rules && !is_ruled(&m->direction[DIRECTION_REQUEST], word))
        return false;
    if (!c->is_connected || l->is_closed || list_empty(&l->receivers))
        return false;
    struct thread *server = container_of(l->receivers.next, struct thread, wait.link);
    if (!may_switch(cpu, client->priority) || !is_plain(cpu, server))
        return false;
    if (has_rules && !rules_grant(c->pair, DIRECTION_REQUEST, client, server, word))
        return false;

    /* commit */
    struct call *under_way = &client->call;
    under_way->word = word;
    under_way->pair = c->pair;
    under_way->method = m;
    under_way->listener = l;
    object_ref(&l->object);
    under_way->rights = e->rights;
    under_way->context = 0;
    under_way->deadline = TIME_NEVER;
    list_unlink(&server->wait.link);
    owe_reply(client, server); /* may change its priority: it must not look queued yet */
    make_running(server);
    client->state = THREAD_BLOCKED;
    wait_for_reply(client);
    regs_copy_payload(&server->regs, &client->regs);
    answer_recv(server, client, 0);
    arch_switch_to(client, server);
    return true;
}

BOTH reply_recv(struct thread *server, bool has_rules)
{
    struct cpu *cpu = this_cpu();
    struct user_regs *r = &server->regs;
    uint64_t word = regs_word(r), handle = regs_listener(r);
    struct thread *client = client_of_token(server, regs_handle(r));
    const struct handle_entry *e = handle_lookup(&server->process->handles, (handle_t)handle);

    if (!client || word == NO_WORD)
        return false;
    const struct policy_direction *d = &client->call.method->direction[DIRECTION_RESPONSE];
    if (!has_rules && d->fast_word != word)
        return reply_recv_ruled(server);
    if (has_rules && !is_ruled(d, word))
        return false;
    if (!e || handle >> 32 || e->object->kind != OBJECT_LISTENER || !(e->rights & RIGHT_IPC_RECV))
        return false;
    struct listener *l = container_of(e->object, struct listener, object);
    if (l->is_closed || l->sender_mask || !may_switch(cpu, client->priority) || !is_plain(cpu, client))
        return false;
    if (has_rules && !rules_grant(client->call.pair, DIRECTION_RESPONSE, server, client, word))
        return false;

    /* commit */
    regs_copy_payload(&client->regs, r);
    answer_call(client, word, 0);
    call_finish(client);
    make_running(client);
    server->state = THREAD_BLOCKED;
    wait_for_request(server, l);
    arch_switch_to(server, client);
    return true;
}

bool fast_call(struct thread *client)
{
    return call(client, false);
}

RULED call_ruled(struct thread *client)
{
    return call(client, true);
}

bool fast_reply_recv(struct thread *server)
{
    return reply_recv(server, false);
}

RULED reply_recv_ruled(struct thread *server)
{
    return reply_recv(server, true);
}
