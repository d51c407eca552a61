/*
 * arch_impl.h: the inline bodies of the contract headers for host tests. One CPU, no interrupts but
 * those that a test sends.
 */
#ifndef FAKE_ARCH_IMPL_H
#define FAKE_ARCH_IMPL_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct cpu;
struct aspace;
struct thread;

struct arch_cpu {
    uint64_t unused;
};

/* The state of the fake CPU lives in fake/arch.c. */
struct cpu *fake_cpu(void);
struct thread *fake_thread(void);
void fake_set_current(struct thread *t);
/* What arch_aspace_load loaded, or the running thread's. */
struct aspace *fake_loaded_aspace(void);
void fake_idle(void);
void fake_irq_window(void);
extern bool fake_irq_pending;
uint64_t fake_tsc(void);

static inline void arch_aspace_enter(const struct aspace *as)
{
    (void)as;
}

#define CPU_HERE(member) (this_cpu()->member)

static inline struct cpu *this_cpu(void)
{
    return fake_cpu();
}

static inline struct thread *this_thread(void)
{
    return fake_thread();
}

static inline void arch_set_current(struct thread *t)
{
    fake_set_current(t);
}

static inline void arch_irq_enable_wait_disable(void)
{
    fake_idle();
}

static inline void arch_irq_window(void)
{
    fake_irq_window();
}

static inline bool arch_irq_is_pending(void)
{
    return fake_irq_pending;
}

static inline uint64_t arch_tsc(void)
{
    return fake_tsc();
}

static inline void arch_pause(void)
{
}

/* A frame's number is the address of its bytes. */
static inline void *arch_direct_map(uint64_t pa)
{
    return (void *)(uintptr_t)pa;
}

static inline uint64_t arch_direct_unmap(const void *p)
{
    return (uint64_t)(uintptr_t)p;
}

#define ARCH_STACK_ORDER 3u

#define ARCH_ELF_MACHINE    62
#define ARCH_RELOC_RELATIVE 8u

#endif
