/*
 * core/smp.c: see smp.h.
 *
 * What one CPU wants of others it asks while it holds the lock, so there is one request at a time. A CPU
 * asked is in user mode (an interrupt brings it in), or waits for the lock (whose loop looks), or is
 * between the two with interrupts off for a few instructions. One that is idle has neither a thread nor
 * an address space, so it is never asked.
 */
#include "core/smp.h"

#include <arch/entry.h>
#include <arch/thread.h>

#include "core/irq_time.h"
#include "core/log.h"
#include "core/process.h"
#include "core/sched.h"
#include "mm/frame.h"

static struct cpu boot_cpu;
struct cpu *cpus[CPUS_MAX] = {&boot_cpu};
uint32_t cpu_count = 1;

static struct {
    void (*run)(void *);
    void *arg;
} request;

struct cpu *core_cpu(unsigned index)
{
    return cpus[index];
}

unsigned core_cpu_count(void)
{
    return cpu_count;
}

/* ---- requests ---- */

void smp_kick(struct cpu *cpu)
{
    if (cpu == this_cpu() || cpu->is_kicked)
        return;
    cpu->is_kicked = true;
    arch_cpu_interrupt(cpu);
}

void smp_serve(struct cpu *cpu)
{
    if (!__atomic_load_n(&cpu->has_call, __ATOMIC_ACQUIRE))
        return;
    request.run(request.arg);
    __atomic_store_n(&cpu->has_call, 0, __ATOMIC_RELEASE);
}

void smp_call(uint64_t mask, void (*f)(void *), void *arg)
{
    request.run = f;
    request.arg = arg;
    for (uint32_t i = 0; i < cpu_count; i++) {
        if (mask >> i & 1) {
            __atomic_store_n(&cpus[i]->has_call, 1, __ATOMIC_RELEASE);
            arch_cpu_interrupt(cpus[i]);
        }
    }
    for (uint32_t i = 0; i < cpu_count; i++) {
        while (mask >> i & 1 && __atomic_load_n(&cpus[i]->has_call, __ATOMIC_ACQUIRE))
            arch_pause();
    }
}

void core_cpus_call(uint64_t mask, void (*f)(void *), void *arg)
{
    lock_assert_held();
    smp_call(mask, f, arg);
}

void core_cpu_interrupt(void)
{
    struct cpu *cpu = this_cpu();
    if (cpu->is_idle)
        return; /* it looks when it has the lock again */
    if (cpu->is_in_kernel_window) {
        cpu->is_kicked = false;
        sched_look(cpu);
        return;
    }
    smp_serve(cpu);
    if (cpu->current && !__atomic_load_n(&cpu->is_kicked, __ATOMIC_RELAXED))
        return; /* that was all; the thread goes on */
    (void)kernel_enter(IRQ_TIME_CPU);
    cpu->is_kicked = false;
    sched_look(cpu);
    sched_run();
    kernel_exit();
}

/* ---- stopping threads ---- */

struct cpu *smp_running_on(const struct thread *t)
{
    for (uint32_t i = 0; i < cpu_count; i++) {
        if (cpus[i]->current == t)
            return cpus[i];
    }
    return NULL;
}

/* On the CPU whose thread is to stop. */
static void let_go(void *arg)
{
    struct cpu *cpu = this_cpu();
    struct thread *t = cpu->current;
    (void)arg;
    if (!t)
        return;
    if (cpu->is_entering)
        regs_call_again(&t->regs);
    arch_thread_save(t);
    arch_set_current(NULL);
    arch_aspace_leave();
    cpu->must_reschedule = true;
}

static void stop(uint64_t mask) REQUIRES(kernel_lock)
{
    struct thread *threads[CPUS_MAX];
    if (!mask)
        return;
    for (uint32_t i = 0; i < cpu_count; i++)
        threads[i] = mask >> i & 1 ? cpus[i]->current : NULL;
    smp_call(mask, let_go, NULL);
    for (uint32_t i = 0; i < cpu_count; i++) {
        if (threads[i])
            sched_enqueue(threads[i]);
    }
}

void smp_stop_thread(struct thread *t)
{
    struct cpu *cpu = smp_running_on(t);
    if (cpu && cpu != this_cpu())
        stop(1ull << cpu->index);
}

void smp_stop_process(const struct process *p)
{
    uint64_t mask = 0;
    for (uint32_t i = 0; i < cpu_count; i++) {
        if (cpus[i] != this_cpu() && cpus[i]->current && cpus[i]->current->process == p)
            mask |= 1ull << i;
    }
    stop(mask);
}

/* ---- start ---- */

#define CPU_ORDER 6u
_Static_assert(sizeof(struct cpu) <= PAGE_SIZE << 6, "a CPU's own memory is one block");

static struct cpu *cpu_create(uint32_t index, paddr *stack)
{
    paddr memory = frame_alloc_order(CPU_ORDER);
    *stack = frame_alloc_order(ARCH_STACK_ORDER);
    if (!memory || !*stack) {
        if (memory)
            frame_free_order(memory, CPU_ORDER);
        if (*stack)
            frame_free_order(*stack, ARCH_STACK_ORDER);
        return NULL;
    }
    struct cpu *cpu = frame_to_virt(memory);
    __builtin_memset(cpu, 0, sizeof *cpu);
    cpu->index = index;
    sched_init(cpu);
    cpu->is_fast_path_off = boot_cpu.is_fast_path_off;
    return cpu;
}

/* Takes the lock when the first other CPU is about to start: from then on it is real. */
void smp_start(const struct boot_info *boot, unsigned limit) UNCHECKED
{
    unsigned found = limit > 1 ? arch_cpus_find(boot) : 1;
    if (limit > CPUS_MAX)
        limit = CPUS_MAX;
    for (unsigned nth = 1; nth < found && cpu_count < limit; nth++) {
        paddr stack;
        struct cpu *cpu = cpu_create(cpu_count, &stack);
        if (!cpu) {
            klog_notice("kernel: no memory for more than %u CPUs", cpu_count);
            break;
        }
        if (!(kernel_hooks & HOOK_CPUS)) {
            kernel_hooks |= HOOK_CPUS;
            lock_take();
        }
        cpus[cpu_count] = cpu;
        const char *problem = arch_cpu_start(nth, cpu, stack);
        if (problem) {
            klog_notice("kernel: CPU %u and those after it are left alone: %s", nth, problem);
            break;
        }
        cpu_count++;
    }
    klog("kernel: %u CPU%s", cpu_count, cpu_count == 1 ? "" : "s");
}

/* The first thing that another CPU does of the kernel's own: it is idle. */
void core_cpu_main(void)
{
    lock_take();
    kernel_hooks_changed();
    sched_run();
    kernel_exit();
    arch_resume_user();
}
