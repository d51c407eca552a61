/*
 * arch/thread.h: what a thread has besides its general registers: FPU state, thread pointers,
 * address space; and the switch from one thread to another.
 *
 * A thread begins, in this order, with the members of struct thread_head; core/thread.h asserts it.
 */
#ifndef ARCH_THREAD_H
#define ARCH_THREAD_H

#include <stddef.h>
#include <stdint.h>

#include <arch/cpu.h>
#include <arch/regs.h>

struct aspace;

struct arch_thread {
    uint64_t tls;     /* fs base: the thread pointer of the C library */
    uint64_t gs_base; /* free for the program */
    void *fpu;        /* arch_fpu_size() bytes, 64-byte aligned, owned by core */
};

struct thread_head {
    struct user_regs regs;
    struct arch_thread arch;
    struct aspace *aspace;
};

/* Bytes of a thread's FPU area. Constant after boot; a multiple of 64. */
size_t arch_fpu_size(void);
/* Prepares a new thread. fpu: arch_fpu_size() zeroed bytes, aligned to 64. The registers are set
 * with regs_init_user. */
void arch_thread_init(struct thread *t, void *fpu, uint64_t tls);
/* Sets the thread pointer; takes effect at once for the running thread. */
void arch_thread_set_tls(struct thread *t, uint64_t tls);
/* Makes next the current thread of this CPU: FPU, thread pointers, address space, entry stack.
 * prev, whose state is saved, may be null (it ended, or the CPU was idle). next may be equal to
 * prev. Interrupts are off; the registers are loaded on the way out of the kernel. */
void arch_switch_to(struct thread *prev, struct thread *next);
/* Saves what arch_switch_to would save of the thread that ran here last: another CPU may go on with it
 * or the FPU is to be used otherwise. The registers were saved on the way in. */
void arch_thread_save(struct thread *t);
/* Loads an address space for direct access; the running thread stays the same. */
void arch_aspace_load(struct aspace *as);
/* The same, inline (<arch_impl.h>):
 *   void arch_aspace_enter(const struct aspace *as); */
/* This CPU has no address space loaded any more, but the kernel's half. */
void arch_aspace_leave(void);
/* Leaves the kernel into this CPU's current thread. Used once on each CPU, at the end of its start. */
_Noreturn void arch_resume_user(void);
/* The address space of the running thread, or null. */
static inline struct aspace *arch_current_aspace(void)
{
    struct thread *t = this_thread();
    return t ? ((struct thread_head *)t)->aspace : (struct aspace *)0;
}

#endif
