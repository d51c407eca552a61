/*
 * thread_start.S: where the kernel starts a thread: rdi and rsi are what KnThreadCreateRaw was given.
 */
    .text
    .globl __kos_thread_start
    .hidden __kos_thread_start
    .type __kos_thread_start, @function
__kos_thread_start:
    xorl %ebp, %ebp /* ends a backtrace */
    andq $-16, %rsp
    call __kos_thread_main
    ud2
    .size __kos_thread_start, . - __kos_thread_start
    .section .note.GNU-stack, "", @progbits
