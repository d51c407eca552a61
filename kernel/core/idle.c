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

enum { STATUS_OK = 0, STATUS_FAILED = 1, STATUS_DEADLOCK = 3 };

#define CYCLE_MAX 64

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

/* The thread that t waits for in a Call, if it is known. */
static struct thread *waits_for(struct thread *t)
{
    if (t->wait.kind == WAIT_REPLY)
        return t->call.server;
    if (t->wait.kind != WAIT_SEND || t->call.listener->is_closed)
        return NULL;
    /* Not yet received: with a single thread in the server it is that one which does not receive. */
    struct process *server = t->call.listener->process;
    return server->nthreads == 1 ? container_of(server->threads.next, struct thread, process_link)
                                 : NULL;
}

static void report_call(const struct thread *t)
{
    char method[96];
    policy_method_name(t->call.pair, t->call.word, method, sizeof method);
    klog_notice("kernel:   %s (thread %u) is in Call to %s, %s", t->process->name, t->tid,
                t->call.listener->is_closed ? "?" : t->call.listener->process->name, method);
}

static void find_deadlock(struct thread *t, void *context)
{
    bool *is_found = context;
    struct thread *at = t;
    if (*is_found || (t->wait.kind != WAIT_SEND && t->wait.kind != WAIT_REPLY))
        return;
    if (t->wait.kind == WAIT_SEND && t->call.listener->process->nthreads == 0) {
        klog_notice("kernel: deadlock: a Call to a process without a living thread");
        report_call(t);
        *is_found = true;
        return;
    }
    for (int i = 0; i < CYCLE_MAX; i++) {
        at = waits_for(at);
        if (!at)
            return;
        if (at != t)
            continue;
        klog_notice("kernel: deadlock: a cycle of Calls");
        do {
            report_call(at);
            at = waits_for(at);
        } while (at != t);
        *is_found = true;
        return;
    }
}

static void end_if_finished(struct cpu *cpu)
{
    if (keep_running || timer_next(&cpu->timers) != TIME_NEVER)
        return;
    bool is_deadlock = false;
    thread_for_each(find_deadlock, &is_deadlock);
    if (is_deadlock)
        system_exit(STATUS_DEADLOCK);
    klog("kernel: %s", process_count() ? "idle for ever" : "the last process is gone");
    system_exit(process_run_status() ? STATUS_FAILED : STATUS_OK);
}

void idle_once(struct cpu *cpu)
{
    if (log_drain(1024))
        return;
    end_if_finished(cpu);
    cpu->is_in_kernel_window = true;
    arch_irq_enable_wait_disable();
    cpu->is_in_kernel_window = false;
}
