/*
 * pvh.S: from the loader's hand-over (PVH: 32-bit protected mode, no paging, ebx = start info) to
 * 64-bit code at the kernel's own addresses, on the boot CPU's kernel stack.
 */
#include "asm_offsets.h"

#define PHYS(symbol) ((symbol) - KERNEL_BASE)

#define CR4_PAE       0x20
#define EFER          0xc0000080
#define EFER_LME_NXE  0x900
#define CR0_PG_WP     0x80010000

/* The note that tells the loader where to begin. */
    .section .note.pvh, "a", @note
    .balign 4
    .long   4                       /* bytes of the name */
    .long   8                       /* bytes of the value */
    .long   18                      /* XEN_ELFNOTE_PHYS32_ENTRY */
    .asciz  "Xen"
    .quad   PHYS(boot_entry)

    .section .text.boot, "ax", @progbits
    .code32
    .globl boot_entry
    .type boot_entry, @function
boot_entry:
    xor     %esi, %esi
/* ebx: the loader's description; esi: its magic number, zero for PVH. Multiboot2 joins here. */
    .globl boot_common
boot_common:
    cld
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
    or      $CR0_PG_WP, %eax
    mov     %eax, %cr0
    lgdt    PHYS(boot_gdtr)
    ljmp    $SEL_KERNEL_CODE, $PHYS(boot_long)

    .code64
boot_long:
    movabs  $boot_high, %rax
    jmp     *%rax
boot_high:
    mov     $SEL_KERNEL_DATA, %eax
    mov     %eax, %ss
    mov     %eax, %ds
    mov     %eax, %es
    mov     $boot_stack_top, %rsp
    xor     %ebp, %ebp
    mov     %ebx, %edi              /* esi as it is */
    call    boot_start
    ud2

    .section .data
    .balign 8
    .globl boot_gdt, boot_root
boot_gdt: /* the last is 32-bit code, on the way of the other CPUs */
    .quad   0, 0x00af9a000000ffff, 0x00cf92000000ffff, 0x00cf9a000000ffff
boot_gdtr:
    .word   23
    .long   PHYS(boot_gdt)

/* The first GiB three times: at its physical address, in the direct map, at the image's place. */
    .section .data.boot, "aw", @progbits /* of its own: others need not be filled up to a page */
    .balign 4096
boot_root:
    .quad   PHYS(boot_low) + 3
    .fill   255, 8, 0
    .quad   PHYS(boot_low) + 3
    .fill   254, 8, 0
    .quad   PHYS(boot_high_gib) + 3
boot_low:
    .quad   PHYS(boot_pages) + 3
    .fill   511, 8, 0
boot_high_gib:
    .fill   510, 8, 0
    .quad   PHYS(boot_pages) + 3, 0
boot_pages:
    page = 0
    .rept   512
    .quad   page + 0x83             /* present, writable, 2 MiB */
    page = page + 0x200000
    .endr

/* The boot CPU's kernel stack with a page below that is never mapped. */
    .section .bss
    .balign 4096
    .globl boot_stack_guard, boot_stack_top
boot_stack_guard:
    .skip   4096
    .skip   KERNEL_STACK_SIZE
boot_stack_top:

    .section .note.GNU-stack, "", @progbits
