/*
 * core/sched.c: run queues, waits, the timer interrupt, and the idle loop.
 *
 * Every entry into the kernel ends in sched_run(), which decides which thread enters user mode. The
 * hot path of IPC switches directly and does not come here unless must_reschedule is set.
 */
#include "core/sched.h"

#include <arch/entry.h>
#include <arch/timer.h>

#include "core/endcheck.h"
#include "core/idle.h"
#include "core/irq_time.h"
#include "core/log.h"
#include "core/process.h"
#include "core/smp.h"

#define EXPIRE_MAX 32 /* waits that end in one timer interrupt */

void sched_init(struct cpu *cpu)
{
    for (int i = 0; i < PRIORITIES; i++)
        list_init(&cpu->ready[i]);
    cpu->slice_end = TIME_NEVER;
    cpu->armed = TIME_NEVER;
    cpu->capture_body = cpu->capture + KN_HEADER_BYTES;
}

static uint32_t top_priority(uint32_t mask)
{
    return 31u - (uint32_t)__builtin_clz(mask);
}

/* Only a CPU itself can set its timer. */
static void arm_hardware(struct cpu *cpu)
{
    uint64_t next = timer_next(&cpu->timers);
    if (cpu->slice_end < next)
        next = cpu->slice_end;
    if (next == cpu->armed)
        return;
    cpu->armed = next;
    arch_timer_set(next);
}

void sched_look(struct cpu *cpu)
{
    arm_hardware(cpu);
}

/* After a change of the queues or of the time slice's end. */
static void set_floor(struct cpu *cpu) REQUIRES(kernel_lock)
{
    cpu->floor = cpu->ready_mask ? (uint8_t)(top_priority(cpu->ready_mask) +
                                             (cpu->slice_end == TIME_NEVER))
                                 : 0;
}

/* ---- which CPU ---- */

static inline bool may_run_on(const struct thread *t, const struct cpu *cpu)
{
    return t->affinity >> cpu->index & 1;
}

/* The priority that a newcomer must exceed to run there at once; -1: the CPU is idle. */
static int running_priority(const struct cpu *cpu) REQUIRES(kernel_lock)
{
    const struct thread *t = cpu->current;
    int p = t && t->state == THREAD_READY ? t->priority : -1;
    if (cpu->ready_mask && (int)top_priority(cpu->ready_mask) > p)
        p = (int)top_priority(cpu->ready_mask);
    return p;
}

/* Where a thread that became ready waits for its turn: where it was last if that is idle, else on an
 * idle CPU, else where the least important thread runs; here and where it was go first among equals. */
static struct cpu *choose_cpu(const struct thread *t) REQUIRES(kernel_lock)
{
    struct cpu *here = this_cpu(), *best = NULL;
    int least = PRIORITIES;
    if (cpu_count == 1)
        return here;
    if (t->cpu && may_run_on(t, t->cpu)) {
        best = t->cpu;
        least = running_priority(best);
    }
    if (least >= 0 && may_run_on(t, here) && running_priority(here) < least) {
        best = here;
        least = running_priority(here);
    }
    for (uint32_t i = 0; i < cpu_count && least >= 0; i++) {
        int p = running_priority(cpus[i]);
        if (may_run_on(t, cpus[i]) && p < least) {
            best = cpus[i];
            least = p;
        }
    }
    return best;
}

static void queue_on(struct cpu *cpu, struct thread *t, bool at_head) REQUIRES(kernel_lock)
{
    t->cpu = cpu;
    if (at_head)
        list_add_head(&cpu->ready[t->priority], &t->run_link);
    else
        list_add_tail(&cpu->ready[t->priority], &t->run_link);
    cpu->ready_mask |= 1u << t->priority;
    set_floor(cpu);
}

