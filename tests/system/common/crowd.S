/*
 * crowd.S: a thread without a stack: one system call as a plan says, a note of how it ended, the end.
 */
#include "crowd_plan.h"

    .text
    .globl crowd_thread
    .type crowd_thread, @function
crowd_thread:                           /* rdi: the plan, rsi: the thread's number */
    mov     %rdi, %rbp
    mov     %rsi, %rsp                  /* preserved by the call as rbp is; nothing uses the stack */
    mov     PLAN_R12(%rbp), %r12
    cmpq    $0, PLAN_UNTIL(%rbp)
    je      1f
    mov     %rsp, %r12
    cmpq    $CROWD_NUMBER, PLAN_UNTIL(%rbp)
    je      1f
    rdtsc
    shl     $32, %rdx
    or      %rdx, %rax
    mov     PLAN_UNTIL(%rbp), %r12
    sub     %rax, %r12
1:  mov     PLAN_R13(%rbp), %r13
    mov     PLAN_R14(%rbp), %r14
    mov     PLAN_R15(%rbp), %r15
    mov     PLAN_RBX(%rbp), %rbx
    mov     PLAN_RDI(%rbp), %rdi
    mov     PLAN_RSI(%rbp), %rsi
    mov     PLAN_RDX(%rbp), %rdx
    mov     PLAN_R8(%rbp), %r8
    mov     PLAN_R9(%rbp), %r9
    mov     PLAN_RAX(%rbp), %rax
    lock incl PLAN_BEGUN(%rbp)
    syscall
    mov     PLAN_RESULTS(%rbp), %rdx
    mov     %rsp, %rcx
    lea     (%rcx, %rcx, 2), %rcx
    mov     %rax, (%rdx, %rcx, 8)
    mov     %r12, 8(%rdx, %rcx, 8)
    mov     %r13, 16(%rdx, %rcx, 8)
    mov     PLAN_ORDER(%rbp), %rdx
    mov     $1, %ecx
    lock xadd %ecx, PLAN_ENDED(%rbp)
    mov     %esp, (%rdx, %rcx, 4)
    mov     $KN_CALL, %eax
    mov     $KN_CORE_HANDLE, %edi
    mov     PLAN_EXIT_WORD(%rbp), %rsi
    xor     %r8d, %r8d
    xor     %r9d, %r9d
    xor     %r12d, %r12d
    xor     %r13d, %r13d
    xor     %r14d, %r14d
    xor     %r15d, %r15d
    xor     %ebx, %ebx
    syscall
    ud2
    .size crowd_thread, . - crowd_thread

    .section .note.GNU-stack, "", @progbits
