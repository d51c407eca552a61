/*
 * arch/cpu.h: this CPU.
 *
 * struct cpu belongs to core (core/cpu.h); it begins with `struct arch_cpu arch;` and
 * `struct thread *current;` in this order. The inline bodies are in <arch_impl.h>:
 *
 *   struct cpu *this_cpu(void);
 *   CPU_HERE(member)                             this_cpu()->member for reading, in one instruction
 *   struct thread *this_thread(void);            this_cpu()->current, in one instruction
 *   void arch_set_current(struct thread *);      this_cpu()->current = t, nothing else
 *   void arch_irq_enable_wait_disable(void);     idle: returns after at least one interrupt
 *   void arch_irq_window(void);                  lets pending interrupts in, then goes on
 *   bool arch_irq_is_pending(void);              an interrupt waits to be let in
 *   uint64_t arch_tsc(void);                     the cycle counter
 *   void arch_pause(void);                       in loops that wait for another CPU
 */
#ifndef ARCH_CPU_H
#define ARCH_CPU_H

#include <stdint.h>

struct boot_info;
struct cpu;
struct thread;

#include <arch_impl.h>

/* How many CPUs the firmware lists; the one that runs is number 0. */
unsigned arch_cpus_find(const struct boot_info *boot);
/* Starts the nth of them on storage of its own (core/cpu.h, zeroed) and 2^ARCH_STACK_ORDER frames for
 * its stacks; it calls core_cpu_main(). Null when it runs, else what is wrong; the storage may then
 * be written to at any time. */
const char *arch_cpu_start(unsigned nth, struct cpu *cpu, uint64_t stacks);
/* Makes a CPU take core_cpu_interrupt() soon. */
void arch_cpu_interrupt(struct cpu *cpu);

/* True if the CPU lets programs write their thread pointer (KN_HWCAP_FSGSBASE). */
bool arch_has_fsgsbase(void);
/* 64 random bits from the CPU if it has a source, else from the cycle counter. */
uint64_t arch_random(void);
/* Name of the CPU for the boot log. */
const char *arch_cpu_name(void);

#endif
