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
 * REGS_VECTOR says REGS_SYSCALL already: the way out by iret leaves it so. */
.macro SAVE_FRAME
    swapgs
    mov     %rsp, %r10
    mov     %gs:CPU_CURRENT, %rsp
    mov     %rcx, REGS_RIP(%rsp)
    mov     %r11, REGS_RFLAGS(%rsp)
    mov     %r10, REGS_RSP(%rsp)
    mov     %rbp, REGS_RBP(%rsp)
.endm

    .balign 64
    .globl syscall_entry
    .type syscall_entry, @function
syscall_entry:
    SAVE_FRAME
general_entry:
    mov     %rdi, REGS_RDI(%rsp)
    mov     %rsi, REGS_RSI(%rsp)
    mov     %rdx, REGS_RDX(%rsp)
    mov     %r8, REGS_R8(%rsp)
    mov     %r9, REGS_R9(%rsp)
    mov     %rax, REGS_RAX(%rsp)
    movq    $0, REGS_R10(%rsp)      /* carries nothing in */
    mov     %rbx, REGS_RBX(%rsp)
    mov     %r12, REGS_R12(%rsp)
    mov     %r13, REGS_R13(%rsp)
    mov     %r14, REGS_R14(%rsp)
    mov     %r15, REGS_R15(%rsp)
    mov     %rsp, %rdi
    mov     %gs:CPU_STACK_TOP, %rsp
    call    core_syscall
    jmp     resume_user

/* The same while one CPU runs and nothing is measured (arch_syscall_hold). First what a Call or ReplyRecv
 * needs when the shortest path can do it (ipc/held.c). A short message's payload is in r12..r15 and rbx,
 * which C functions preserve, and stays there; the arguments are where C functions have theirs, with the
 * thread in rcx. The C function ends in REFUSED, JUDGED or SWITCH. */
    .balign 64
    .globl syscall_entry_held
    .type syscall_entry_held, @function
syscall_entry_held:
    SAVE_FRAME
    mov     %rsp, %rcx
    mov     %gs:CPU_STACK_TOP, %rsp
    test    %eax, %eax
    jz      short_call_entry
    cmp     $KN_REPLY_RECV, %eax
    je      fast_reply_recv_held
    mov     %r9, %r11
    mov     %r12, %r9               /* where the message is */
    cmp     $(KN_CALL | KN_LONG), %eax
    je      fast_call_held_long
    cmp     $(KN_REPLY_RECV | KN_LONG), %eax
    je      fast_reply_recv_held_long
    mov     %r11, %r9
    mov     %rcx, %rsp
    jmp     general_entry

/* The same while several CPUs run: the shortest path is that of ipc/claimed.c. */
    .balign 64
    .globl syscall_entry_claimed
    .type syscall_entry_claimed, @function
syscall_entry_claimed:
    SAVE_FRAME
    cmp     $KN_CORE_HANDLE, %rdi
    je      general_entry
    mov     %rsp, %rcx
    mov     %gs:CPU_STACK_TOP, %rsp
    test    %eax, %eax
    jz      fast_call_claimed
    cmp     $KN_REPLY_RECV, %eax
    je      fast_reply_recv_claimed
    mov     %rcx, %rsp
    jmp     general_entry

/* A short Call; one to the kernel is written down where the method reads it. Its answer comes back in memory
 * and goes into the registers alone, unless there is more to do first. */
short_call_entry:
    cmp     $KN_CORE_HANDLE, %rdi
    jne     fast_call_held
    push    %rbx
    push    %r15
    push    %r14
    push    %r13
    push    %r12
    sub     $24, %rsp               /* room for a header */
    mov     %rsp, %r9
    call    core_call_held
    test    %rax, %rax
    jz      resume_user
    mov     %gs:CPU_CURRENT, %rsp
    mov     (%rax), %rsi            /* word */
    mov     8(%rax), %r12
    mov     16(%rax), %r13
    mov     24(%rax), %r14
    mov     32(%rax), %r15
    mov     40(%rax), %rbx
    mov     REGS_RIP(%rsp), %rcx
    mov     REGS_RFLAGS(%rsp), %r11
    mov     REGS_RBP(%rsp), %rbp
    mov     REGS_RSP(%rsp), %rsp
    xor     %eax, %eax              /* rcOk */
    xor     %edi, %edi              /* flags: short */
    xor     %edx, %edx
    xor     %r8d, %r8d
    xor     %r9d, %r9d
    xor     %r10d, %r10d
    swapgs
    sysretq

