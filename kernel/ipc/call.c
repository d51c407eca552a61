/*
 * ipc/call.c: the client's side: Call, and every way in which one ends.
 */
#include "core/process.h"
#include "core/sched.h"
#include "ipc/caps.h"
#include "ipc/channel.h"
#include "ipc/ipc.h"
#include "ipc/rendezvous.h"
#include "ipc/user_object.h"
#include "mm/usercopy.h"

#include <arch/entry.h>
#include <arch/timer.h>
#include <nk/types.h>
#include <tessera/syscall.h>

#define NS_PER_MS 1000000ull

Retcode ex_deadline(struct thread *t, uint32_t op, uint64_t *deadline)
{
    *deadline = TIME_NEVER;
    if (!(op & KN_EX))
        return rcOk;
    struct kn_ex ex;
    if (!user_read(&ex, regs_ex(&t->regs), sizeof ex))
        return rcSourceFault;
    if (ex.sync)
        return rcInvalidArgument; /* no sync objects exist yet, so no handle can name one */
    uint64_t now = arch_time_ns();
    if (ex.timeout < (TIME_NEVER - 1 - now) / NS_PER_MS)
        *deadline = now + ex.timeout * NS_PER_MS;
    return rcOk;
}

void switch_or_enqueue(struct thread *next)
{
    lock_assert_held();
    struct cpu *cpu = this_cpu();
    if (cpu->must_reschedule || !sched_may_switch(cpu, next->priority) || cpu->current->state == THREAD_READY || next->continuation ||
        next->process->state != PROCESS_RUNNING || !sched_may_run_here(next)) {
        sched_enqueue(next);
        cpu->must_reschedule = true;
        return;
    }
    arch_switch_to(cpu->current, next);
}

/* ---- the end of a Call ---- */

/* Unlinks a call from its server and drops its hold on the listener. */
void call_finish(struct thread *client)
{
    if (client->call.server)
        owe_no_more(client);
    struct listener *l = client->call.listener;
    client->call.listener = NULL;
    client->call.token += REPLY_TOKEN_NEXT;
    object_put(&l->object);
}

void cancel_reply(struct thread *t, Retcode code)
{
    call_finish(t);
    regs_set_result(&t->regs, code);
}

static void cancel_send(struct thread *t, Retcode code)
{
    call_dequeue(t);
    call_finish(t);
    regs_set_result(&t->regs, code);
}

void call_fail(struct thread *client, Retcode code)
{
    if (client->state == THREAD_BLOCKED) {
        wait_cancel(client, code); /* tells the driver of a copy, too */
        return;
    }
    call_finish(client);
    regs_set_result(&client->regs, code);
}

/* ---- the way in ---- */

static struct callers *callers_of(struct object *o)
{
    return o->kind == OBJECT_CHANNEL ? &container_of(o, struct channel, object)->callers
                                     : &user_object_of(o)->callers;
}

/* The handle that a Call was made through, as long as its slot serves no other. */
static struct handle_entry *handle_of_call(const struct thread *client)
{
    handle_t h = (handle_t)regs_handle(&client->regs);
    struct handle_entry *e = handle_slot(&client->process->handles, h & HANDLE_INDEX_MASK);
    return e && e->serial == client->call.handle_serial ? e : NULL;
}

/* One of the Calls that a revocation of the handle, or the end of the channel, has to find. A handle
 * that was closed is neither. */
static void join_callers(struct thread *client)
{
    const struct handle_entry *e = handle_of_call(client);
    if (!e || !e->object)
        return;
    struct callers *c = callers_of(e->object);
    client->call.via = e->object;
    object_ref(e->object);
    list_add_tail(&c->threads, &client->call.by_object);
    c->count++;
}

static void leave_callers(struct thread *client)
{
    struct object *via = client->call.via;
    if (!via)
        return;
    client->call.via = NULL;
    list_remove(&client->call.by_object);
    callers_of(via)->count--;
    object_put(via);
}

