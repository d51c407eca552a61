/*
 * raw.h: a system call with any contents of the registers (tessera/syscall.h).
 */
#ifndef SUITE_RAW_H
#define SUITE_RAW_H

#include <rtl/retcode.h>
#include <stdint.h>
#include <tessera/call.h>
#include <tessera/syscall.h>

struct raw {
    uint64_t rax, rdi, rsi, rdx, r8, r9, r10, r12, r13, r14, r15, rbx;
};

static inline Retcode raw_syscall(struct raw *r)
{
    register uint64_t rax __asm__("rax") = r->rax;
    register uint64_t rdi __asm__("rdi") = r->rdi;
    register uint64_t rsi __asm__("rsi") = r->rsi;
    register uint64_t rdx __asm__("rdx") = r->rdx;
    register uint64_t r8 __asm__("r8") = r->r8;
    register uint64_t r9 __asm__("r9") = r->r9;
    register uint64_t r10 __asm__("r10") = r->r10;
    register uint64_t r12 __asm__("r12") = r->r12;
    register uint64_t r13 __asm__("r13") = r->r13;
    register uint64_t r14 __asm__("r14") = r->r14;
    register uint64_t r15 __asm__("r15") = r->r15;
    register uint64_t rbx __asm__("rbx") = r->rbx;

    __asm__ volatile("syscall"
                     : "+r"(rax), "+r"(rdi), "+r"(rsi), "+r"(rdx), "+r"(r8), "+r"(r9), "+r"(r10),
                       "+r"(r12), "+r"(r13), "+r"(r14), "+r"(r15), "+r"(rbx)
                     :
                     : "rcx", "r11", "memory");
    *r = (struct raw){rax, rdi, rsi, rdx, r8, r9, r10, r12, r13, r14, r15, rbx};
    return (Retcode)rax;
}

#endif
