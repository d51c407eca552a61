/*
 * string.S: memcpy, memmove, memset and memcmp, which the compiler may call. Word-wise string
 * instructions and a tail.
 */
    .text

    .balign 16
    .globl memcpy
    .type memcpy, @function
memcpy:
    mov     %rdi, %rax
    mov     %rdx, %rcx
    shr     $3, %rcx
    rep movsq
    and     $7, %edx
    jz      1f
    mov     %edx, %ecx
    rep movsb
1:  ret

    .balign 16
    .globl memmove
    .type memmove, @function
memmove:
    mov     %rdi, %rax
    sub     %rsi, %rax
    cmp     %rdx, %rax
    jae     memcpy                  /* the destination does not begin inside the source */
    mov     %rdi, %rax
    lea     -1(%rdi, %rdx), %rdi
    lea     -1(%rsi, %rdx), %rsi
    mov     %rdx, %rcx
    std
    rep movsb
    cld
    ret

    .balign 16
    .globl memset
    .type memset, @function
memset:
    mov     %rdi, %r8
    movzbl  %sil, %eax
    mov     $0x0101010101010101, %rcx
    imul    %rcx, %rax
    mov     %rdx, %rcx
    shr     $3, %rcx
    rep stosq
    and     $7, %edx
    jz      1f
    mov     %edx, %ecx
    rep stosb
1:  mov     %r8, %rax
    ret

    .balign 16
    .globl memcmp
    .type memcmp, @function
memcmp:
    xor     %eax, %eax
    mov     %rdx, %rcx
    cmp     %eax, %eax              /* equal if there is nothing to compare */
    repe cmpsb
    je      1f
    movzbl  -1(%rdi), %eax
    movzbl  -1(%rsi), %ecx
    sub     %ecx, %eax
1:  ret

    .section .note.GNU-stack, "", @progbits