void call_dequeue(struct thread *client)
{
    struct listener *l = client->call.listener;
    uint8_t p = client->call.priority;
    list_remove(&client->wait.link);
    if (list_empty(&l->senders[p]))
        l->sender_mask &= ~(1u << p);
    leave_callers(client);
    client->wait_kind = WAIT_NONE; /* a change of its priority must not put it back */
    if (l->nboosted || l->nreturning || !list_empty(&l->takers))
        boost_update(l);
}

void call_enqueue(struct thread *client, bool at_head)
{
    struct listener *l = client->call.listener;
    uint8_t p = client->priority;
    join_callers(client);
    client->call.priority = p;
    if (client->state == THREAD_READY)
        wait_block(client, WAIT_SEND, l, cancel_send, client->call.deadline);
    client->wait_kind = WAIT_SEND; /* also when it comes back from WAIT_TRANSFER, timer still armed */
    client->wait.cancel = cancel_send;
    if (at_head)
        list_add_head(&l->senders[p], &client->wait.link);
    else
        list_add_tail(&l->senders[p], &client->wait.link);
    l->sender_mask |= 1u << p;
    if (l->direct)
        owed_link(l->direct);
    if (!list_empty(&l->owed) || l->nreturning || !list_empty(&l->takers))
        boost_update(l);
    const struct handle_entry *e = at_head ? handle_of_call(client) : NULL;
    if (e && e->is_revoked) /* while it was out of the queue */
        wait_cancel(client, rcHandleRevoked);
}

void commit_request(struct thread *client, struct thread *server, uint32_t flags)
{
    owe_reply(client, server);
    if (client->priority > server->priority)
        lend_settle(server);
    if (client->call.listener->sender_mask) {
        owed_link(client);
        boost_update(client->call.listener);
    }
    if (client->state == THREAD_READY)
        wait_block(client, WAIT_REPLY, NULL, NULL, client->call.deadline);
    else
        client->wait_kind = WAIT_REPLY; /* it waited to send; a deadline stays armed */
    answer_recv(server, client, flags);
}

/* The peer of a copy under way is cancelled: the driver finds out when it goes on. */
void cancel_peer(struct thread *t, Retcode code)
{
    struct thread *driver = t->wait.object;
    driver->transfer.peer = NULL;
    leg_drop(driver);
    taking_update(driver);
    if (t->call.listener) /* the client's side of the copy */
        call_finish(t);
    regs_set_result(&t->regs, code);
}

static void begin_copy(struct thread *driver, struct thread *peer, void (*go_on)(struct thread *))
{
    driver->transfer.peer = peer;
    driver->continuation = go_on;
    peer->wait_kind = WAIT_TRANSFER;
    peer->wait.object = driver;
    peer->wait.cancel = cancel_peer;
    if (driver->call.listener) /* else recv_later is next */
        taking_begin(driver, driver->call.listener);
    sched_yield();
}

enum outcome deliver_request(struct thread *client, struct thread *server, struct thread *driver)
{
    struct call *c = &client->call;
    const struct policy_direction *d = &c->method->direction[DIRECTION_REQUEST];
    struct leg leg = {client, server, c->method->pair, d, DIRECTION_REQUEST, d->word};
    bool is_target = false, is_long = regs_operation(&client->regs) & KN_LONG;
    Retcode rc = is_long ? leg_begin(&leg, driver, &is_target) : leg_judge_short(&leg);
    if (rc == rcRestart) {
        begin_copy(driver, driver == client ? server : client, continue_request);
        return OUTCOME_IN_PROGRESS;
    }
    if (rc != rcOk) {
        call_fail(client, rc);
        return is_target ? OUTCOME_RECEIVER_FAILED : OUTCOME_REFUSED;
    }
    if (!is_long)
        leg_copy_payload(&leg);
    commit_request(client, server, is_long ? KN_LONG : 0);
    return OUTCOME_DELIVERED;
}

