/*
 * arch_impl.h: the processor of the mm tests: one CPU that loads no page tables, memory in an array.
 */
#ifndef FAKE_ARCH_IMPL_H
#define FAKE_ARCH_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "asm_offsets.h"

#define ARCH_RELOC_RELATIVE 8u

struct cpu;
struct thread;

struct arch_cpu {
    uint64_t root;
    uint64_t fault_va;
    struct thread *current;
};

extern struct arch_cpu fake_cpu;
extern char *fake_memory; /* physical address 0 */

static inline struct cpu *this_cpu(void)
{
    return (struct cpu *)&fake_cpu;
}

static inline struct thread *this_thread(void)
{
    return fake_cpu.current;
}

static inline void *arch_direct_map(uint64_t pa)
{
    return fake_memory + pa;
}

static inline uint64_t arch_direct_unmap(const void *p)
{
    return (uint64_t)((const char *)p - fake_memory);
}

#endif