/* A thread that became ready competes with the one that runs there. */
static void enqueue_on(struct cpu *cpu, struct thread *t) REQUIRES(kernel_lock)
{
    queue_on(cpu, t, false);
    struct thread *current = cpu->current;
    if (!current || current->state != THREAD_READY || t->priority > current->priority) {
        cpu->must_reschedule = true;
        smp_kick(cpu);
    } else if (t->priority == current->priority && cpu->slice_end == TIME_NEVER) {
        cpu->slice_end = arch_time_ns() + TIME_SLICE_NS;
        set_floor(cpu);
        if (cpu == this_cpu())
            arm_hardware(cpu);
        else
            smp_kick(cpu);
    }
}

void sched_enqueue(struct thread *t)
{
    lock_assert_held();
    enqueue_on(choose_cpu(t), t);
}

void sched_dequeue(struct thread *t)
{
    lock_assert_held();
    struct cpu *cpu = t->cpu;
    list_remove(&t->run_link);
    if (list_empty(&cpu->ready[t->priority]))
        cpu->ready_mask &= ~(1u << t->priority);
    set_floor(cpu);
}

void sched_yield(void)
{
    this_cpu()->must_reschedule = true;
}

void sched_set_priority(struct thread *t, uint32_t priority)
{
    lock_assert_held();
    if (t->priority == priority)
        return;
    /* One that was just answered may be ready and neither in a queue nor running. */
    bool is_queued = !list_empty(&t->run_link);
    struct cpu *cpu = t->state == THREAD_READY && !is_queued ? smp_running_on(t) : NULL;
    if (is_queued)
        sched_dequeue(t);
    t->priority = (uint8_t)priority;
    if (is_queued) {
        sched_enqueue(t);
    } else if (cpu && cpu->ready_mask >> priority > 1) {
        cpu->must_reschedule = true;
        smp_kick(cpu);
    }
}

void sched_set_affinity(struct thread *t, uint64_t affinity)
{
    lock_assert_held();
    bool is_queued = !list_empty(&t->run_link);
    struct cpu *cpu = t->state == THREAD_READY && !is_queued ? smp_running_on(t) : NULL;
    t->affinity = affinity;
    if (is_queued) {
        sched_dequeue(t);
        sched_enqueue(t);
    } else if (cpu == this_cpu() && !may_run_on(t, cpu)) {
        cpu->must_reschedule = true; /* which puts it elsewhere */
    } else if (cpu && !may_run_on(t, cpu)) {
        smp_stop_thread(t);
    }
}

bool sched_may_run_here(const struct thread *t)
{
    return may_run_on(t, this_cpu());
}

static struct thread *first_of(const struct cpu *cpu, uint32_t priority) REQUIRES(kernel_lock)
{
    return container_of(cpu->ready[priority].next, struct thread, run_link);
}

#define STEAL_LOOKS 16 /* threads looked at in one queue, so that a search is short */

/* A thread of another CPU's queue of that priority that may run on `cpu`. */
static struct thread *movable(const struct cpu *from, const struct cpu *cpu, uint32_t priority)
{
    const struct list *head = &from->ready[priority];
    int looks = STEAL_LOOKS;
    for (struct list *l = head->next; l != head && looks > 0; l = l->next, looks--) {
        struct thread *t = container_of(l, struct thread, run_link);
        if (may_run_on(t, cpu))
            return t;
    }
    return NULL;
}

/* The most important thread that waits on another CPU and outranks this one's own. */
static struct thread *find_elsewhere(const struct cpu *cpu) REQUIRES(kernel_lock)
{
    struct thread *best = NULL;
    int least = cpu->ready_mask ? (int)top_priority(cpu->ready_mask) : -1;
    for (uint32_t i = 0; i < cpu_count; i++) {
        uint32_t mask = cpus[i] == cpu ? 0 : cpus[i]->ready_mask;
        for (; mask && (int)top_priority(mask) > least; mask &= ~(1u << top_priority(mask))) {
            struct thread *t = movable(cpus[i], cpu, top_priority(mask));
            if (!t)
                continue;
            best = t;
            least = t->priority;
            break;
        }
    }
    return best;
}

