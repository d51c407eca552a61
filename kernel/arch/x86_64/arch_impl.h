/*
 * arch_impl.h: the inline bodies of the contract headers for x86_64. Host tests bring their own.
 */
#ifndef X86_ARCH_IMPL_H
#define X86_ARCH_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "asm_offsets.h"

struct aspace;
struct cpu;
struct thread;

struct tss {
    uint32_t reserved0;
    uint64_t rsp[3];
    uint64_t reserved1;
    uint64_t ist[7];
    uint64_t reserved2;
    uint16_t reserved3;
    uint16_t iomap_base;
} __attribute__((packed));

/* First member of struct cpu; entry.S reaches it through gs. */
struct arch_cpu {
    struct cpu *self;
    uint64_t stack_top;
    uint64_t user_rsp; /* for a few instructions of the system call entry */
    uint64_t fault_va; /* of the last incomplete user copy */
    uint64_t root;     /* page table root that this CPU has loaded */
    uint64_t scratch;  /* for a few instructions of the debug exception's entry */
    uint64_t gdt[8];
    uint32_t pad;
    struct tss tss; /* its 64-bit fields are 8-byte aligned thanks to pad */
    uint32_t apic_id;
    uint32_t is_started; /* set by the CPU itself */
    uint8_t reserve[CPU_ARCH_SIZE - 6 * 8 - 8 * 8 - 4 - sizeof(struct tss) - 8];
};
_Static_assert(sizeof(struct arch_cpu) == CPU_ARCH_SIZE, "entry.S knows where current is");
_Static_assert(offsetof(struct arch_cpu, fault_va) == CPU_FAULT_VA, "entry.S knows fault_va");
_Static_assert(offsetof(struct arch_cpu, scratch) == CPU_SCRATCH, "entry.S knows scratch");
_Static_assert(offsetof(struct arch_cpu, tss) + 4 == CPU_RSP0, "entry.S knows the entry stack");

/* this_cpu()->member for reading, in one instruction. */
#define CPU_HERE(member) (((const struct cpu __seg_gs *)0)->member)

static inline struct cpu *this_cpu(void)
{
    struct cpu *c;
    __asm__ volatile("mov %%gs:%c1, %0" : "=r"(c) : "i"(CPU_SELF));
    return c;
}

static inline struct thread *this_thread(void)
{
    struct thread *t;
    __asm__ volatile("mov %%gs:%c1, %0" : "=r"(t) : "i"(CPU_CURRENT));
    return t;
}

static inline void arch_set_current(struct thread *t)
{
    __asm__ volatile("mov %0, %%gs:%c1" : : "r"(t), "i"(CPU_CURRENT) : "memory");
}

/* An address space begins with its root. */
static inline void arch_aspace_enter(const struct aspace *as)
{
    uint64_t root = *(const uint64_t *)(const void *)as;
    __asm__ volatile("cmp %0, %%gs:%c1\n\t"
                     "je 1f\n\t"
                     "mov %0, %%gs:%c1\n\t"
                     "mov %0, %%cr3\n"
                     "1:"
                     :
                     : "r"(root), "i"(CPU_ROOT)
                     : "memory", "cc");
}

static inline void arch_irq_enable_wait_disable(void)
{
    __asm__ volatile("sti; hlt; cli" : : : "memory");
}

/* Takes the interrupts that wait, between two steps of a long operation. */
static inline void arch_irq_window(void)
{
    __asm__ volatile("sti; nop; cli" : : : "memory");
}

/* All vectors that arrive (asm_offsets.h) stand in one register of the local APIC, 32 to each. */
_Static_assert(VECTOR_TIMER / 32 == VECTOR_CPU / 32, "one register of requests");
static inline bool arch_irq_is_pending(void)
{
    return *(const volatile uint32_t *)(LAPIC_VA + LAPIC_REQUESTS + VECTOR_TIMER / 32 * 16) != 0;
}

static inline uint64_t arch_tsc(void)
{
    uint32_t lo, hi;
    __asm__ volatile("rdtsc" : "=a"(lo), "=d"(hi));
    return (uint64_t)hi << 32 | lo;
}

static inline void arch_pause(void)
{
    __asm__ volatile("pause");
}

static inline void *arch_direct_map(uint64_t pa)
{
    return (void *)(pa + DIRECT_MAP_BASE);
}

static inline uint64_t arch_direct_unmap(const void *p)
{
    return (uint64_t)p - DIRECT_MAP_BASE;
}

#define ARCH_STACK_ORDER 3u /* kernel stack, and those of four exceptions */

#define ARCH_ELF_MACHINE    62 /* EM_X86_64 */
#define ARCH_RELOC_RELATIVE 8u /* R_X86_64_RELATIVE */

#endif
