/*
 * core/sched.c: run queues, waits, the timer interrupt, and the idle loop.
 *
 * Every entry into the kernel ends in sched_run(), which decides which thread enters user mode. The
 * hot path of IPC switches directly and does not come here unless must_reschedule is set.
 */
#include "core/sched.h"

#include <arch/entry.h>
#include <arch/timer.h>

#include "core/idle.h"
#include "core/log.h"
#include "core/process.h"

void sched_init(struct cpu *cpu)
{
    for (int i = 0; i < PRIORITIES; i++)
        list_init(&cpu->ready[i]);
    cpu->slice_end = TIME_NEVER;
    cpu->armed = TIME_NEVER;
}

static uint32_t top_priority(uint32_t mask)
{
    return 31u - (uint32_t)__builtin_clz(mask);
}

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

void sched_enqueue(struct thread *t)
{
    struct cpu *cpu = this_cpu();
    list_add_tail(&cpu->ready[t->priority], &t->run_link);
    cpu->ready_mask |= 1u << t->priority;
    struct thread *current = cpu->current;
    if (!current || current->state != THREAD_READY || t->priority > current->priority)
        cpu->must_reschedule = true;
    else if (t->priority == current->priority && cpu->slice_end == TIME_NEVER) {
        cpu->slice_end = arch_time_ns() + TIME_SLICE_NS;
        arm_hardware(cpu);
    }
}

void sched_dequeue(struct thread *t)
{
    struct cpu *cpu = this_cpu();
    list_remove(&t->run_link);
    if (list_empty(&cpu->ready[t->priority]))
        cpu->ready_mask &= ~(1u << t->priority);
}

void sched_yield(void)
{
    this_cpu()->must_reschedule = true;
}

void sched_set_priority(struct thread *t, uint32_t priority)
{
    if (t->priority == priority)
        return;
    bool is_queued = t->state == THREAD_READY && this_cpu()->current != t;
    if (is_queued)
        sched_dequeue(t);
    t->priority = (uint8_t)priority;
    if (is_queued)
        sched_enqueue(t);
    else if (this_cpu()->current == t && this_cpu()->ready_mask >> priority > 1)
        this_cpu()->must_reschedule = true;
}

static struct thread *take_next(struct cpu *cpu)
{
    if (!cpu->ready_mask)
        return NULL;
    uint32_t p = top_priority(cpu->ready_mask);
    struct thread *t = container_of(cpu->ready[p].next, struct thread, run_link);
    sched_dequeue(t);
    return t;
}

/* Puts the current thread back: to the head when a higher priority preempts it, to the tail when its
 * slice is over or it yields. */
static void put_back(struct cpu *cpu, struct thread *t)
{
    if ((cpu->ready_mask >> t->priority) > 1)
        list_add_head(&cpu->ready[t->priority], &t->run_link);
    else
        list_add_tail(&cpu->ready[t->priority], &t->run_link);
    cpu->ready_mask |= 1u << t->priority;
}

static void choose(struct cpu *cpu)
{
    struct thread *old = cpu->current;
    cpu->must_reschedule = false;
    if (old && old->state == THREAD_READY)
        put_back(cpu, old);
    struct thread *next = take_next(cpu);
    while (!next) {
        cpu->current = NULL;
        idle_once(cpu);
        next = take_next(cpu);
    }
    cpu->must_reschedule = false;
    cpu->slice_end = cpu->ready_mask & (1u << next->priority) ? arch_time_ns() + TIME_SLICE_NS
                                                              : TIME_NEVER;
    arm_hardware(cpu);
    if (next != old || cpu->current != next)
        arch_switch_to(old && old->state != THREAD_DEAD ? old : NULL, next);
}

void sched_run(void)
{
    struct cpu *cpu = this_cpu();
    for (;;) {
        struct thread *t = cpu->current;
        if (!t || t->state != THREAD_READY || cpu->must_reschedule) {
            choose(cpu);
            t = cpu->current;
        }
        if (!t->continuation) {
            if (t->process->state == PROCESS_RUNNING)
                return;
            thread_end(t, t->process->status); /* its process is dying: it runs no more */
            continue;
        }
        void (*continuation)(struct thread *) = t->continuation;
        t->continuation = NULL;
        continuation(t);
    }
}

bool sched_should_preempt(void)
{
    struct cpu *cpu = this_cpu();
    cpu->is_in_kernel_window = true;
    arch_irq_window();
    cpu->is_in_kernel_window = false;
    return cpu->must_reschedule;
}

static void expire(struct cpu *cpu, uint64_t now)
{
    while (timer_next(&cpu->timers) <= now) {
        struct thread *t = container_of(cpu->timers.first, struct thread, wait.timer);
        wait_cancel(t, rcTimeout);
    }
}

void core_timer_interrupt(void)
{
    struct cpu *cpu = this_cpu();
    uint64_t now = arch_time_ns();
    cpu->armed = TIME_NEVER;
    expire(cpu, now);
    if (cpu->slice_end <= now) {
        cpu->slice_end = TIME_NEVER;
        cpu->must_reschedule = true;
    }
    log_drain(256);
    arm_hardware(cpu);
    if (cpu->is_in_kernel_window)
        return;
    sched_run();
}

/* ---- waits ---- */

void wait_block(struct thread *t, enum wait_kind kind, void *object,
                void (*cancel)(struct thread *, Retcode), uint64_t deadline)
{
    t->state = THREAD_BLOCKED;
    t->wait.kind = kind;
    t->wait.object = object;
    t->wait.cancel = cancel;
    if (deadline != TIME_NEVER) {
        struct cpu *cpu = this_cpu();
        timer_arm(&cpu->timers, &t->wait.timer, deadline);
        arm_hardware(cpu);
    }
}

void wait_finish(struct thread *t)
{
    if (t->wait.timer.is_armed)
        timer_cancel(&this_cpu()->timers, &t->wait.timer);
    t->wait.kind = WAIT_NONE;
    t->wait.is_alertable = false;
    t->state = THREAD_READY;
}

void wait_wake(struct thread *t)
{
    wait_finish(t);
    sched_enqueue(t);
}

void wait_cancel(struct thread *t, Retcode code)
{
    t->wait.cancel(t, code);
    wait_wake(t);
}
