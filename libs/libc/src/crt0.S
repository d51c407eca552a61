/*
 * crt0.S: the first instructions of a program: rdi = struct kn_start (tessera/start.h).
 */
    .text
    .globl _start
    .type _start, @function
_start:
    xorl %ebp, %ebp /* ends a backtrace */
    andq $-16, %rsp
    leaq main(%rip), %rsi
    call __kos_start
    ud2
    .size _start, . - _start

    /* Names this program among the destructors that C++ registers. */
    .data
    .globl __dso_handle
    .hidden __dso_handle
    .balign 8
__dso_handle:
    .quad 0
    .section .note.GNU-stack, "", @progbits
