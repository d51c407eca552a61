/*
 * ipc/reply.c: Reply and ReplyRecv (design: M8).
 *
 * A reply token is the caller's thread number and the sequence number of its call. It occupies
 * nothing: it is valid while that very call waits for a reply from the calling process.
 */
#include "core/process.h"
#include "core/sched.h"
#include "ipc/channel.h"
#include "ipc/ipc.h"
#include "ipc/rendezvous.h"

#include <arch/regs.h>
#include <nk/types.h>
#include <tessera/syscall.h>

void ipc_recv_after_reply(struct thread *t, uint32_t op, struct thread *client);

/* Which of the three forms a response word has; rcInvalidArgument if none. */
static Retcode response_form(const struct thread *client, uint64_t word, uint32_t op,
                             const struct policy_direction **form, int *direction)
{
    const struct policy_method *m = client->call.method;
    for (int d = DIRECTION_RESPONSE; d <= DIRECTION_FAILED; d++) {
        const struct policy_direction *f = &m->direction[d];
        if (!f->form || f->word != word)
            continue;
        if (!(op & KN_LONG) && !f->may_be_short)
            break;
        *form = f;
        *direction = d;
        return rcOk;
    }
    policy_malformed(m->pair, DIRECTION_RESPONSE, client->call.server->process,
                     client->process, word);
    return rcInvalidArgument;
}

static void commit_reply(struct thread *t, uint32_t op, struct thread *client, uint64_t word)
{
    if ((op & KN_OP_MASK) == KN_REPLY)
        boost_returning(t, client->call.listener);
    call_finish(client);
    if (t->returns_to && t->direct)
        owed_link(t->direct); /* the shortest path looks at `direct` alone, and does not end the return */
    answer_call(client, word, op & KN_LONG);
    wait_finish(client);
}

/* Answers; *answered is the client, ready but not yet queued, or null. rcRestart: a long copy. */
static Retcode reply(struct thread *t, uint32_t op, struct thread **answered)
{
    struct thread *client = client_of_token(t, regs_handle(&t->regs));
    *answered = NULL;
    if (!client)
        return rcNotConnected;
    struct leg leg = {t, client, client->call.method->pair, NULL, 0, regs_word(&t->regs)};
    bool is_target = false;
    Retcode rc = response_form(client, leg.word, op, &leg.form, &leg.direction);
    if (rc == rcOk)
        rc = op & KN_LONG ? leg_begin(&leg, t, &is_target) : leg_judge_short(&leg);
    if (rc == rcRestart) {
        t->transfer.peer = client;
        t->continuation = continue_reply;
        client->wait_kind = WAIT_TRANSFER;
        client->wait.object = t;
        client->wait.cancel = cancel_peer;
        sched_yield();
        return rcRestart;
    }
    if (rc != rcOk) {
        call_fail(client, rc);
        return rc;
    }
    if (!(op & KN_LONG))
        leg_copy_payload(&leg);
    /* commit */
    commit_reply(t, op, client, leg.word);
    *answered = client;
    return rcOk;
}

/* After the reply half: what the server's own call does next. */
static void after_reply(struct thread *t, uint32_t op, Retcode rc, struct thread *client)
{
    bool is_combined = (op & KN_OP_MASK) == KN_REPLY_RECV;
    /* A caller that is gone is not the server's fault: the server goes on to receive. */
    if (is_combined && (rc == rcOk || rc == rcNotConnected)) {
        ipc_recv_after_reply(t, op, client);
        return;
    }
    regs_set_result(&t->regs, rc);
    if (client)
        sched_enqueue(client);
}

static void reply_op(struct thread *t, uint32_t op)
{
    struct thread *client;
    Retcode rc = reply(t, op, &client);
    if (rc != rcRestart)
        after_reply(t, op, rc, client);
}

void ipc_reply(struct thread *t, uint32_t op)
{
    reply_op(t, op);
}

void ipc_reply_recv(struct thread *t, uint32_t op)
{
    reply_op(t, op);
}

void continue_reply(struct thread *t)
{
    struct thread *client = t->transfer.peer;
    uint32_t op = regs_operation(&t->regs);
    bool is_target = false;
    if (!client) {
        after_reply(t, op, rcNotConnected, NULL);
        return;
    }
    Retcode rc = leg_continue(t, &is_target);
    if (rc == rcRestart) {
        t->continuation = continue_reply;
        (void)sched_should_preempt();
        return;
    }
    t->transfer.peer = NULL;
    if (rc == rcOk) {
        commit_reply(t, op, client, regs_word(&t->regs));
    } else {
        call_fail(client, rc);
        client = NULL;
    }
    after_reply(t, op, rc, client);
}

/* A copy that t drives is undone: the other side waits as before. */
static void undo_copy(struct thread *t)
{
    struct thread *peer = t->transfer.peer;
    leg_drop(t);
    t->transfer.peer = NULL;
    if (!peer)
        return;
    struct listener *l = t->call.listener ? t->call.listener : peer->call.listener;
    if (peer->call.server || l->is_closed) { /* a reply is used up; a closed listener ends all */
        wait_cancel(peer, rcNotConnected);
    } else if (t->call.listener) { /* Call: the receiver waits on */
        recv_resume(peer, l);
    } else { /* Recv: the sender waits on */
        call_enqueue(peer, true);
        recv_kick(l);
    }
}

void thread_leave_ipc(struct thread *t)
{
    taking_end(t);
    undo_copy(t);
    boost_returned(t);
    tree_walk_drop(&t->walk);
    notice_scan_drop(&t->scan);
    t->settle_upto = 0;
    t->continuation = NULL;
    if (t->recv_from)
        recv_kick(t->recv_from);
    recv_done(t);
    if (t->call.listener)
        call_finish(t);
}

bool thread_fail_callers(struct thread *t, uint32_t budget)
{
    if (t->direct)
        owed_link(t->direct);
    for (; !list_empty(&t->owed); budget--) {
        if (budget == 0)
            return false;
        call_fail(container_of(t->owed.next, struct thread, call.owed_by_thread), rcNotConnected);
    }
    return true;
}
