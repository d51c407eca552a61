/*
 * core/irq_time.h: the longest stretch with interrupts off, for tests and the bench.
 *
 * A stretch begins at an entry to the kernel and ends at the way out or where interrupts are let in
 * (between two steps of a long operation, in idle), or where the kernel looks and none waits, as it does
 * within a judgement; waiting for the lock counts. Off until asked for:
 * then each entry reads the cycle counter twice.
 */
#ifndef CORE_IRQ_TIME_H
#define CORE_IRQ_TIME_H

#include <stdbool.h>
#include <stdint.h>

struct cpu;

/* What a CPU was doing: the kind of entry in the low bits, details above. */
enum irq_time_what {
    IRQ_TIME_SYSCALL = 1, /* | operation << 8 | low half of the message word << 32 */
    IRQ_TIME_FAULT = 2,   /* | vector << 8 */
    IRQ_TIME_TIMER = 3,
    IRQ_TIME_CPU = 4,     /* another CPU's request */
    IRQ_TIME_IDLE = 5,
};
#define IRQ_TIME_KIND   0xfu
#define IRQ_TIME_KERNEL 0x40u /* a system call on the channel to the kernel */
#define IRQ_TIME_LATER  0x80u /* not the first stretch of that entry */

void irq_time_begin(struct cpu *cpu, uint64_t what);
void irq_time_end(struct cpu *cpu);
/* Around an interrupt window; harmless when nothing is measured. */
void irq_time_pause(struct cpu *cpu);
void irq_time_resume(struct cpu *cpu);

/* Starts (forgetting what was) or stops measuring. */
void irq_time_watch(bool is_on);
/* The longest stretch in ticks of the cycle counter, and what it was. */
uint64_t irq_time_longest(uint64_t *what);

#endif
