/*
 * core/thread.h: threads, what one waits for, and its part in IPC.
 *
 * A thread never blocks inside the kernel: it is stopped at a system call, and whoever ends its wait
 * writes the results into its saved registers (design: M5). Work that takes many steps is kept in
 * `continuation`, which runs when the thread is next scheduled, in place of user code.
 */
#ifndef CORE_THREAD_H
#define CORE_THREAD_H

#include <arch/regs.h>
#include <arch/thread.h>

#include "core/futex.h"
#include "core/list.h"
#include "core/priority.h"
#include "core/timer.h"
#include "mm/aspace.h"
#include "object/mdl.h"
#include "object/notice.h"
#include "object/object.h"
#include "object/tree.h"
#include "policy/policy.h"

struct aspace;
struct handle_entry;
struct listener;
struct process;
struct thread;

enum thread_state {
    THREAD_STOPPED, /* created, not started */
    THREAD_READY,   /* in a run queue, or running */
    THREAD_BLOCKED,
    THREAD_DEAD,
};

enum wait_kind {
    WAIT_NONE,
    WAIT_SEND,     /* Call: no receiver has taken the request */
    WAIT_REPLY,    /* Call: the request was delivered */
    WAIT_RECV,
    WAIT_TRANSFER, /* the other side of a copy under way */
    WAIT_FUTEX,
    WAIT_SLEEP,
    WAIT_THREAD,
    WAIT_PROCESS,
    WAIT_NOTICE,
    WAIT_REAP, /* a dying process's last thread, until its memory is gone */
};

/* What a blocked thread waits for: its kind stands in the thread's status. `cancel` takes it out of whatever
 * queue it is in and writes the result `code` into its registers; wait_cancel() then makes it ready. Of
 * WAIT_RECV and WAIT_REPLY the kind says how, and neither cancel nor object is set: these waits begin
 * and end on the path of every message. */
struct wait {
    void (*cancel)(struct thread *, Retcode code);
    void *object;
    struct list link; /* of the queue it waits in */
    struct timer timer;
};

/* A thread's own Call under way. */
struct call {
    uint64_t token; /* to reply with: this thread's number, and above it that of its call */
    const struct policy_method *method;
    uint64_t handle_serial; /* of the handle used: its slot may serve another one meanwhile */
    struct listener *listener;  /* reference held while in WAIT_SEND, WAIT_TRANSFER or WAIT_REPLY */
    struct thread *server;      /* received it and owes the reply */
    struct list owed_by_thread; /* of server->owed */
    struct object *via;    /* whose callers it is one of while in WAIT_SEND; reference held */
    struct list by_object; /* of those callers; while owed and boosted, of listener->boosted */
    struct list owed_by_listener;
    uint32_t rights;  /* of the handle used */
    uint64_t context; /* of a callable handle */
    uint64_t deadline; /* of a CallEx; TIME_NEVER */
    uint8_t priority; /* lent to the server, unless `direct` there; in WAIT_SEND, the place in the queue */
    uint8_t boost;    /* of the queue where it was received, which it lends, too; 0: none */
};

/* A copy of an arena under way, driven by one of the two threads. */
struct transfer {
    struct thread *peer;   /* the other side while WAIT_TRANSFER, else null */
    struct thread *sender;
    uint8_t *constant;     /* captured constant part, charged to the sender; null if none */
    uint8_t *arena;        /* the same for the arena, where the check or a rule read it */
    uint32_t constant_size;
    uint32_t fresh;        /* first touches of pages that are left in this step */
    uint64_t word;
    void (*captured_then)(struct thread *, Retcode); /* of a call of the kernel with a long arena */
    uint64_t head_from, head_to; /* the constant part in the sender's memory and the receiver's */
    uint64_t from, to;     /* arena addresses */
    uint32_t size, captured, done; /* arena bytes */
    const struct policy_pair *pair;
    int direction;
    const struct ksm_form *message_form;
    const struct ksm_form *form; /* the same, if the message holds handles; else null */
    struct check_walk *check;    /* where the check paused, charged to the sender; or null */
    void *memo; /* of a verdict that had to stop, charged to the sender; or null */
    uint32_t caps_budget;  /* for the search of their ancestors; more each time it did not do */
    bool has_head;   /* the constant part is captured */
    bool is_ruled;   /* the verdict is by rules */
    bool is_checked; /* the structure is sound */
    bool is_tried;   /* the rules would let it pass */
};

#define THREAD_NAME_MAX 24
#define THREAD_KNOWN_HANDLES 8u

/* The status of a thread in a state without a wait, or in a wait without a deadline. */
#define THREAD_STATUS(state, wait) ((uint32_t)(state) | (uint32_t)(wait) << 8)

struct thread {
    struct user_regs regs; /* first three: known to arch */
    struct arch_thread arch;
    struct aspace *aspace;

