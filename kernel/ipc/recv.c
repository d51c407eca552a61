/*
 * ipc/recv.c: the server's side: Recv.
 */
#include "core/process.h"
#include "core/sched.h"
#include "ipc/channel.h"
#include "ipc/ipc.h"

#include <arch/regs.h>
#include <tessera/syscall.h>

#define REFUSALS_MAX 16 /* senders refused in one step */

void cancel_recv(struct thread *t, Retcode code)
{
    list_remove(&t->wait.link);
    regs_set_result(&t->regs, code);
}

static struct thread *highest_sender(struct listener *l)
{
    uint32_t p = 31u - (uint32_t)__builtin_clz(l->sender_mask);
    struct thread *client = container_of(l->senders[p].next, struct thread, wait.link);
    call_dequeue(client);
    return client;
}

void recv_done(struct thread *server)
{
    struct listener *l = server->recv_from;
    taking_end(server);
    server->recv_from = NULL;
    if (l)
        object_put(&l->object);
}

void recv_restart(struct thread *server)
{
    struct listener *l = server->recv_from;
    taking_end(server);
    server->recv_from = NULL;
    if (l->is_closed)
        regs_set_result(&server->regs, rcNotConnected);
    else
        recv_next(server, l, server->call.deadline);
    object_put(&l->object);
}

/* The first step after a pause: interrupts may come here, where nothing is half done. */
static void recv_again(struct thread *server)
{
    if (sched_should_preempt())
        server->continuation = recv_restart;
    else
        recv_restart(server);
}

static void recv_later(struct thread *server, struct listener *l)
{
    object_ref(&l->object);
    server->recv_from = l;
    taking_begin(server, l);
}

void recv_kick(struct listener *l)
{
    if (!l->sender_mask || list_empty(&l->receivers))
        return;
    struct thread *server = container_of(l->receivers.next, struct thread, wait.link);
    list_remove(&server->wait.link);
    recv_later(server, l);
    server->call.deadline = server->wait.timer.is_armed ? server->wait.timer.deadline : TIME_NEVER;
    server->continuation = recv_restart;
    wait_wake(server);
}

void recv_resume(struct thread *server, struct listener *l)
{
    server->wait_kind = WAIT_RECV;
    list_add_head(&l->receivers, &server->wait.link);
    recv_kick(l);
}

void recv_next(struct thread *server, struct listener *l, uint64_t deadline)
{
    server->call.deadline = deadline;
    for (int refused = 0; l->sender_mask; refused++) {
        if (refused == REFUSALS_MAX) {
            recv_later(server, l);
            server->continuation = recv_again;
            return;
        }
        switch (deliver_request(highest_sender(l), server, server)) {
        case OUTCOME_DELIVERED:
            return;
        case OUTCOME_RECEIVER_FAILED:
            regs_set_result(&server->regs, rcTargetFault);
            return;
        case OUTCOME_IN_PROGRESS:
            recv_later(server, l);
            return;
        case OUTCOME_REFUSED:
            break;
        }
    }
    list_add_tail(&l->receivers, &server->wait.link);
    wait_block(server, WAIT_RECV, NULL, NULL, deadline);
}

/* The listener that a server's handle receives from. */
static Retcode find_listener(struct thread *t, uint64_t handle, struct listener **out)
{
    struct handle_entry *e = handle_lookup(&t->process->handles, (handle_t)handle);
    if (handle >> 32)
        return rcInvalidArgument;
    if (!e)
        return handle_miss(&t->process->handles, (handle_t)handle);
    struct listener *l;
    if (e->object->kind == OBJECT_LISTENER)
        l = container_of(e->object, struct listener, object);
    else if (e->object->kind == OBJECT_SERVER)
        l = container_of(e->object, struct server_end, object)->channel->listener;
    else
        return rcInvalidArgument;
    if (!(e->rights & RIGHT_IPC_RECV))
        return handle_refuse(e, RIGHT_IPC_RECV);
    if (l->is_closed)
        return rcNotConnected;
    *out = l;
    return rcOk;
}

static void recv_on(struct thread *t, uint32_t op, uint64_t handle)
{
    struct listener *l;
    uint64_t deadline;
    Retcode rc = find_listener(t, handle, &l);
    if (rc == rcOk)
        rc = ex_deadline(t, op, &deadline);
    if (rc != rcOk) {
        regs_set_result(&t->regs, rc);
        return;
    }
    recv_next(t, l, deadline);
}

void ipc_recv(struct thread *t, uint32_t op)
{
    recv_on(t, op, regs_handle(&t->regs));
    boost_returned(t); /* one that is in the middle of it is lent the queue's priority as a taker */
}

/* Recv as the second half of ReplyRecv; the answered client, if any, is ready but not queued. */
void ipc_recv_after_reply(struct thread *t, uint32_t op, struct thread *client)
{
    recv_on(t, op, regs_listener(&t->regs));
    boost_returned(t);
    if (!client)
        return;
    if (t->state == THREAD_BLOCKED)
        switch_or_enqueue(client);
    else
        sched_enqueue(client);
}

/* The next of those who wait at a closed listener, else null. */
static struct thread *next_waiting(struct listener *l)
{
    if (!list_empty(&l->leaving))
        return container_of(l->leaving.next, struct thread, wait.link);
    if (l->sender_mask) {
        uint32_t p = 31u - (uint32_t)__builtin_clz(l->sender_mask);
        return container_of(l->senders[p].next, struct thread, wait.link);
    }
    return NULL;
}

bool ipc_listener_close_step(struct listener *l, uint32_t budget)
{
    for (struct thread *t; (t = next_waiting(l)); budget--) {
        if (budget == 0)
            return false;
        wait_cancel(t, rcNotConnected);
    }
    for (; !list_empty(&l->owed); budget--) {
        if (budget == 0)
            return false;
        call_fail(container_of(l->owed.next, struct thread, call.owed_by_listener), rcNotConnected);
    }
    boost_none_returns(l);
    return true;
}
