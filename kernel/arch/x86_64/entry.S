/*
 * entry.S: every way into the kernel and the one way out of it.
 *
 * From user mode the registers go straight into struct user_regs of the current thread: a system
 * call stores them there, and on an interrupt the CPU itself pushes its frame there, because rsp0 in
 * the TSS is the end of that structure. Then the stack becomes this CPU's kernel stack and C runs.
 * resume_user loads the registers of whatever thread is current by then; threads never keep
 * anything on the kernel stack.
 *
 * From kernel mode (the timer in idle, a fault in a user copy, a defect) the frame lies on the
 * kernel stack and the same C function layout applies.
 */
#include "asm_offsets.h"

#include <tessera/syscall.h>

#define RFLAGS_TF 0x100

/* Sites of instructions that only CPUs with SMAP know; cpu.c replaces them elsewhere. */
.macro SMAP insn
771:    \insn
    .pushsection .smap_sites, "a"
    .quad 771b
    .popsection
.endm

    .text

/* ---- system call: rcx = rip, r11 = rflags, everything else is the user's ----
 *
 * First what a short Call or ReplyRecv needs when the fast path can do it (ipc/fast.c): its payload is in
 * r12..r15 and rbx, which C functions preserve, and stays there. Otherwise the rest is saved as well. */
    .balign 64
    .globl syscall_entry
    .type syscall_entry, @function
syscall_entry:
    swapgs
    mov     %rsp, %gs:CPU_USER_RSP
    mov     %gs:CPU_CURRENT, %rsp
    mov     %rcx, REGS_RIP(%rsp)
    mov     %gs:CPU_USER_RSP, %rcx
    mov     %r11, REGS_RFLAGS(%rsp)
    mov     %rcx, REGS_RSP(%rsp)
    movq    $REGS_SYSCALL, REGS_VECTOR(%rsp)
    mov     %rbp, REGS_RBP(%rsp)
    mov     %rdi, REGS_RDI(%rsp)
    mov     %rsi, REGS_RSI(%rsp)
    mov     %rdx, REGS_RDX(%rsp)
    mov     %r8, REGS_R8(%rsp)
    cmpl    $0, kernel_hooks(%rip)
    jne     1f
    test    %eax, %eax
    jz      fast_call_entry
    cmp     $KN_REPLY_RECV, %eax
    je      fast_reply_recv_entry
1:  mov     %r9, REGS_R9(%rsp)
general_entry:
    mov     %rax, REGS_RAX(%rsp)
    mov     %r10, REGS_R10(%rsp)
    mov     %rbx, REGS_RBX(%rsp)
    mov     %r12, REGS_R12(%rsp)
    mov     %r13, REGS_R13(%rsp)
    mov     %r14, REGS_R14(%rsp)
    mov     %r15, REGS_R15(%rsp)
    mov     %rsp, %rdi
    mov     %gs:CPU_STACK_TOP, %rsp
    call    core_syscall
    jmp     resume_user

/* Back where the fast path could not do it. r9 and r10 carry nothing into these calls. */
fast_refused:
    mov     %gs:CPU_CURRENT, %rsp
    xor     %r10d, %r10d            /* it may hold something of the kernel's */
    jmp     general_entry

fast_call_entry:
    cmp     $KN_CORE_HANDLE, %rdi
    je      1b
    mov     %rdi, %rdx
    mov     %rsp, %rdi
    mov     %rsi, %gs:CPU_SCRATCH
    mov     %gs:CPU_STACK_TOP, %rsp
    call    fast_call_held
    test    %rax, %rax
    jz      fast_refused            /* rax is KN_CALL again */
    mov     REGS_R9(%rax), %r9      /* rights */
    xor     %r8d, %r8d              /* context: a channel has none */
    jmp     fast_resume

