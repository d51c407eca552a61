/*
 * uaccess.S: copies to and from the current address space (contract: arch/uaccess.h).
 *
 * A page fault at one of the copying instructions makes x86_kernel_exception continue at its
 * handler, which computes what is left from the registers. The pairs stand in x86_uaccess_table.
 */
.macro SMAP insn
771:    \insn
    .pushsection .smap_sites, "a"
    .quad 771b
    .popsection
.endm

.macro RECOVER at, handler
    .pushsection .uaccess_table, "a"
    .quad \at, \handler
    .popsection
.endm

    .text

/* size_t arch_copy_from_user(void *dst, uint64_t src, size_t n)
 * size_t arch_copy_to_user(uint64_t dst, const void *src, size_t n) */
    .balign 16
    .globl arch_copy_from_user, arch_copy_to_user
    .type arch_copy_from_user, @function
    .type arch_copy_to_user, @function
arch_copy_from_user:
arch_copy_to_user:
    mov     %rdx, %rcx
    SMAP    stac
    cmp     x86_movsb_from(%rip), %rdx
    jae     2f
    shr     $3, %rcx
3:  rep movsq
    and     $7, %edx
    jz      1f
    test    $4, %dl
    jz      6f
7:  movsl                           /* in one piece: other CPUs write words that this one waits on */
    and     $3, %edx
    jz      1f
6:  mov     %edx, %ecx
2:  rep movsb
1:  SMAP    clac
    xor     %eax, %eax
    ret

4:  and     $7, %edx                /* words left and the tail */
    lea     (%rdx, %rcx, 8), %rax
    SMAP    clac
    ret
5:  mov     %rcx, %rax              /* bytes left */
    SMAP    clac
    ret
8:  mov     %edx, %eax              /* the tail */
    SMAP    clac
    ret

    RECOVER 3b, 4b
    RECOVER 2b, 5b
    RECOVER 7b, 8b

    .section .note.GNU-stack, "", @progbits
