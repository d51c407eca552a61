/*
 * ipc/ipc.h: Call, Recv, Reply and ReplyRecv.
 *
 * The rendezvous (design: M1, M5, M8). A client in Call is in one of these states:
 *
 *      Call ──► WAIT_SEND ──► (WAIT_TRANSFER) ──► WAIT_REPLY ──► (WAIT_TRANSFER) ──► ready
 *         └── a receiver waits ──┘   long arena        └── Reply ──┘   long arena
 *
 * A request is captured, checked and judged when a receiver takes it, so nothing is buffered in the
 * kernel and no verdict is given for a message that is not delivered. Below the comment "commit"
 * nothing fails. Every way out of a state (timeout, death of either side, listener closed) goes
 * through the wait's cancel function.
 */
#ifndef IPC_IPC_H
#define IPC_IPC_H

#include "core/thread.h"

struct callers;

/* The system calls; results go into t->regs, t may be blocked afterwards. */
void ipc_call(struct thread *t, uint32_t op);
void ipc_recv(struct thread *t, uint32_t op);
void ipc_reply(struct thread *t, uint32_t op);
void ipc_reply_recv(struct thread *t, uint32_t op);

/* The fast path: true if it did the whole Call or ReplyRecv, false if nothing was done. is_long: the
 * message that is sent lies in memory. */
bool fast_call(struct thread *client, bool is_long);
bool fast_reply_recv(struct thread *server, bool is_long);
/* For short messages in the CPU's registers: arch/entry.h. */

/* A listener's last handle is gone: about `budget` of those who wait there are told; true when all are. */
bool ipc_listener_close_step(struct listener *l, uint32_t budget);

/* Handles of a channel or callable object were revoked: Calls that wait on one of them will be ended. */
void callers_check(struct callers *c, struct object *o);
/* Looks at about `budget` of them; true when all were looked at. */
bool callers_check_step(struct callers *c, uint32_t budget);
/* Ends about `budget` Calls that wait there with a code; true when none is left. */
bool callers_end_step(struct callers *c, Retcode code, uint32_t budget);

/* ---- between the files of this folder ---- */

enum outcome {
    OUTCOME_DELIVERED,
    OUTCOME_REFUSED,         /* the sender has its code, the receiver waits on */
    OUTCOME_RECEIVER_FAILED, /* the receiver's buffers: both have the code */
    OUTCOME_IN_PROGRESS,     /* a long copy: the driver has a continuation */
};

/* One message on its way. */
struct leg {
    struct thread *from, *to;
    const struct policy_pair *pair;
    const struct policy_direction *form;
    int direction;
    uint64_t word;
};

/* Captures, checks, judges and copies a long message, in steps: rcRestart means that `driver` has
 * to go on later by leg_continue. is_target: the code is the receiver's fault. */
Retcode leg_begin(struct leg *leg, struct thread *driver, bool *is_target);
Retcode leg_continue(struct thread *driver, bool *is_target);
/* Drops what an unfinished copy holds. */
void leg_drop(struct thread *driver);
/* Writes down a request or response whose verdict is a constant denial; `to` is for whom it was. */
void leg_denied(const struct leg *leg, struct process *to, bool is_long);
/* Short message: judged from the registers. Nothing may fail after it. */
Retcode leg_judge_short(const struct leg *leg);
void leg_copy_payload(const struct leg *leg);

/* Takes waiting senders until one is delivered; else blocks the server. */
void recv_next(struct thread *server, struct listener *l, uint64_t deadline);
/* A Recv that was interrupted by a long copy: goes on, or is over. */
void recv_restart(struct thread *server);
void recv_done(struct thread *server);
/* A server whose copy came to nothing waits again, as the next to receive. */
void recv_resume(struct thread *server, struct listener *l);
/* While a copy had its receiver or its sender out of the queue, the other queue may have filled. */
void recv_kick(struct listener *l);
enum outcome deliver_request(struct thread *client, struct thread *server, struct thread *driver);
/* After a long copy: the request is the server's now. */
void commit_request(struct thread *client, struct thread *server, uint32_t flags);
void call_enqueue(struct thread *client, bool at_head);
/* A caller that is `direct` (rendezvous.h) becomes one of the lists: boost.c. */
void owed_link(struct thread *client);
/* The queue of a listener, or who owes replies there, has changed: boost.c. */
void boost_update(struct listener *l);
/* t answers, by Reply, a request that it received there; it has received again, or never will; the
 * listener is closed: boost.c. */
void boost_returning(struct thread *t, struct listener *l);
void boost_returned(struct thread *t);
void boost_none_returns(struct listener *l);
/* t is about to move a request that waits at l, or is in the midst of it: who waits for that lends to it. */
void taking_begin(struct thread *t, struct listener *l);
/* The opposite, before t forgets the listener; harmless where it never began. */
void taking_end(struct thread *t);
/* The other side of its copy is gone or has another priority. */
void taking_update(struct thread *t);
/* Takes a client out of its listener's queue of senders. */
void call_dequeue(struct thread *client);
void call_finish(struct thread *client);
void continue_request(struct thread *driver);
void continue_reply(struct thread *driver);
/* Ends a client's Call with a code and makes it ready. */
void call_fail(struct thread *client, Retcode code);
void cancel_peer(struct thread *t, Retcode code);
/* Timeout of a CallEx or RecvEx as a deadline. */
Retcode ex_deadline(struct thread *t, uint32_t op, uint64_t *deadline);
/* The current thread blocks and next, just made ready, runs: at once where priorities allow. */
void switch_or_enqueue(struct thread *next);

/* Kernel methods: service/kcall.c */
void kernel_call(struct thread *t, uint32_t op, uint64_t word);
/* Questions to the security module: service/security.c */
void security_call(struct thread *t, uint32_t op, uint64_t word);

#endif