fast_reply_recv_entry:
    mov     %rdx, %rcx
    mov     %rdi, %rdx
    mov     %rsp, %rdi
    mov     %rsi, %gs:CPU_SCRATCH
    mov     %gs:CPU_STACK_TOP, %rsp
    call    fast_reply_recv_held
    xor     %edx, %edx
    xor     %r8d, %r8d
    xor     %r9d, %r9d
    test    %rax, %rax
    jnz     fast_resume
    mov     $KN_REPLY_RECV, %eax
    jmp     fast_refused

/* rax is the thread that receives the message; it waits in a system call, too. */
fast_resume:
    mov     %gs:CPU_SCRATCH, %rsi   /* word */
    mov     REGS_RIP(%rax), %rcx
    mov     REGS_RFLAGS(%rax), %r11
    mov     REGS_RBP(%rax), %rbp
    mov     REGS_RSP(%rax), %rsp
    xor     %eax, %eax              /* rcOk */
    xor     %edi, %edi              /* flags: short */
    xor     %r10d, %r10d
    swapgs
    sysretq

/* The payload is in the registers again; the message is written down for rules to read. The first four
 * arguments are passed on, the fifth is the message. */
.macro JUDGED function
    push    %rbx
    push    %r15
    push    %r14
    push    %r13
    push    %r12
    push    %rsi                    /* word */
    push    $0
    push    $0
    mov     %rsp, %r8
    sub     $8, %rsp
    call    \function
    add     $72, %rsp
    ret
.endm

    .globl arch_call_judged
    .type arch_call_judged, @function
arch_call_judged:
    JUDGED  fast_call_judged

    .globl arch_reply_recv_judged
    .type arch_reply_recv_judged, @function
arch_reply_recv_judged:
    JUDGED  fast_reply_recv_judged

/* ---- the way out: current is the thread to run ---- */
    .globl resume_user
    .type resume_user, @function
resume_user:
    mov     %gs:CPU_CURRENT, %rsp
    cmpl    $REGS_SYSCALL, REGS_VECTOR(%rsp)
    jne     resume_by_iret
    /* The address after a syscall instruction is canonical: user memory ends a page earlier. */
    mov     REGS_R15(%rsp), %r15
    mov     REGS_R14(%rsp), %r14
    mov     REGS_R13(%rsp), %r13
    mov     REGS_R12(%rsp), %r12
    mov     REGS_RBP(%rsp), %rbp
    mov     REGS_RBX(%rsp), %rbx
    mov     REGS_R10(%rsp), %r10
    mov     REGS_R9(%rsp), %r9
    mov     REGS_R8(%rsp), %r8
    mov     REGS_RAX(%rsp), %rax
    mov     REGS_RDX(%rsp), %rdx
    mov     REGS_RSI(%rsp), %rsi
    mov     REGS_RDI(%rsp), %rdi
    mov     REGS_RIP(%rsp), %rcx
    mov     REGS_RFLAGS(%rsp), %r11
    mov     REGS_RSP(%rsp), %rsp
    swapgs
    sysretq

resume_by_iret:
    mov     REGS_RIP(%rsp), %rax
    shr     $47, %rax
    jz      1f
    movq    $0, REGS_RIP(%rsp)      /* iret would refuse a wild address: let it fault at zero */
1:
    pop     %r15
    pop     %r14
    pop     %r13
    pop     %r12
    pop     %rbp
    pop     %rbx
    pop     %r10
    pop     %r9
    pop     %r8
    pop     %rax
    pop     %rdx
    pop     %rsi
    pop     %rdi
    pop     %rcx
    pop     %r11
    add     $16, %rsp               /* vector, error */
    swapgs
    iretq

/* ---- exceptions and interrupts ---- */
.macro PUSH_ALL
    push    %r11
    push    %rcx
    push    %rdi
    push    %rsi
    push    %rdx
    push    %rax
    push    %r8
    push    %r9
    push    %r10
    push    %rbx
    push    %rbp
    push    %r12
    push    %r13
    push    %r14
    push    %r15
.endm

    .balign 64
