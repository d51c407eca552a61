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
#include "core/log.h"
#include "core/process.h"
#include "object/badge.h"
#include "object/mdl.h"

enum { STATUS_OK = 0, STATUS_FAILED = 1, STATUS_DEADLOCK = 3 };

static bool keep_running;

void idle_set_keep(bool keep)
{
    keep_running = keep;
}

void system_exit(int status)
{
    log_drain_all();
    arch_exit(status);
}

static void end_if_finished(struct cpu *cpu)
{
    if (keep_running || timer_next(&cpu->timers) != TIME_NEVER)
        return;
    if (idle_is_deadlock())
        system_exit(STATUS_DEADLOCK);
    klog("kernel: %s", process_count() ? "idle for ever" : "the last process is gone");
    system_exit(process_run_status() ? STATUS_FAILED : STATUS_OK);
}

void idle_once(struct cpu *cpu)
{
    if (log_drain(1024) || !badges_settle(64) || !mdls_settle(64))
        return;
    if (cpu->ready_mask) /* an event woke somebody */
        return;
    end_if_finished(cpu);
    cpu->is_in_kernel_window = true;
    arch_irq_enable_wait_disable();
    cpu->is_in_kernel_window = false;
}
