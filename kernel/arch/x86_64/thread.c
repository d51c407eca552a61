/*
 * thread.c: the part of a thread that is not in its general registers, and the switch.
 *
 * Segment selectors mean nothing in 64-bit mode, but a program can load some and could read what
 * another one left: every switch clears them, before it sets the bases, which a load may clear.
 *
 * FPU state is saved and loaded at every switch, never lazily: nothing of one program's registers can
 * be observed by another. XSAVEOPT leaves out what is in its initial state.
 */
#include "x86.h"

#include <arch/entry.h>
#include <arch/paging.h>
#include <arch/thread.h>

#define FXSAVE_FCW   0
#define FXSAVE_MXCSR 24

#define MXCSR_INITIAL 0x1f80u
#define FCW_INITIAL   0x37fu

extern _Noreturn void resume_user(void);
extern const char syscall_entry[], syscall_entry_held[], syscall_entry_claimed[];

_Static_assert(offsetof(struct thread_head, arch.tls) == THREAD_TLS, "entry.S knows tls");
_Static_assert(offsetof(struct thread_head, arch.gs_base) == THREAD_GS, "entry.S knows gs_base");
_Static_assert(offsetof(struct thread_head, arch.fpu) == THREAD_FPU, "entry.S knows fpu");
_Static_assert(offsetof(struct thread_head, aspace) == THREAD_ASPACE, "entry.S knows aspace");
_Static_assert(offsetof(struct arch_aspace, root) == 0, "entry.S knows root");

size_t arch_fpu_size(void)
{
    return x86_features.fpu_size;
}

void arch_thread_init(struct thread *t, void *fpu, uint64_t tls)
{
    struct arch_thread *a = &((struct thread_head *)t)->arch;
    const uint32_t mxcsr = MXCSR_INITIAL;
    const uint16_t fcw = FCW_INITIAL;
    a->fpu = fpu;
    a->tls = tls >> 47 ? 0 : tls;
    a->gs_base = 0;
    __builtin_memcpy((char *)fpu + FXSAVE_MXCSR, &mxcsr, sizeof mxcsr);
    __builtin_memcpy((char *)fpu + FXSAVE_FCW, &fcw, sizeof fcw);
}

/* ---- the switch on a CPU with XSAVEOPT and FSGSBASE, on the path of every message ---- */

/* In the kernel the program's gs base is the inactive one. */
static inline void switch_state(struct arch_thread *from, const struct arch_thread *to)
{
    __asm__ volatile("xsaveopt64 (%0)\n\t"
                     "xrstor64 (%1)"
                     :
                     : "r"(from->fpu), "r"(to->fpu), "a"(x86_features.xcr0), "d"(0)
                     : "memory");
    __asm__ volatile("rdfsbase %0\n\t"
                     "mov %w4, %%ds\n\t"
                     "mov %w4, %%es\n\t"
                     "mov %w4, %%fs\n\t"
                     "wrfsbase %2\n\t"
                     "swapgs\n\t"
                     "rdgsbase %1\n\t"
                     "mov %w4, %%gs\n\t"
                     "wrgsbase %3\n\t"
                     "swapgs"
                     : "=&r"(from->tls), "=&r"(from->gs_base)
                     : "r"(to->tls), "r"(to->gs_base), "r"(0));
}

/* ---- the parts of it on any CPU ---- */

static void save_state(struct arch_thread *a)
{
    uint32_t mask = x86_features.xcr0;
    if (x86_features.xsaveopt)
        __asm__ volatile("xsaveopt64 (%0)" : : "r"(a->fpu), "a"(mask), "d"(0) : "memory");
    else if (x86_features.xsave)
        __asm__ volatile("xsave64 (%0)" : : "r"(a->fpu), "a"(mask), "d"(0) : "memory");
    else
        __asm__ volatile("fxsave64 (%0)" : : "r"(a->fpu) : "memory");
    if (x86_features.fsgsbase) /* else a program cannot have changed them */
        __asm__ volatile("rdfsbase %0\n\t"
                         "swapgs\n\t"
                         "rdgsbase %1\n\t"
                         "swapgs"
                         : "=&r"(a->tls), "=&r"(a->gs_base));
}

static void load_state(const struct arch_thread *a)
{
    uint32_t mask = x86_features.xcr0;
    __asm__ volatile("mov %w0, %%ds\n\t"
                     "mov %w0, %%es\n\t"
                     "mov %w0, %%fs\n\t"
                     "swapgs\n\t"
                     "mov %w0, %%gs\n\t"
                     "swapgs"
                     :
                     : "r"(0));
    if (x86_features.xsave)
        __asm__ volatile("xrstor64 (%0)" : : "r"(a->fpu), "a"(mask), "d"(0) : "memory");
    else
        __asm__ volatile("fxrstor64 (%0)" : : "r"(a->fpu) : "memory");
    if (x86_features.fsgsbase) {
        __asm__ volatile("wrfsbase %0\n\t"
                         "swapgs\n\t"
                         "wrgsbase %1\n\t"
                         "swapgs"
                         :
                         : "r"(a->tls), "r"(a->gs_base));
        return;
    }
    x86_wrmsr(MSR_FS_BASE, a->tls);
    x86_wrmsr(MSR_KERNEL_GS_BASE, a->gs_base);
}

void arch_thread_save(struct thread *t)
{
    save_state(&((struct thread_head *)t)->arch);
}

static inline void load_root(struct arch_cpu *cpu, uint64_t root)
{
    if (cpu->root == root)
        return;
    cpu->root = root;
    x86_write_cr3(root);
}

void arch_aspace_leave(void)
{
    load_root(x86_this(), x86_image_phys(x86_kernel_root));
}

void arch_aspace_load(struct aspace *as)
{
    load_root(x86_this(), ((const struct arch_aspace *)as)->root);
}

static inline void switch_rest(struct thread_head *to)
{
    struct arch_cpu *cpu = x86_this();
    cpu->tss.rsp[0] = (uint64_t)(&to->regs + 1);
    load_root(cpu, ((const struct arch_aspace *)to->aspace)->root);
}

static __attribute__((noinline)) void switch_slowly(struct thread_head *from,
                                                    struct thread_head *to)
{
    if (from)
        save_state(&from->arch);
    load_state(&to->arch);
    switch_rest(to);
}

void arch_switch_to(struct thread *prev, struct thread *next)
{
    struct thread_head *from = (struct thread_head *)prev, *to = (struct thread_head *)next;
    arch_set_current(next);
    if (from == to)
        return;
    if (!from || !x86_features.has_fast_switch) {
        switch_slowly(from, to);
        return;
    }
    switch_state(&from->arch, &to->arch);
    switch_rest(to);
}

void arch_thread_set_tls(struct thread *t, uint64_t tls)
{
    struct arch_thread *a = &((struct thread_head *)t)->arch;
    a->tls = tls >> 47 ? 0 : tls;
    if (t != this_thread())
        return;
    if (x86_features.fsgsbase)
        __asm__ volatile("wrfsbase %0" : : "r"(a->tls));
    else
        x86_wrmsr(MSR_FS_BASE, a->tls);
}

void arch_syscall_hold(enum arch_shortest which)
{
    const char *entry = syscall_entry;
    if (x86_features.has_fast_switch && which != ARCH_SHORTEST_NONE)
        entry = which == ARCH_SHORTEST_HELD ? syscall_entry_held : syscall_entry_claimed;
    x86_wrmsr(MSR_LSTAR, (uint64_t)entry);
}

_Noreturn void arch_resume_user(void)
{
    resume_user();
}
