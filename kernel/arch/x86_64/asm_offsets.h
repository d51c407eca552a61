/*
 * asm_offsets.h: numbers shared by entry.S and C; the C side asserts each of them.
 */
#ifndef X86_ASM_OFFSETS_H
#define X86_ASM_OFFSETS_H

/* Selectors. The order is what syscall and sysret want; there is no 32-bit user code segment. */
#define SEL_KERNEL_CODE 0x08
#define SEL_KERNEL_DATA 0x10
#define SEL_USER_DATA   0x23
#define SEL_USER_CODE   0x2b
#define SEL_TSS         0x30

/* struct user_regs */
#define REGS_R15     0
#define REGS_R14     8
#define REGS_R13     16
#define REGS_R12     24
#define REGS_RBP     32
#define REGS_RBX     40
#define REGS_R10     48
#define REGS_R9      56
#define REGS_R8      64
#define REGS_RAX     72
#define REGS_RDX     80
#define REGS_RSI     88
#define REGS_RDI     96
#define REGS_RCX     104
#define REGS_R11     112
#define REGS_VECTOR  120
#define REGS_ERROR   128
#define REGS_RIP     136
#define REGS_CS      144
#define REGS_RFLAGS  152
#define REGS_RSP     160
#define REGS_SS      168
#define REGS_SIZE    176
#define REGS_SYSCALL 0x100 /* in `vector`: the registers were saved by a system call */

/* struct thread_head, behind the registers */
#define THREAD_TLS    (REGS_SIZE + 0)
#define THREAD_GS     (REGS_SIZE + 8)
#define THREAD_FPU    (REGS_SIZE + 16)
#define THREAD_ASPACE (REGS_SIZE + 24)

/* struct cpu, reached through gs */
#define CPU_SELF        0
#define CPU_STACK_TOP   8
#define CPU_USER_RSP    16
#define CPU_FAULT_VA    24
#define CPU_ROOT        32
#define CPU_SCRATCH     40
#define CPU_RSP0        120
#define CPU_ARCH_SIZE   256
#define CPU_CURRENT     CPU_ARCH_SIZE
#define CPU_CLAIM       (CPU_ARCH_SIZE + 8)

/* Vectors */
#define VECTOR_TIMER    0x40
#define VECTOR_CPU      0x41 /* another CPU wants something */
#define VECTOR_SPURIOUS 0xff

/* The kernel's view of memory */
#define KERNEL_BASE     0xffffffff80000000 /* physical 0, as the image is linked */
#define DIRECT_MAP_BASE 0xffff800000000000 /* all of RAM */
#define LAPIC_REQUESTS 0x200 /* there: interrupts that wait, eight registers 16 bytes apart */
#define LAPIC_VA        0xffffffffffe00000 /* one page of the local APIC */
#define KERNEL_STACK_SIZE 16384
#define STACKS_VA       0xffffffffffc00000 /* kernel stacks of the other CPUs, 64 times 32 KiB */
#define STACK_SLOT      32768 /* the lower half is never mapped */

#endif
