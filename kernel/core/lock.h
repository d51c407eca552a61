/*
 * core/lock.h: the kernel's lock (design: decision 8, M7).
 *
 * One short lock guards everything that more than one CPU can reach. It is taken at each entry to the
 * kernel (system call, exception, interrupt) and given back on the way out, in idle, and between two
 * steps of a long operation when another CPU waits for it (sched_run). While only one CPU runs it does
 * not exist: an entry and an exit test one word (kernel_hooks), which also carries the measurement of
 * how long interrupts are off.
 *
 * A CPU that waits runs `pause` and does what the holder asks of it meanwhile (core/smp.h): forget
 * translations, let go of its thread. So the holder may wait for all other CPUs to answer.
 *
 * Whoever finds the lock free takes it: a queue would hand it to a CPU that an emulator's host is not
 * running. A CPU that has waited too long reserves it; then nobody else takes it before.
 */
#ifndef CORE_LOCK_H
#define CORE_LOCK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/annotations.h"

struct CAPABILITY("kernel lock") kernel_lock {
    uint32_t is_held;
    uint32_t waiting;  /* CPUs that spin */
    uint32_t turns;    /* how often it was taken */
    uint32_t reserved; /* 1 + number of the CPU that has waited too long, or 0 */
};
extern struct kernel_lock kernel_lock;

/* Why an entry and an exit have more to do than nothing. */
enum kernel_hook {
    HOOK_CPUS = 1,    /* several CPUs run: the lock is real */
    HOOK_MEASURE = 2, /* core/irq_time.h */
};
extern uint32_t kernel_hooks;

/* After a change of the hooks, and at the end of the start: whether messages may take the shortest path
 * (arch_syscall_hold). It does not save what a log of refusals names. */
void kernel_hooks_changed(void);

/* For the functions that a module offers: their callers hold the lock. */
static inline void lock_assert_held(void) ASSERTS_HELD(kernel_lock)
{
}

/* Takes and gives back the lock itself, whatever the hooks say. */
void lock_take(void) ACQUIRES(kernel_lock);
void lock_give(void) RELEASES(kernel_lock);
/* Does another CPU wait? Always false with one CPU. */
static inline bool lock_is_wanted(void)
{
    return __atomic_load_n(&kernel_lock.waiting, __ATOMIC_RELAXED) != 0;
}

bool kernel_enter_hooked(uint64_t what) ACQUIRES(kernel_lock);
void kernel_exit_hooked(void) RELEASES(kernel_lock);

/* Every entry begins with the one and ends with the other. `what` says which entry, for the
 * measurement. False: the thread that entered was taken off this CPU meanwhile; the entry has nothing
 * to do but to call sched_run. */
static inline bool kernel_enter(uint64_t what) ACQUIRES(kernel_lock) UNCHECKED
{
    return __builtin_expect(!kernel_hooks, 1) || kernel_enter_hooked(what);
}
static inline void kernel_exit(void) RELEASES(kernel_lock) UNCHECKED
{
    if (__builtin_expect(kernel_hooks != 0, 0))
        kernel_exit_hooked();
}

#endif