/* The fast path could not do it: rdi, rsi, rdx, r8 and what C functions preserve are the user's. */
.macro REFUSED name, operation
    .globl \name
    .type \name, @function
\name:
    mov     %rcx, %rsp
    mov     $\operation, %eax
    jmp     general_entry
.endm

    REFUSED arch_core_call_refused, KN_CALL
    REFUSED arch_held_call_refused, KN_CALL
    REFUSED arch_held_reply_recv_refused, KN_REPLY_RECV
    REFUSED arch_held_call_long_refused, (KN_CALL | KN_LONG)
    REFUSED arch_held_reply_recv_long_refused, (KN_REPLY_RECV | KN_LONG)

/* Rules are to be asked: the message is written down for them, and its address is the last argument. */
.macro JUDGED name, function
    .globl \name
    .type \name, @function
\name:
    push    %rbx
    push    %r15
    push    %r14
    push    %r13
    push    %r12
    push    %rsi                    /* word */
    push    $0
    push    $0
    mov     %rsp, %r9
    push    $0                      /* where a return address would be */
    jmp     \function
.endm

    JUDGED  arch_held_call_judged, fast_call_judged
    JUDGED  arch_held_reply_recv_judged, fast_reply_recv_judged

/* It could: rdi is the thread that receives, rcx the one that sent; rsi word, rdx token, r9 rights;
 * r8, of a short message, the sender's own. This is
 * arch_switch_to on a CPU with XSAVEOPT and FSGSBASE (thread.c says why each part), then the way out. */
.macro SWITCH flags, is_claimed=0
    .if \is_claimed
    mov     %gs:CPU_SELF, %r10
    .endif
    mov     %rdi, %gs:CPU_CURRENT
    lea     REGS_SIZE(%rdi), %rax
    mov     %rax, %gs:CPU_RSP0
    mov     $-1, %eax               /* all of XCR0, which has nothing for edx to choose */
    mov     THREAD_FPU(%rcx), %r11
    xsaveopt64 (%r11)
    mov     THREAD_FPU(%rdi), %r11
    xrstor64 (%r11)
    rdfsbase %rax
    mov     %rax, THREAD_TLS(%rcx)
    xor     %eax, %eax              /* null selectors; rcOk */
    mov     %eax, %ds
    mov     %eax, %es
    mov     %eax, %fs
    mov     THREAD_TLS(%rdi), %r11
    wrfsbase %r11
    swapgs                          /* to the programs' gs: no CPU_ from here on */
    rdgsbase %r11
    mov     %r11, THREAD_GS(%rcx)
    .if \is_claimed
    movb    $0, (%r8)               /* nothing of the sender is in this CPU any more */
    movl    $0, CPU_CLAIM(%r10)
    .endif
    mov     %eax, %gs
    mov     THREAD_GS(%rdi), %r11
    wrgsbase %r11
    xor     %r8d, %r8d              /* context: a channel has none */
    xor     %r10d, %r10d
    mov     REGS_RIP(%rdi), %rcx
    mov     REGS_RFLAGS(%rdi), %r11
    mov     REGS_RBP(%rdi), %rbp
    mov     REGS_RSP(%rdi), %rsp
    mov     $\flags, %edi
    sysretq
.endm

    .globl arch_held_switch, arch_held_switch_long
    .type arch_held_switch, @function
    .type arch_held_switch_long, @function
arch_held_switch:
    mov     THREAD_ASPACE(%rdi), %rax
    mov     (%rax), %rax
    cmp     %rax, %gs:CPU_ROOT
    je      1f
    mov     %rax, %gs:CPU_ROOT
    mov     %rax, %cr3
1:  mov     %r8, REGS_R8(%rcx)
    SWITCH  0
arch_held_switch_long:
    xor     %r12d, %r12d            /* used bytes of the arena; and nothing of the sender's */
    xor     %r13d, %r13d
    xor     %r14d, %r14d
    xor     %r15d, %r15d
    xor     %ebx, %ebx
    SWITCH  KN_LONG

/* With a claim; r8 is the word that says that the listener is taken. Both are given back. */
    .globl arch_claimed_switch
    .type arch_claimed_switch, @function
arch_claimed_switch:
    mov     THREAD_ASPACE(%rdi), %rax
    mov     (%rax), %rax
    cmp     %rax, %gs:CPU_ROOT
    je      1f
    mov     %rax, %gs:CPU_ROOT
    mov     %rax, %cr3
1:  SWITCH  0, 1

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
1:  movq    $REGS_SYSCALL, REGS_VECTOR(%rsp) /* what the next entry is unless it says otherwise */
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