static void call_begin(struct thread *client)
{
    struct listener *l = client->call.listener;
    if (l->is_closed) {
        call_fail(client, rcNotConnected);
        return;
    }
    if (list_empty(&l->receivers)) {
        call_enqueue(client, false);
        return;
    }
    object_ref(&l->object); /* a refused call lets go of it */
    struct thread *server = container_of(l->receivers.next, struct thread, wait.link);
    list_remove(&server->wait.link);
    enum outcome outcome = deliver_request(client, server, client);
    if (outcome == OUTCOME_DELIVERED) {
        wait_finish(server);
        switch_or_enqueue(server);
    } else if (outcome == OUTCOME_REFUSED) {
        list_add_head(&l->receivers, &server->wait.link);
    } else if (outcome == OUTCOME_RECEIVER_FAILED) {
        regs_set_result(&server->regs, rcTargetFault);
        wait_wake(server);
    }
    object_put(&l->object);
}

/* What a client handle leads to. */
struct target {
    struct listener *listener;
    const struct policy_pair *pair;
    uint64_t word;
    uint64_t context;
    uint32_t rights;
    bool is_connected;
};

static void channel_target(struct handle_entry *e, uint64_t word, struct target *out)
{
    struct channel *c = container_of(e->object, struct channel, object);
    out->listener = c->listener;
    out->pair = c->pair;
    out->word = word;
    out->context = 0;
    out->rights = e->rights;
    out->is_connected = c->is_connected && !c->listener->is_closed;
}

/* A callable handle names its endpoint itself; the message says INVALID_RIID (or the same number). */
static Retcode callable_target(struct thread *t, struct handle_entry *e, uint64_t word,
                               struct target *out)
{
    struct user_object *u = user_object_of(e->object);
    uint16_t iid = (uint16_t)word;
    if (!u->listener || (iid != INVALID_RIID && iid != u->riid))
        return rcInvalidArgument;
    out->listener = u->listener;
    out->word = (word & ~0xffffull) | u->riid;
    out->is_connected = !u->listener->is_closed;
    if (!out->is_connected)
        return rcOk;
    if (!u->pair || u->pair->src != t->process->class) {
        Retcode rc = policy_pair_get(t->process->class, u->listener->process->class, &u->pair);
        if (rc != rcOk)
            return rc;
    }
    out->pair = u->pair;
    return caps_context(&t->walk, e, u->listener->process, &out->context, &out->rights);
}

static Retcode find_target(struct thread *t, struct handle_entry *e, uint64_t word,
                           struct target *out)
{
    Retcode rc = rcOk;
    if (e->object->kind == OBJECT_CHANNEL)
        channel_target(e, word, out);
    else if (e->object->kind == OBJECT_USER)
        rc = callable_target(t, e, word, out);
    else
        return rcInvalidArgument;
    if (rc == rcOk && !(e->rights & RIGHT_IPC_CALL))
        return handle_refuse(e, RIGHT_IPC_CALL);
    return rc == rcOk && !out->is_connected ? rcNotConnected : rc;
}

/* Everything that can be refused before a receiver is looked for. */
static Retcode call_check(struct thread *t, uint32_t op, const struct target *g,
                          const struct policy_method **method)
{
    const struct policy_method *m = policy_method(g->pair, g->word);
    const struct policy_direction *d = m ? &m->direction[DIRECTION_REQUEST] : NULL;
    struct process *server = g->listener->process;
    if (!d || d->word != g->word || (!(op & KN_LONG) && !d->may_be_short)) {
        policy_malformed(g->pair, DIRECTION_REQUEST, t->process, server, g->word);
        return rcInvalidArgument;
    }
    if (d->verdict == KSM_DENY) {
        struct leg leg = {t, NULL, g->pair, d, DIRECTION_REQUEST, g->word};
        leg_denied(&leg, server, op & KN_LONG);
        return rcSecurityDisallow;
    }
    *method = m;
    return ex_deadline(t, op, &t->call.deadline);
}

/* A Call whose handle's context is still looked for. Its registers are as they were. */
static void call_again(struct thread *t)
{
    ipc_call(t, regs_operation(&t->regs));
}

