/*
 * core/cpu.h: what each CPU owns. The first two members are known to the entry code.
 */
#ifndef CORE_CPU_H
#define CORE_CPU_H

#include <arch/cpu.h>

#include "core/list.h"
#include "core/priority.h"
#include "core/timer.h"

#include <tessera/syscall.h>

struct thread;

struct cpu {
    struct arch_cpu arch;
    struct thread *current;
    bool must_reschedule;
    bool is_fast_path_off;    /* every message takes the general path */
    bool is_in_kernel_window; /* an interrupt taken now must not switch threads */
    uint32_t ready_mask;
    struct list ready[PRIORITIES];
    struct timer_queue timers;
    uint64_t slice_end; /* TIME_NEVER: nobody competes */
    uint64_t armed;     /* what the hardware timer is set to */
    /* Captured constant part of the message under way; never live across a return to user. */
    _Alignas(16) uint8_t capture[KN_CONSTANT_MAX + 64];
    _Alignas(16) uint8_t capture_arena[65536];
    _Alignas(16) uint8_t reply_arena[4096];
};

#endif
