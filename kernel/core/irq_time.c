/*
 * core/irq_time.c: see irq_time.h.
 */
#include "core/irq_time.h"

#include "core/cpu.h"

static uint64_t longest GUARDED_BY(kernel_lock), longest_what GUARDED_BY(kernel_lock);

void irq_time_begin(struct cpu *cpu, uint64_t what)
{
    cpu->entered_by = what;
    cpu->entered = arch_tsc();
}

/* Its caller may have given the lock back: two CPUs could both set a record, and one be forgotten, so
 * the larger one is kept by comparing again. */
void irq_time_end(struct cpu *cpu) UNCHECKED
{
    uint64_t began = cpu->entered;
    cpu->entered = 0;
    if (!began)
        return;
    uint64_t took = arch_tsc() - began, seen = __atomic_load_n(&longest, __ATOMIC_RELAXED);
    while (took > seen) {
        if (__atomic_compare_exchange_n(&longest, &seen, took, false, __ATOMIC_RELAXED,
                                        __ATOMIC_RELAXED)) {
            __atomic_store_n(&longest_what, cpu->entered_by, __ATOMIC_RELAXED);
            return;
        }
    }
}

void irq_time_pause(struct cpu *cpu)
{
    if (kernel_hooks & HOOK_MEASURE)
        irq_time_end(cpu);
}

void irq_time_resume(struct cpu *cpu)
{
    if (kernel_hooks & HOOK_MEASURE)
        irq_time_begin(cpu, cpu->entered_by | IRQ_TIME_LATER);
}

void irq_time_watch(bool is_on) UNCHECKED
{
    if (is_on) {
        longest = 0;
        longest_what = 0;
        for (uint32_t i = 0; i < cpu_count; i++)
            cpus[i]->entered = 0;
        kernel_hooks |= HOOK_MEASURE;
    } else {
        kernel_hooks &= ~(uint32_t)HOOK_MEASURE;
    }
    kernel_hooks_changed();
}

uint64_t irq_time_longest(uint64_t *what) UNCHECKED
{
    *what = longest_what;
    return longest;
}
