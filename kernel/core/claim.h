/*
 * core/claim.h: what a CPU may do beside the others without the kernel's lock.
 *
 * The shortest path of a message touches the sender's and the receiver's thread, the listener between
 * them and this CPU's own things, and reads tables that others change under the lock. With a claim a CPU
 * does that while other CPUs do the same; whoever takes the lock waits until nobody has a claim, and
 * nobody gets one while the lock is held. What two claims could both touch has a word of its own that says
 * who came first (listener->is_taken).
 *
 * A CPU that has a claim waits for nothing, so whoever waits for its end waits for a few hundred
 * instructions. docs/design/smp.md has the argument.
 */
#ifndef CORE_CLAIM_H
#define CORE_CLAIM_H

#include "core/cpu.h"

/* Takes a claim for this CPU. False: somebody has the lock, or every entry is measured; the general path
 * waits for it. */
static inline bool claim_take(struct cpu *cpu) ACQUIRES(kernel_lock) UNCHECKED
{
    /* The exchange orders the two: either the holder of the lock sees the claim, or this CPU sees it. */
    (void)__atomic_exchange_n(&cpu->has_claim, 1, __ATOMIC_SEQ_CST);
    if (!__atomic_load_n(&kernel_lock.is_held, __ATOMIC_ACQUIRE) && kernel_hooks == HOOK_CPUS)
        return true;
    __atomic_store_n(&cpu->has_claim, 0, __ATOMIC_RELEASE);
    return false;
}

/* Gives it back. Where a thread is switched away the entry code does that when all of the thread is saved. */
static inline void claim_drop(struct cpu *cpu) RELEASES(kernel_lock) UNCHECKED
{
    __atomic_store_n(&cpu->has_claim, 0, __ATOMIC_RELEASE);
}

#endif
