/*
 * core/idle.c: the idle loop and the end of a run.
 *
 * A run ends well when the last process is gone or when nothing can ever happen again: no thread is
 * ready, no deadline is armed, and (once drivers exist) no interrupt is awaited. It ends badly when
 * what is left can be seen to be stuck: threads that call each other in a cycle, or a call to a
 * process none of whose threads lives.
 */
#include "core/idle.h"

#include <arch/console.h>
#include <arch/cpu.h>

#include "core/cpu.h"
#include "core/endcheck.h"
#include "core/irq_time.h"
#include "core/log.h"
#include "core/process.h"
#include "core/sched.h"
#include "policy/audit.h"

#define LOG_STEP    256 /* bytes that one step writes */
#define SETTLE_STEP 32u

enum { STATUS_OK = 0, STATUS_FAILED = 1, STATUS_DEADLOCK = 3 };

static bool keep_running;

void idle_set_keep(bool keep)
{
    keep_running = keep;
}

void system_exit(int status)
{
    klog("kernel: ends %lu ticks of the cycle counter after its start", arch_tsc());
    audit_finish();
    irq_time_report();
    log_drain_all();
    arch_exit(status);
}

/* Nothing can happen any more on any CPU, unless it happens on this one, which is idle. */
static bool is_all_idle(const struct cpu *self) REQUIRES(kernel_lock)
{
    for (uint32_t i = 0; i < cpu_count; i++) {
        const struct cpu *cpu = cpus[i];
        if ((cpu != self && !cpu->is_idle) || cpu->ready_mask ||
            timer_next(&cpu->timers) != TIME_NEVER)
            return false;
    }
    return true;
}

static void end_if_finished(struct cpu *cpu) REQUIRES(kernel_lock)
{
    if (keep_running || !is_all_idle(cpu))
        return;
    int status = STATUS_DEADLOCK;
    if (!idle_is_deadlock()) {
        klog("kernel: %s", process_count() ? "idle for ever" : "the last process is gone");
        status = process_run_status() ? STATUS_FAILED : STATUS_OK;
    }
    if (!endcheck_holds(status))
        system_exit(status);
}

/* The lock is given back meanwhile. What happens between that and the wait ends the wait: another CPU
 * that has work for this one sends an interrupt. */
static void wait_for_interrupt(struct cpu *cpu) REQUIRES(kernel_lock)
{
    cpu->is_idle = true;
    kernel_exit();
    arch_irq_enable_wait_disable();
    (void)kernel_enter(IRQ_TIME_IDLE);
    cpu->is_idle = false;
    cpu->is_kicked = false;
    if (cpu->has_timer_fired) {
        cpu->has_timer_fired = false;
        sched_tick(cpu);
    }
    sched_look(cpu);
}

void idle_once(struct cpu *cpu)
{
    lock_assert_held();
    uint64_t upto = 0;
    sched_hand_over();
    if (log_drain(LOG_STEP) || !objects_settle(&upto, SETTLE_STEP)) {
        (void)sched_should_preempt(); /* more is left to do; interrupts may come in between */
        return;
    }
    end_if_finished(cpu);
    if (cpu->ready_mask) /* an event woke somebody, or what is left was ended */
        return;
    wait_for_interrupt(cpu);
}
