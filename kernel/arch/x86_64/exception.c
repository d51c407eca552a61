/*
 * exception.c: sorts exceptions and interrupts: the timer, faults of programs (core decides), faults
 * of user copies (recovered), and everything else in the kernel (panic).
 */
#include "x86.h"

#include <arch/entry.h>
#include <arch/uaccess.h>

#define VECTOR_STACK_FAULT 12
#define VECTOR_PROTECTION  13
#define VECTOR_PAGE_FAULT  14

#define PF_WRITE 2u
#define PF_USER  4u
#define PF_FETCH 16u

struct recovery {
    uint64_t at, handler;
};
extern const struct recovery uaccess_table_start[], uaccess_table_end[];

static const char *const names[32] = {
    "divide error", "debug trap", "non-maskable interrupt", "breakpoint", "overflow trap",
    "bound range exceeded", "undefined instruction", "FPU not available", "double fault",
    "coprocessor overrun", "invalid task segment", "segment not present", "stack fault",
    "general protection fault", "page fault", "reserved exception", "x87 floating-point error",
    "alignment check", "machine check", "vector floating-point error", "virtualization exception",
    "control protection fault", "reserved exception", "reserved exception", "reserved exception",
    "reserved exception", "reserved exception", "reserved exception", "hypervisor injection",
    "hypervisor communication fault", "security exception", "reserved exception"};

static enum fault_kind kind_of(uint64_t vector)
{
    switch (vector) {
    case 0:
    case 4:
        return FAULT_KIND_ARITHMETIC;
    case 1:
    case 3:
        return FAULT_KIND_DEBUG;
    case 6:
        return FAULT_KIND_ILLEGAL;
    case 10:
    case 11:
    case VECTOR_STACK_FAULT:
    case VECTOR_PROTECTION:
        return FAULT_KIND_PROTECTION;
    case VECTOR_PAGE_FAULT:
        return FAULT_KIND_PAGE;
    case 7:
    case 16:
    case 19:
        return FAULT_KIND_FPU;
    case 17:
        return FAULT_KIND_ALIGNMENT;
    default:
        return FAULT_KIND_OTHER;
    }
}

static uint32_t access_of(uint64_t error)
{
    if (error & PF_FETCH)
        return ACCESS_EXEC;
    return error & PF_WRITE ? ACCESS_WRITE : ACCESS_READ;
}

const char *arch_fault_name(const struct fault *f)
{
    return f->vector < 32 ? names[f->vector] : "unknown exception";
}

void x86_user_exception(struct user_regs *regs)
{
    if (regs->vector == VECTOR_TIMER) {
        x86_apic_acknowledge();
        core_timer_interrupt();
        return;
    }
    if (regs->vector == VECTOR_CPU) {
        x86_apic_acknowledge();
        core_cpu_interrupt();
        return;
    }
    struct fault f = {
        .kind = kind_of(regs->vector),
        .vector = (uint32_t)regs->vector,
        .error = regs->error,
        .pc = regs->rip,
    };
    if (f.kind == FAULT_KIND_PAGE && !(f.error & PF_USER)) {
        /* Not the program's own access but one the CPU made for it, say to a descriptor, or (an
         * emulator's far return under SMAP) to the stack: no page that comes would help. */
        f.kind = FAULT_KIND_PROTECTION;
    } else if (f.kind == FAULT_KIND_PAGE) {
        f.va = x86_read_cr2();
        f.access = access_of(regs->error);
    }
    core_user_fault(this_thread(), &f);
}

/* Faults of an access to memory: for one that begins below the end of user memory and reaches behind it
 * (arch_may_peek), a CPU may give another than the page fault. */
static bool is_access_fault(uint64_t vector)
{
    return vector == VECTOR_STACK_FAULT || vector == VECTOR_PROTECTION || vector == VECTOR_PAGE_FAULT;
}

/* True if the fault belongs to a user copy, which then continues at its handler. */
static bool recover(struct user_regs *frame, uint64_t va)
{
    const struct recovery *r = uaccess_table_start;
    for (; r < uaccess_table_end; r++) {
        if (r->at == frame->rip) {
            x86_this()->fault_va = va;
            frame->rip = r->handler;
            return true;
        }
    }
    return false;
}

uint64_t arch_uaccess_fault_address(void)
{
    return x86_this()->fault_va;
}

void x86_kernel_exception(struct user_regs *frame)
{
    if (frame->vector == VECTOR_TIMER) {
        x86_apic_acknowledge();
        core_timer_interrupt();
        return;
    }
    if (frame->vector == VECTOR_CPU) {
        x86_apic_acknowledge();
        core_cpu_interrupt();
        return;
    }
    uint64_t va = frame->vector == VECTOR_PAGE_FAULT ? x86_read_cr2() : 0;
    if (is_access_fault(frame->vector) && recover(frame, va))
        return;
    x86_panic_at(frame, va, frame->vector < 32 ? names[frame->vector] : "unexpected vector");
}

void x86_fatal_exception(struct user_regs *frame)
{
    x86_panic_at(frame, x86_read_cr2(), names[frame->vector & 31]);
}
