/*
 * multiboot.S: the header that a Multiboot2 loader (GRUB) looks for, and its entry.
 *
 * The loader calls in the state that PVH has too (32-bit protected mode, no paging), under BIOS and
 * under UEFI, eax = magic, ebx = its description of the machine. That may lie anywhere below 4 GiB,
 * so it is copied into the image before the first page tables, which map one GiB, are on.
 */
#include "asm_offsets.h"
#include "multiboot.h"

#define PHYS(symbol) ((symbol) - KERNEL_BASE)

    .section .multiboot, "a", @progbits
    .balign 8
header:
    .long   MULTIBOOT_HEADER_MAGIC
    .long   0                       /* i386 */
    .long   header_end - header
    .long   -(MULTIBOOT_HEADER_MAGIC + (header_end - header))
    .short  3, 0                    /* where to begin */
    .long   12
    .long   PHYS(multiboot_entry)
    .balign 8
    .short  6, 0                    /* modules to pages */
    .long   8
    .balign 8
    .short  0, 0                    /* end */
    .long   8
header_end:

    .section .text.boot, "ax", @progbits
    .code32
    .type multiboot_entry, @function
multiboot_entry:
    cld
    xor     %edx, %edx
    cmp     $MULTIBOOT_MAGIC, %eax
    jne     1f
    mov     %eax, %edx
    mov     %ebx, %esi
    mov     (%ebx), %ecx
    cmp     $MULTIBOOT_INFO_MAX, %ecx
    jbe     2f
    mov     $MULTIBOOT_INFO_MAX, %ecx
2:  mov     $PHYS(multiboot_info), %edi
    mov     %edi, %ebx
    rep movsb
1:  mov     %edx, %esi
    jmp     boot_common

    .section .bss
    .balign 8
    .globl multiboot_info
multiboot_info:
    .skip   MULTIBOOT_INFO_MAX

    .section .note.GNU-stack, "", @progbits
