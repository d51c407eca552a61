/*
 * core/lock.c: see lock.h.
 */
#include "core/lock.h"

#include "core/cpu.h"
#include "core/irq_time.h"
#include "core/log.h"
#include "core/smp.h"

#include <arch/entry.h>

/* How often others may take the lock before one that waits reserves it. Counted in turns taken, not in
 * time: on an emulator a CPU may be away for long, and then nobody should wait for it. */
#define PATIENCE 1000u

struct kernel_lock kernel_lock;
uint32_t kernel_hooks;

static bool try_take(uint32_t me)
{
    uint32_t reserved = __atomic_load_n(&kernel_lock.reserved, __ATOMIC_RELAXED);
    if ((reserved && reserved != me) || __atomic_load_n(&kernel_lock.is_held, __ATOMIC_RELAXED))
        return false;
    if (__atomic_exchange_n(&kernel_lock.is_held, 1, __ATOMIC_ACQUIRE))
        return false;
    if (reserved == me)
        __atomic_store_n(&kernel_lock.reserved, 0, __ATOMIC_RELAXED);
    __atomic_store_n(&kernel_lock.turns, kernel_lock.turns + 1, __ATOMIC_RELAXED);
    return true;
}

static void reserve(uint32_t me)
{
    uint32_t nobody = 0;
    __atomic_compare_exchange_n(&kernel_lock.reserved, &nobody, me, false, __ATOMIC_RELAXED,
                                __ATOMIC_RELAXED);
}

static void wait_for_it(struct cpu *cpu, uint32_t me)
{
    uint32_t began = __atomic_load_n(&kernel_lock.turns, __ATOMIC_RELAXED);
    uint64_t from = arch_tsc();
    __atomic_add_fetch(&kernel_lock.waiting, 1, __ATOMIC_RELAXED);
    while (!try_take(me)) {
        if (__atomic_load_n(&kernel_lock.turns, __ATOMIC_RELAXED) - began > PATIENCE)
            reserve(me);
        smp_serve(cpu);
        arch_pause();
    }
    __atomic_sub_fetch(&kernel_lock.waiting, 1, __ATOMIC_RELAXED);
    cpu->lock_waits++;
    cpu->lock_wait_ticks += arch_tsc() - from;
}

/* From here on nobody gets a claim; those that are under way end by themselves. */
static void wait_for_claims(void)
{
    for (uint32_t i = 0; i < cpu_count; i++) {
        while (__atomic_load_n(&cpus[i]->has_claim, __ATOMIC_ACQUIRE))
            arch_pause();
    }
}

void lock_take(void) UNCHECKED
{
    struct cpu *cpu = this_cpu();
    uint32_t me = cpu->index + 1;
    if (!try_take(me))
        wait_for_it(cpu, me);
    wait_for_claims();
}

void lock_give(void) UNCHECKED
{
    __atomic_store_n(&kernel_lock.is_held, 0, __ATOMIC_RELEASE);
}

void kernel_hooks_changed(void)
{
    enum arch_shortest which = ARCH_SHORTEST_NONE;
    if (!this_cpu()->is_fast_path_off && !log_is_debug()) {
        if (kernel_hooks & HOOK_CPUS)
            which = ARCH_SHORTEST_CLAIMED; /* a claim looks at the hooks itself */
        else if (!kernel_hooks)
            which = ARCH_SHORTEST_HELD;
    }
    arch_syscall_hold(which);
}

bool kernel_enter_hooked(uint64_t what) UNCHECKED
{
    struct cpu *cpu = this_cpu();
    if (kernel_hooks & HOOK_MEASURE)
        irq_time_begin(cpu, what);
    if (!(kernel_hooks & HOOK_CPUS))
        return true;
    cpu->is_entering = true;
    lock_take();
    cpu->is_entering = false;
    return cpu->current != (struct thread *)0;
}

void kernel_exit_hooked(void) UNCHECKED
{
    if (kernel_hooks & HOOK_CPUS)
        lock_give();
    if (kernel_hooks & HOOK_MEASURE)
        irq_time_end(this_cpu());
}
