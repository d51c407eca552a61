/*
 * start.S: notes the time stamp counter at the first instruction of the program.
 */
    .text
    .globl bench_start
    .type bench_start, @function
bench_start:
    rdtsc
    movl %eax, bench_start_time(%rip)
    movl %edx, bench_start_time+4(%rip)
    jmp _start
    .size bench_start, . - bench_start

    .bss
    .globl bench_start_time
    .balign 8
bench_start_time:
    .skip 8
    .section .note.GNU-stack, "", @progbits
