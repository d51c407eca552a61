/*
 * core/sched.h: 32 priorities, round robin within one, on each CPU.
 */
#ifndef CORE_SCHED_H
#define CORE_SCHED_H

#include "core/cpu.h"
#include "core/thread.h"

#include <tessera/flags.h>

#define TIME_SLICE_NS (KN_TIME_SLICE_NS + 0ull)

void sched_init(struct cpu *cpu);
/* Puts a ready thread into its queue; asks for a reschedule if it outranks the current one. */
void sched_enqueue(struct thread *t);
/* Takes a ready thread that is not running out of its queue. */
void sched_dequeue(struct thread *t);
/* The current thread gives up the CPU and stays ready. */
void sched_yield(void);
/* Changes the effective priority of a thread in any state. */
void sched_set_priority(struct thread *t, uint32_t priority);
/* The CPUs on which t may run, by number; at least one of them runs. */
void sched_set_affinity(struct thread *t, uint64_t affinity);
/* Whether t's affinity allows this CPU. */
bool sched_may_run_here(const struct thread *t);
/* What this CPU has to do when another one changed its queues or its time slice. */
void sched_look(struct cpu *cpu);
/* What is due when the timer has fired. */
void sched_tick(struct cpu *cpu);
/* Chooses what runs next, runs continuations, idles; returns when a thread is to enter user mode. */
void sched_run(void);
/* Before the way out of a system call: the scheduler, if it has anything to do. */
static inline void sched_leave(void)
{
    const struct cpu *cpu = this_cpu();
    const struct thread *next = cpu->current;
    if (cpu->must_reschedule || !next || next->state != THREAD_READY || next->continuation)
        sched_run();
}
/* Whether the current thread should give way now (tested by long operations). */
bool sched_should_preempt(void);

/* Between two steps, where nothing is half done: if another CPU waits for the lock it may have it. */
void sched_hand_over(void) REQUIRES(kernel_lock);

/* May this CPU switch to a thread of this priority at once? None that is ready is above it, and equals do
 * not mind if the running time slice ends some time. */
static inline bool sched_may_switch(const struct cpu *cpu, uint32_t priority) REQUIRES(kernel_lock)
{
    return priority >= cpu->floor;
}

static inline bool sched_may_switch_here(uint32_t priority) REQUIRES(kernel_lock)
{
    return priority >= CPU_HERE(floor);
}

/* Blocks the current thread. deadline TIME_NEVER: none. */
void wait_block(struct thread *t, enum wait_kind kind, void *object,
                void (*cancel)(struct thread *, Retcode), uint64_t deadline);
/* The same; an alert ends it, too. Whoever blocks asks thread_take_alert() before. */
static inline void wait_block_alertable(struct thread *t, enum wait_kind kind, void *object,
                                        void (*cancel)(struct thread *, Retcode),
                                        uint64_t deadline)
{
    wait_block(t, kind, object, cancel, deadline);
    t->is_alertable = true;
}
/* Ends a wait from outside: timeout, death of a peer, termination. The thread becomes ready (but is not
 * enqueued). */
void wait_leave(struct thread *t, Retcode code);
/* The same, and puts it into the run queue. */
void wait_cancel(struct thread *t, Retcode code);
/* Ends a wait whose results were written; the thread becomes ready (but is not enqueued). */
void wait_finish(struct thread *t);
/* The same, and puts it into the run queue. */
void wait_wake(struct thread *t);

#endif
