/*
 * core/irq_time.h: how long interrupts are off, and where, for tests and the bench.
 *
 * A stretch begins at an entry to the kernel and ends at the way out or where interrupts are let in
 * (between two steps of a long operation, in idle), or where the kernel looks and none waits, as it does
 * within a judgement; waiting for the lock counts. Each CPU keeps its own longest stretches, one for each
 * place, and a histogram of all. Off until asked for (kernel word irqoff=trace, or kl.core.Test.IrqOff):
 * then each entry reads the cycle counter twice.
 */
#ifndef CORE_IRQ_TIME_H
#define CORE_IRQ_TIME_H

#include <stdbool.h>
#include <stddef.h>
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

/* Where a stretch was: how it was entered, the function in which interrupts had been let in before it,
 * the last step of a long operation that ran in it, and the function that let interrupts in again. Null:
 * none, it began at the entry, or ended at the way out. */
struct irq_time_place {
    uint64_t what;
    void *from, *step, *to;
};
struct irq_time_stretch {
    uint64_t ticks; /* the longest there; 0: free */
    uint64_t count; /* how often one there counted */
    struct irq_time_place place;
};

#define IRQ_TIME_KEPT    24u
#define IRQ_TIME_SHORT   1000u /* ticks up to which a stretch counts in the histogram alone */
#define IRQ_TIME_BUCKETS 24u   /* bucket n: 2^n to 2^(n+1) - 1 ticks; the last: all longer ones */

struct irq_time {
    uint64_t began; /* 0: none under way */
    struct irq_time_place place;
    uint64_t longest;
    uint64_t histogram[IRQ_TIME_BUCKETS];
    struct irq_time_stretch kept[IRQ_TIME_KEPT];
};

void irq_time_begin(struct cpu *cpu, uint64_t what);
void irq_time_end(struct cpu *cpu);
/* Around an interrupt window of the function at `where`; harmless when nothing is measured. */
void irq_time_pause(struct cpu *cpu, void *where);
void irq_time_resume(struct cpu *cpu, void *where);
/* An interrupt that came in such a window. */
void irq_time_nested_begin(struct cpu *cpu, struct irq_time_place *outer, uint64_t what);
void irq_time_nested_end(struct cpu *cpu, const struct irq_time_place *outer);
/* A step of a long operation runs. */
void irq_time_step(struct cpu *cpu, void *step);

/* Starts (forgetting what was) or stops measuring. */
void irq_time_watch(bool is_on);
/* The n-th longest place of all CPUs, from 0; false if there are fewer. */
bool irq_time_longest(unsigned n, struct irq_time_stretch *out, unsigned *cpu);
uint64_t irq_time_count(unsigned bucket);
/* A stretch's place in words. */
void irq_time_describe(const struct irq_time_place *place, char *buf, size_t size);
/* With irqoff=trace: writes the ten longest to the log, each CPU's longest and the histogram. */
void irq_time_init(bool is_traced);
void irq_time_report(void);

#endif
