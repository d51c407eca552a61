/*
 * vectors.S: loads and stores of all vector registers.
 */
    .macro ALL16 name
    .irp n, 0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15
    \name \n
    .endr
    .endm
    .macro AVX_LOAD n
    vmovdqu 32*\n(%rdi), %ymm\n
    .endm
    .macro AVX_STORE n
    vmovdqu %ymm\n, 32*\n(%rsi)
    .endm
    .macro SSE_LOAD n
    movdqu  32*\n(%rdi), %xmm\n
    .endm
    .macro SSE_STORE n
    movdqu  %xmm\n, 32*\n(%rsi)
    .endm

    .text
/* void vectors_round_avx(const void *in, void *out, void (*between)(void)); the same with sse */
    .globl vectors_round_avx
    .type vectors_round_avx, @function
vectors_round_avx:
    push    %rsi
    ALL16 AVX_LOAD
    call    *%rdx
    pop     %rsi
    ALL16 AVX_STORE
    vzeroupper
    ret

    .globl vectors_round_sse
    .type vectors_round_sse, @function
vectors_round_sse:
    push    %rsi
    ALL16 SSE_LOAD
    call    *%rdx
    pop     %rsi
    ALL16 SSE_STORE
    ret

/* Where a thread begins: rdi: 1 with AVX. */
    .globl vectors_fresh_entry
    .type vectors_fresh_entry, @function
vectors_fresh_entry:
    lea     vectors_fresh_found(%rip), %rsi
    test    %edi, %edi
    jz      1f
    ALL16 AVX_STORE
1:  fxsave64 vectors_fresh_legacy(%rip)
    and     $-16, %rsp
    call    vectors_fresh_end
    ud2

    .section .note.GNU-stack, "", @progbits
