/*
 * core/cpu.h: what each CPU owns. The first three members are known to the entry code.
 *
 * Everything is guarded by the kernel's lock but for what is said to be otherwise. A CPU sets its own
 * `current`, with the lock held or while the holder waits for it to do so (core/smp.h).
 */
#ifndef CORE_CPU_H
#define CORE_CPU_H

#include <arch/cpu.h>

#include "core/irq_time.h"
#include "core/list.h"
#include "core/lock.h"
#include "core/priority.h"
#include "core/timer.h"

#include <tessera/syscall.h>

#define CPUS_MAX 64u

struct thread;

struct cpu {
    struct arch_cpu arch;
    struct thread *current;
    uint32_t has_claim; /* atomic: core/claim.h */
    union {
        struct {
            bool must_reschedule;
            bool is_fast_path_off; /* every message takes the general path */
        };
        uint16_t fast_path_stops; /* both in one */
    };
    uint8_t floor GUARDED_BY(kernel_lock); /* a thread of at least this priority may run now: core/sched.h */
    bool is_in_kernel_window; /* an interrupt taken now must not switch threads */
    bool is_idle;             /* waits for an interrupt, without the lock; no address space is loaded */
    bool is_kicked;           /* an interrupt is on its way */
    bool has_timer_fired;     /* while idle; its own, without the lock */
    bool is_entering;         /* its own: waits for the lock on the way in */
    uint32_t has_call;        /* atomic: smp_call waits for this CPU */
    uint32_t index;
    uint32_t ready_mask GUARDED_BY(kernel_lock);
    struct list ready[PRIORITIES] GUARDED_BY(kernel_lock);
    struct timer_queue timers GUARDED_BY(kernel_lock);
    uint64_t slice_end; /* TIME_NEVER: nobody competes */
    bool is_slice_over; /* of the current thread, which makes room for its equals */
    uint64_t armed;     /* what the hardware timer is set to */
    uint64_t lock_waits; /* its own: how often it found the lock taken, and how long that took in all */
    uint64_t lock_wait_ticks;
    uint8_t *capture_body; /* the part of `capture` behind a message's header */
    uint64_t response[3 + KN_SHORT_WORDS]; /* of a kernel method, header included, until the way out */
    /* Captured constant part of the message under way; never live across a return to user. */
    _Alignas(16) uint8_t capture[KN_CONSTANT_MAX + 64];
    _Alignas(16) uint8_t capture_arena[8192];
    _Alignas(16) uint8_t reply_arena[4096];
    struct irq_time irq_time; /* its own */
};

_Static_assert(offsetof(struct cpu, has_claim) == sizeof(struct arch_cpu) + sizeof(struct thread *),
               "the entry code knows current and has_claim");

/* The CPUs that run, by number; the boot CPU is 0. */
extern struct cpu *cpus[CPUS_MAX];
extern uint32_t cpu_count;

#endif