void ipc_call(struct thread *t, uint32_t op)
{
    struct user_regs *r = &t->regs;
    uint64_t word = regs_word(r), handle = regs_handle(r);
    struct handle_entry *e = handle_lookup(&t->process->handles, (handle_t)handle);
    struct target g;
    const struct policy_method *m = NULL;
    if (!e || handle >> 32) {
        regs_set_result(r, handle >> 32 ? rcInvalidArgument
                                        : handle_miss(&t->process->handles, (handle_t)handle));
        return;
    }
    if (e->object->kind == OBJECT_CORE) {
        kernel_call(t, op, word);
        return;
    }
    if (e->object->kind == OBJECT_SECURITY) {
        if (e->rights & RIGHT_IPC_CALL)
            security_call(t, op, word);
        else
            regs_set_result(r, handle_refuse(e, RIGHT_IPC_CALL));
        return;
    }
    Retcode rc = find_target(t, e, word, &g);
    if (rc == rcRestart) {
        t->continuation = call_again;
        (void)sched_should_preempt();
        return;
    }
    if (rc == rcOk)
        rc = call_check(t, op, &g, &m);
    if (rc != rcOk) {
        regs_set_result(r, rc);
        return;
    }
    t->call.handle_serial = e->serial;
    t->call.method = m;
    t->call.listener = g.listener;
    t->call.rights = g.rights;
    t->call.context = g.context;
    object_ref(&g.listener->object);
    call_begin(t);
}

/* ---- Calls that wait where nobody will receive them ---- */

void callers_check(struct callers *c, struct object *o)
{
    if (c->count == 0)
        return;
    c->unsure = c->count;
    object_settle_later(o);
}

bool callers_check_step(struct callers *c, uint32_t budget)
{
    for (; c->unsure > 0 && !list_empty(&c->threads); budget--) {
        if (budget == 0)
            return false;
        struct thread *t = container_of(c->threads.next, struct thread, call.by_object);
        const struct handle_entry *e = handle_of_call(t);
        c->unsure--;
        list_remove(&t->call.by_object); /* to the end: those in front are still unsure */
        list_add_tail(&c->threads, &t->call.by_object);
        if (e && e->is_revoked)
            wait_cancel(t, rcHandleRevoked);
    }
    c->unsure = 0;
    return true;
}

bool callers_end_step(struct callers *c, Retcode code, uint32_t budget)
{
    for (; !list_empty(&c->threads); budget--) {
        if (budget == 0)
            return false;
        wait_cancel(container_of(c->threads.next, struct thread, call.by_object), code);
    }
    return true;
}

/* Goes on with a copy of a request; the driver is the client (Call) or the server (Recv). */
void continue_request(struct thread *driver)
{
    struct transfer *x = &driver->transfer;
    struct thread *peer = x->peer;
    bool is_client = x->sender == driver, is_target = false;
    struct listener *l;

    if (!peer) { /* the other side is gone: start again */
        taking_end(driver);
        if (is_client)
            call_begin(driver);
        else
            recv_restart(driver);
        return;
    }
    struct thread *client = is_client ? driver : peer, *server = is_client ? peer : driver;
    l = client->call.listener;
    Retcode rc = l->is_closed ? rcNotConnected : leg_continue(driver, &is_target);
    if (rc == rcRestart) {
        driver->continuation = continue_request;
        (void)sched_should_preempt();
        return;
    }
    taking_end(driver);
    if (rc == rcOk) {
        x->peer = NULL;
        commit_request(client, server, KN_LONG);
        if (is_client) {
            wait_finish(server);
            switch_or_enqueue(server);
        } else {
            recv_done(server);
        }
        return;
    }
    leg_drop(driver);
    x->peer = NULL;
    object_ref(&l->object);
    call_fail(client, rc);
    if (is_target || l->is_closed) {
        regs_set_result(&server->regs, is_target ? rcTargetFault : rcNotConnected);
        if (is_client)
            wait_wake(server);
        else
            recv_done(server);
    } else if (is_client) {
        recv_resume(server, l);
    } else {
        recv_restart(server);
    }
    object_put(&l->object);
}