static struct thread *take_next(struct cpu *cpu) REQUIRES(kernel_lock)
{
    struct thread *t = cpu_count > 1 ? find_elsewhere(cpu) : NULL;
    if (!t && !cpu->ready_mask)
        return NULL;
    if (!t)
        t = first_of(cpu, top_priority(cpu->ready_mask));
    sched_dequeue(t);
    t->cpu = cpu;
    return t;
}

/* What is left of the current thread's slice when it is preempted; zero: nothing, or nobody competes. */
static uint64_t slice_left(const struct cpu *cpu) REQUIRES(kernel_lock)
{
    if (cpu->slice_end == TIME_NEVER)
        return 0;
    uint64_t now = arch_time_ns();
    return cpu->slice_end > now ? cpu->slice_end - now : 0;
}

/* Puts the current thread back: to the head when a higher priority preempts it, with the rest of its
 * slice (else whoever is preempted often would never let its equals run); to the tail when its slice is
 * over or it yields; or on another CPU that is idle or runs something less important. */
static void put_back(struct cpu *cpu, struct thread *t) REQUIRES(kernel_lock)
{
    struct cpu *to = choose_cpu(t);
    bool is_preempted = !cpu->is_slice_over && (cpu->ready_mask >> t->priority) > 1;
    if (to != cpu) {
        enqueue_on(to, t);
        return;
    }
    t->slice_left = is_preempted ? slice_left(cpu) : 0;
    if (t->slice_left == 0 && cpu->slice_end != TIME_NEVER)
        is_preempted = false;
    queue_on(cpu, t, is_preempted);
}

/* When t's slice is over; never if nobody competes. */
static uint64_t slice_of(const struct cpu *cpu, struct thread *t) REQUIRES(kernel_lock)
{
    uint64_t left = t->slice_left ? t->slice_left : TIME_SLICE_NS;
    t->slice_left = 0;
    return cpu->ready_mask & (1u << t->priority) ? arch_time_ns() + left : TIME_NEVER;
}

/* Waits for something to run. Nothing of a thread is left on this CPU meanwhile: others may run it. */
static struct thread *wait_for_work(struct cpu *cpu, struct thread *old) REQUIRES(kernel_lock)
{
    struct thread *next;
    if (old)
        arch_thread_save(old);
    cpu->current = NULL;
    if (cpu_count > 1)
        arch_aspace_leave();
    do {
        idle_once(cpu);
        next = take_next(cpu);
    } while (!next);
    return next;
}

static void choose(struct cpu *cpu) REQUIRES(kernel_lock)
{
    struct thread *old = cpu->current;
    cpu->must_reschedule = false;
    if (old && old->state == THREAD_READY)
        put_back(cpu, old);
    else if (old && old->is_ending && old->state == THREAD_BLOCKED)
        wait_cancel(old, rcAbort); /* its kernel method ended in a wait */
    struct thread *next = take_next(cpu);
    if (!next) {
        next = wait_for_work(cpu, old);
        old = NULL;
    }
    cpu->must_reschedule = false;
    cpu->is_slice_over = false;
    cpu->slice_end = slice_of(cpu, next);
    set_floor(cpu);
    arm_hardware(cpu);
    if (next != old)
        arch_switch_to(old, next);
}

void sched_hand_over(void)
{
    struct cpu *cpu = this_cpu();
    if (!lock_is_wanted())
        return;
    irq_time_pause(cpu, __builtin_return_address(0));
    lock_give();
    arch_pause();
    lock_take();
    irq_time_resume(cpu, __builtin_return_address(0));
}