exception_common:
    testb   $3, 24(%rsp)            /* cs, above vector, error and rip */
    jz      exception_in_kernel
    PUSH_ALL
    cld
    SMAP    clac
    swapgs
    mov     %rsp, %rdi
    mov     %gs:CPU_STACK_TOP, %rsp
    call    x86_user_exception
    jmp     resume_user

exception_in_kernel:
    PUSH_ALL
    cld
    SMAP    clac
    mov     %rsp, %rdi
    mov     %rsp, %rbx
    and     $-16, %rsp
    call    x86_kernel_exception
    mov     %rbx, %rsp
    pop     %r15
    pop     %r14
    pop     %r13
    pop     %r12
    pop     %rbp
    pop     %rbx
    pop     %r10
    pop     %r9
    pop     %r8
    pop     %rax
    pop     %rdx
    pop     %rsi
    pop     %rdi
    pop     %rcx
    pop     %r11
    add     $16, %rsp
    iretq                           /* restores AC, so a copy that goes on is still allowed */

.macro VECTOR vector, has_error
    .balign 16
vector_\vector:
    .if !\has_error
    pushq   $0
    .endif
    pushq   $\vector
    jmp     exception_common
.endm

    VECTOR 0, 0
    VECTOR 3, 0
    VECTOR 4, 0
    VECTOR 5, 0
    VECTOR 6, 0
    VECTOR 7, 0
    VECTOR 9, 0
    VECTOR 10, 1
    VECTOR 11, 1
    VECTOR 12, 1
    VECTOR 13, 1
    VECTOR 14, 1
    VECTOR 15, 0
    VECTOR 16, 0
    VECTOR 17, 1
    VECTOR 19, 0
    VECTOR 20, 0
    VECTOR 21, 1
    VECTOR 22, 0
    VECTOR 23, 0
    VECTOR 24, 0
    VECTOR 25, 0
    VECTOR 26, 0
    VECTOR 27, 0
    VECTOR 28, 0
    VECTOR 29, 1
    VECTOR 30, 1
    VECTOR 31, 0
    VECTOR 64, 0                      /* VECTOR_TIMER */
    VECTOR 65, 0                      /* VECTOR_CPU */

/* Debug exception, on a stack of its own: one that a program set up can arrive on the first
 * instruction of syscall_entry, before the stack and gs are the kernel's. There it is dropped. */
    .balign 16
vector_1:
    testb   $3, 8(%rsp)
    jnz     1f
    andq    $~RFLAGS_TF, 16(%rsp)
    iretq
1:  swapgs
    mov     %rax, %gs:CPU_SCRATCH
    mov     %rsp, %rax
    mov     %gs:CPU_RSP0, %rsp
    pushq   32(%rax)
    pushq   24(%rax)
    pushq   16(%rax)
    pushq   8(%rax)
    pushq   (%rax)
    mov     %gs:CPU_SCRATCH, %rax
    swapgs
    pushq   $0
    pushq   $1
    jmp     exception_common

/* Non-maskable interrupt: may arrive anywhere, so it touches nothing but its counter. After a panic or
 * at the end of a run another CPU sends it: then this one stops for good. */
    .balign 16
vector_2:
    lock incq x86_nmi_count(%rip)
    cmpb    $0, x86_is_stopped(%rip)
    jne     1f
    iretq
1:  cli
    hlt
    jmp     1b

/* Double fault and machine check: the end. gs is not trusted and not used. */
    .balign 16
vector_8:
    pushq   $8
    jmp     fatal_common
    .balign 16
vector_18:
    pushq   $0
    pushq   $18
fatal_common:
    PUSH_ALL
    cld
    mov     %rsp, %rdi
    call    x86_fatal_exception
    ud2

/* Interrupts that nobody asked for. */
    .balign 16
    .globl vector_ignore
vector_ignore:
    iretq

/* {vector, entry} for the IDT; ends with a null entry. */
    .section .rodata
    .balign 8
    .globl x86_vectors
x86_vectors:
    .irp v, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,25,26,27,28,29,30,31,64,65
    .quad \v, vector_\v
    .endr
    .quad 0, 0

    .section .note.GNU-stack, "", @progbits
