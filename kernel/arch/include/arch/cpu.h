/*
 * arch/cpu.h: this CPU.
 *
 * struct cpu belongs to core (core/cpu.h); it begins with `struct arch_cpu arch;` and
 * `struct thread *current;` in this order. The inline bodies are in <arch_impl.h>:
 *
 *   struct cpu *this_cpu(void);
 *   struct thread *this_thread(void);            this_cpu()->current, in one instruction
 *   void arch_set_current(struct thread *);      this_cpu()->current = t, nothing else
 *   void arch_irq_enable_wait_disable(void);     idle: returns after at least one interrupt
 *   void arch_irq_window(void);                  lets pending interrupts in, then goes on
 *   uint64_t arch_tsc(void);                     the cycle counter
 *   void arch_pause(void);                       in loops that wait for another CPU
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <stdint.h>

struct cpu;
struct thread;

#include <arch_impl.h>

/* True if the CPU lets programs write their thread pointer (KN_HWCAP_FSGSBASE). */
bool arch_has_fsgsbase(void);
/* 64 random bits from the CPU if it has a source, else from the cycle counter. */
uint64_t arch_random(void);
/* Name of the CPU for the boot log. */
const char *arch_cpu_name(void);

#endif