void sched_run(void)
{
    lock_assert_held();
    struct cpu *cpu = this_cpu();
    for (;;) {
        struct thread *t = cpu->current;
        if (t && t->state == THREAD_READY && t->continuation) {
            sched_hand_over();
            t = cpu->current;
        }
        if (!t || t->state != THREAD_READY || cpu->must_reschedule) {
            choose(cpu);
            t = cpu->current;
        }
        if (!t->continuation) {
            if (t->process->state == PROCESS_RUNNING && !t->is_ending)
                return;
            if (t->process->state == PROCESS_RUNNING)
                t->continuation = thread_finish; /* it was terminated */
            else
                t->state = THREAD_STOPPED; /* its process is dying: its reaper ends it */
            continue;
        }
        void (*continuation)(struct thread *) = t->continuation;
        t->continuation = NULL;
        irq_time_step(cpu, (void *)continuation);
        continuation(t);
    }
}

bool sched_should_preempt(void)
{
    struct cpu *cpu = this_cpu();
    irq_time_pause(cpu, __builtin_return_address(0));
    cpu->is_in_kernel_window = true;
    arch_irq_window();
    cpu->is_in_kernel_window = false;
    irq_time_resume(cpu, __builtin_return_address(0));
    return cpu->must_reschedule || lock_is_wanted();
}

static void expire(struct cpu *cpu, uint64_t now) REQUIRES(kernel_lock)
{
    /* Those that are left let the timer fire again at once. */
    for (int n = 0; n < EXPIRE_MAX && timer_next(&cpu->timers) <= now; n++) {
        struct timer *first = cpu->timers.first;
        if (endcheck_owns(first))
            endcheck_expired(now, cpu->is_in_kernel_window);
        else
            wait_cancel(container_of(first, struct thread, wait.timer), rcTimeout);
    }
}

void sched_tick(struct cpu *cpu)
{
    lock_assert_held();
    uint64_t now = arch_time_ns();
    cpu->armed = TIME_NEVER;
    expire(cpu, now);
    if (cpu->slice_end <= now) {
        cpu->slice_end = TIME_NEVER;
        set_floor(cpu);
        cpu->is_slice_over = true;
        cpu->must_reschedule = true;
    }
    log_drain(256);
    arm_hardware(cpu);
}

void core_timer_interrupt(void)
{
    struct cpu *cpu = this_cpu();
    if (cpu->is_idle) { /* which does not hold the lock: when it has it again */
        cpu->has_timer_fired = true;
        return;
    }
    if (cpu->is_in_kernel_window) {
        struct irq_time_place outer;
        irq_time_nested_begin(cpu, &outer, IRQ_TIME_TIMER);
        sched_tick(cpu);
        irq_time_nested_end(cpu, &outer);
        return;
    }
    (void)kernel_enter(IRQ_TIME_TIMER);
    sched_tick(cpu);
    sched_run();
    kernel_exit();
}

/* ---- waits ---- */

void wait_block(struct thread *t, enum wait_kind kind, void *object,
                void (*cancel)(struct thread *, Retcode), uint64_t deadline)
{
    t->status = THREAD_STATUS(THREAD_BLOCKED, kind);
    t->wait.object = object;
    t->wait.cancel = cancel;
    if (deadline != TIME_NEVER) {
        struct cpu *cpu = this_cpu();
        t->has_deadline = true;
        timer_arm(&cpu->timers, &t->wait.timer, deadline);
        arm_hardware(cpu);
    }
}

void wait_finish(struct thread *t)
{
    if (t->has_deadline)
        timer_cancel(t->wait.timer.queue, &t->wait.timer);
    t->status = THREAD_STATUS(THREAD_READY, WAIT_NONE);
}

void wait_wake(struct thread *t)
{
    wait_finish(t);
    sched_enqueue(t);
}

void wait_leave(struct thread *t, Retcode code)
{
    if (t->wait_kind == WAIT_REPLY)
        cancel_reply(t, code);
    else if (t->wait_kind == WAIT_RECV)
        cancel_recv(t, code);
    else
        t->wait.cancel(t, code);
    wait_finish(t);
}

void wait_cancel(struct thread *t, Retcode code)
{
    wait_leave(t, code);
    sched_enqueue(t);
}