    struct process *process; /* reference held */
    uint64_t stack_top; /* where its stack began */
    struct cpu *cpu;   /* whose queue it is in, or where it was chosen last; null: not yet */
    uint64_t affinity; /* CPUs on which it may run, by number */
    union {
        struct {
            uint8_t state;     /* enum thread_state */
            uint8_t wait_kind; /* enum wait_kind */
            bool has_deadline; /* of its wait */
            bool is_alertable; /* an alert ends its wait */
        };
        uint32_t status; /* all of them in one: THREAD_STATUS */
    };
    uint8_t priority;      /* effective */
    uint8_t base_priority;
    uint8_t queue_priority; /* that of the queue of `returns_to`, else zero */
    struct listener *returns_to; /* it answered there by Reply and has not received since (ipc/boost.c) */
    struct list returning;       /* of that listener; weak both ways */
    uint64_t slice_left;   /* of a slice in which it was preempted; zero: it begins a new one */
    void (*continuation)(struct thread *);

    struct list run_link; /* of a run queue */
    struct wait wait;
    struct call call;
    struct transfer transfer;

    /* Entries of its process's table that it used last, by the low bits of their numbers; a guess, to be compared
     * with the number: the memory stays as long as the process has threads. */
    const struct handle_entry *known[THREAD_KNOWN_HANDLES];

    struct listener *recv_from; /* reference held while a Recv drives a long copy */
    struct list taker_link;     /* of listener->takers, while is_taking */
    struct thread *direct; /* the caller whose request it received last, if that is in no list: ipc/rendezvous.h */
    struct list owed; /* the other calls that this thread received and has not answered */
    uint32_t lent_mask;
    uint16_t lent[PRIORITIES]; /* calls in `owed` and futex queues that it owns, by priority; what it is
                                * lent while it takes a request (taker_loan; 0: nothing) */
    uint8_t taker_loan;
    bool is_taking;
    uint32_t queues_owned;

    uint64_t kcall_word; /* kernel method under way when it had to wait */
    uint64_t user_arg[4]; /* of that method */
    struct vm_op vm_op;    /* memory operation under way */
    struct futex_waiter futex; /* in WAIT_FUTEX */
    struct futex_walk {
        struct word_place place;
        uint32_t left, woken;
    } wake; /* of waiters under way */
    struct revoke revoke;  /* revocation under way */
    struct mdl_work mdl_work; /* making of shared memory under way */
    struct notice_scan scan; /* look through a receiver's entries under way */
    struct post post;        /* event under way */
    uint64_t settle_upto;    /* of objects_settle */
    struct tree_walk walk; /* search for an ancestor under way */

    struct object object;
    struct list process_link; /* of process->threads */
    struct list waiters;      /* threads in Thread.Wait */
    uint32_t tid;
    int32_t exit_code;
    bool is_dead;      /* or on its way: it runs no more, but for its end */
    bool is_ending;    /* ends, with exit_code, as soon as it would leave the kernel */
    bool is_in_method; /* in a kernel method that takes several steps */
    bool is_alerted; /* the next alertable wait ends at once */
};

_Static_assert(offsetof(struct thread, regs) == 0, "entry code saves registers at the thread");

/* A stopped thread of process. Charged to its account. rcQuotaExceeded, rcOutOfMemory. */
Retcode thread_create(struct process *process, uint32_t priority, uint64_t pc, uint64_t sp,
                      uint64_t arg0, uint64_t arg1, uint64_t tls, struct thread **out);
/* Offered by ipc: t ends. Its own Call does, and a copy it drives is undone. */
void thread_leave_ipc(struct thread *t);
/* Offered by ipc: the ends of WAIT_RECV and WAIT_REPLY. */
void cancel_recv(struct thread *t, Retcode code);
void cancel_reply(struct thread *t, Retcode code);
/* Offered by ipc: at most `budget` of those whose calls t holds get rcNotConnected; true when all have. */
bool thread_fail_callers(struct thread *t, uint32_t budget);
/* Ends an alertable wait with rcIpcInterrupt, or the next one before it begins (design: M5). */
void thread_alert(struct thread *t);
/* Whether t was alerted before a wait that it is about to begin; that uses the alert up. */
static inline bool thread_take_alert(struct thread *t)
{
    bool is_alerted = t->is_alerted;
    t->is_alerted = false;
    return is_alerted;
}
/* Makes a stopped thread ready. */
void thread_start(struct thread *t);
/* Ends a thread, in steps: cancels what it waits for, answers for what it owes, tells its waiters. True
 * when it is gone; if it is current the caller must leave for the scheduler then. */
bool thread_end_step(struct thread *t, int32_t code);
/* The thread with this number, else null. */
struct thread *thread_by_tid(uint32_t tid);
/* Threads that exist (for tests that look for leaks). */
uint64_t thread_count(void);
/* Memory of the table of thread numbers, which only grows. */
uint64_t thread_table_bytes(void);
/* Calls visit for every thread; only for reports when the system is idle. */
void thread_for_each(void (*visit)(struct thread *, void *), void *context);

#endif
