/*
 * ipc/fast.c: the fast path: a short message between two threads that are both ready for it.
 *
 * Call finds a receiver waiting; ReplyRecv answers a waiting caller and finds no further sender. The
 * work is that of call.c, reply.c and recv.c, with every check of theirs, in one piece and without a
 * visit to the scheduler. Whatever is out of the ordinary (another form, a rule to run, a deadline, a
 * higher priority ready, a process that dies, the path switched off) returns false with nothing changed,
 * and the general path does the work.
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

bool fast_call(struct thread *client)
{
    struct cpu *cpu = this_cpu();
    uint64_t word = regs_word(&client->regs), handle = regs_handle(&client->regs);
    const struct handle_entry *e = handle_lookup(&client->process->handles, (handle_t)handle);

    if (!e || handle >> 32 || e->object->kind != OBJECT_CHANNEL || !(e->rights & RIGHT_IPC_CALL))
        return false;
    struct channel *c = container_of(e->object, struct channel, object);
    struct listener *l = c->listener;
    const struct policy_method *m = policy_method(c->pair, word);
    if (!m || m->direction[DIRECTION_REQUEST].fast_word != word || !c->is_connected ||
        l->is_closed || list_empty(&l->receivers))
        return false;
    struct thread *server = container_of(l->receivers.next, struct thread, wait.link);
    if (!may_switch(cpu, client->priority) || !is_plain(cpu, server))
        return false;

    /* commit */
    struct call *call = &client->call;
    call->word = word;
    call->pair = c->pair;
    call->method = m;
    call->listener = l;
    object_ref(&l->object);
    call->rights = e->rights;
    call->context = 0;
    call->deadline = TIME_NEVER;
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

bool fast_reply_recv(struct thread *server)
{
    struct cpu *cpu = this_cpu();
    struct user_regs *r = &server->regs;
    uint64_t word = regs_word(r), handle = regs_listener(r);
    struct thread *client = client_of_token(server, regs_handle(r));
    const struct handle_entry *e = handle_lookup(&server->process->handles, (handle_t)handle);

    if (!client || word == NO_WORD ||
        client->call.method->direction[DIRECTION_RESPONSE].fast_word != word)
        return false;
    if (!e || handle >> 32 || e->object->kind != OBJECT_LISTENER || !(e->rights & RIGHT_IPC_RECV))
        return false;
    struct listener *l = container_of(e->object, struct listener, object);
    if (l->is_closed || l->sender_mask || !may_switch(cpu, client->priority) || !is_plain(cpu, client))
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
