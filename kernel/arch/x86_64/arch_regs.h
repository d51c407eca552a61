/*
 * arch_regs.h: struct user_regs of x86_64 (contract: arch/regs.h).
 *
 * The end of the structure is the stack frame that the CPU pushes on an interrupt from user mode:
 * the TSS points there. Its size is a multiple of 16 because the CPU aligns the stack first. The
 * offsets are known to entry.S (asm_offsets.h).
 */
#ifndef X86_ARCH_REGS_H
#define X86_ARCH_REGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "asm_offsets.h"

struct user_regs {
    uint64_t r15, r14, r13, r12, rbp, rbx, r10, r9, r8, rax, rdx, rsi, rdi;
    uint64_t rcx, r11; /* not saved by a system call: there they equal rip and rflags */
    uint64_t vector;   /* of the interrupt or exception, or REGS_SYSCALL */
    uint64_t error;
    uint64_t rip, cs, rflags, rsp, ss;
} __attribute__((aligned(16)));

_Static_assert(sizeof(struct user_regs) == REGS_SIZE, "entry.S knows the size");
_Static_assert(offsetof(struct user_regs, rax) == REGS_RAX, "entry.S knows rax");
_Static_assert(offsetof(struct user_regs, rcx) == REGS_RCX, "entry.S knows rcx");
_Static_assert(offsetof(struct user_regs, vector) == REGS_VECTOR, "entry.S knows vector");
_Static_assert(offsetof(struct user_regs, rip) == REGS_RIP, "entry.S knows rip");
_Static_assert(REGS_SIZE % 16 == 0, "the CPU aligns the stack to 16");

static inline uint32_t regs_operation(const struct user_regs *r)
{
    return (uint32_t)r->rax;
}

static inline uint64_t regs_handle(const struct user_regs *r)
{
    return r->rdi;
}

static inline uint64_t regs_word(const struct user_regs *r)
{
    return r->rsi;
}

static inline uint64_t regs_payload(const struct user_regs *r, unsigned i)
{
    switch (i) {
    case 0:
        return r->r12;
    case 1:
        return r->r13;
    case 2:
        return r->r14;
    case 3:
        return r->r15;
    default:
        return r->rbx;
    }
}

static inline void regs_set_payload(struct user_regs *r, unsigned i, uint64_t v)
{
    switch (i) {
    case 0:
        r->r12 = v;
        break;
    case 1:
        r->r13 = v;
        break;
    case 2:
        r->r14 = v;
        break;
    case 3:
        r->r15 = v;
        break;
    default:
        r->rbx = v;
        break;
    }
}

/* Copies the five payload words. */
static inline void regs_copy_payload(struct user_regs *dst, const struct user_regs *src)
{
    dst->r12 = src->r12;
    dst->r13 = src->r13;
    dst->r14 = src->r14;
    dst->r15 = src->r15;
    dst->rbx = src->rbx;
}

static inline uint64_t regs_in_buf(const struct user_regs *r)
{
    return r->r8;
}

static inline void regs_set_in_buf(struct user_regs *r, uint64_t v)
{
    r->r8 = v;
}

static inline uint64_t regs_out_buf(const struct user_regs *r)
{
    return r->r12;
}

static inline uint64_t regs_ex(const struct user_regs *r)
{
    return r->r9;
}

static inline uint64_t regs_listener(const struct user_regs *r)
{
    return r->rdx;
}

static inline void regs_set_result(struct user_regs *r, int32_t rc)
{
    r->rax = (uint32_t)rc;
}

static inline void regs_set_flags(struct user_regs *r, uint32_t flags)
{
    r->rdi = flags;
}

static inline void regs_set_word(struct user_regs *r, uint64_t word)
{
    r->rsi = word;
}

static inline void regs_set_context(struct user_regs *r, uint64_t v)
{
    r->r8 = v;
}

static inline void regs_set_token(struct user_regs *r, uint64_t v)
{
    r->rdx = v;
}

static inline void regs_set_rights(struct user_regs *r, uint64_t v)
{
    r->r9 = v;
}

static inline uint64_t regs_pc(const struct user_regs *r)
{
    return r->rip;
}

static inline uint64_t regs_sp(const struct user_regs *r)
{
    return r->rsp;
}

static inline uint64_t regs_fp(const struct user_regs *r)
{
    return r->rbp;
}

/* Where a call puts the address that it returns to. */
static inline uint64_t regs_return_slot(const struct user_regs *r)
{
    return r->rsp;
}

static inline bool regs_is_syscall(const struct user_regs *r)
{
    return r->vector == REGS_SYSCALL;
}

/* The way out must never load an address that iret refuses: such a program faults at zero. */
static inline uint64_t regs_safe_pc(uint64_t pc)
{
    return pc >> 47 ? 0 : pc;
}

static inline void regs_set_pc(struct user_regs *r, uint64_t pc)
{
    if (r->vector == REGS_SYSCALL) {
        r->rcx = r->rip;
        r->r11 = r->rflags;
        r->vector = 0;
    }
    r->rip = regs_safe_pc(pc);
}

static inline void regs_call_again(struct user_regs *r)
{
    if (r->vector == REGS_SYSCALL)
        r->rip -= 2; /* length of the instruction; nothing of what it reads has changed */
}

static inline void regs_init_user(struct user_regs *r, uint64_t pc, uint64_t sp, uint64_t arg0,
                                  uint64_t arg1)
{
    *r = (struct user_regs){
        .rip = regs_safe_pc(pc),
        .rsp = sp,
        .rdi = arg0,
        .rsi = arg1,
        .cs = SEL_USER_CODE,
        .ss = SEL_USER_DATA,
        .rflags = 0x202, /* interrupts on */
    };
}

#define REGS_COUNT 17u

static inline const char *regs_name(unsigned i)
{
    static const char *const names[REGS_COUNT] = {"rax", "rbx", "rcx", "rdx", "rsi", "rdi",
                                                  "rbp", "rsp", "r8",  "r9",  "r10", "r11",
                                                  "r12", "r13", "r14", "r15", "rflags"};
    return i < REGS_COUNT ? names[i] : "?";
}

static inline uint64_t regs_value(const struct user_regs *r, unsigned i)
{
    bool in_syscall = r->vector == REGS_SYSCALL;
    const uint64_t values[REGS_COUNT] = {
        r->rax, r->rbx, in_syscall ? r->rip : r->rcx, r->rdx, r->rsi, r->rdi, r->rbp, r->rsp,
        r->r8,  r->r9,  r->r10, in_syscall ? r->rflags : r->r11, r->r12, r->r13, r->r14, r->r15,
        r->rflags};
    return i < REGS_COUNT ? values[i] : 0;
}

#endif
