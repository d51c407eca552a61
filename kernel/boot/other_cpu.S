/*
 * other_cpu.S: from the start interrupt (real mode, at a page of low memory) to 64-bit code on the CPU's
 * own stack. The first page tables and descriptors are those of the boot CPU (pvh.S).
 */
#include "asm_offsets.h"

#define PHYS(symbol) ((symbol) - KERNEL_BASE)

#define CR4_PAE       0x20
#define EFER          0xc0000080
#define EFER_LME_NXE  0x900
#define CR0_PG_WP     0x80010000
#define CR0_CD_NW     0x60000000
#define SEL_CODE_32   0x18

    .section .rodata
/* Copied to low memory: position-independent but for the jump out of it. */
    .globl other_cpu_entry, other_cpu_entry_end
    .balign 16
    .code16
other_cpu_entry:
    cli
    cld
    mov     %cs, %ax
    mov     %ax, %ds
    lgdtl   other_gdtr - other_cpu_entry
    mov     %cr0, %eax
    or      $1, %eax
    mov     %eax, %cr0
    ljmpl   $SEL_CODE_32, $PHYS(other_cpu_32)
    .balign 4
other_gdtr:
    .word   31
    .long   PHYS(boot_gdt)
other_cpu_entry_end:

    .section .text.boot, "ax", @progbits
    .code32
other_cpu_32:
    mov     $SEL_KERNEL_DATA, %eax
    mov     %eax, %ds
    mov     %eax, %es
    mov     %eax, %ss
    mov     $PHYS(boot_root), %eax
    mov     %eax, %cr3
    mov     %cr4, %eax
    or      $CR4_PAE, %eax
    mov     %eax, %cr4
    mov     $EFER, %ecx
    rdmsr
    or      $EFER_LME_NXE, %eax
    wrmsr
    mov     %cr0, %eax
    and     $~CR0_CD_NW, %eax
    or      $CR0_PG_WP, %eax
    mov     %eax, %cr0
    ljmp    $SEL_KERNEL_CODE, $PHYS(other_cpu_64)

    .code64
other_cpu_64:
    movabs  $other_cpu_high, %rax
    jmp     *%rax
other_cpu_high:
    mov     other_cpu_root(%rip), %rax
    mov     %rax, %cr3
    mov     other_cpu_stack(%rip), %rsp
    mov     other_cpu_self(%rip), %rdi
    xor     %ebp, %ebp
    call    x86_other_cpu_start
    ud2

    .section .bss
    .balign 8
    .globl other_cpu_root, other_cpu_stack, other_cpu_self
other_cpu_root:
    .skip   8
other_cpu_stack:
    .skip   8
other_cpu_self:
    .skip   8

    .section .note.GNU-stack, "", @progbits
