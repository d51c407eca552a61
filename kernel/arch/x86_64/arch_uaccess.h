/*
 * arch_uaccess.h: the inline part of arch/uaccess.h for x86_64.
 *
 * A page fault at one of these instructions makes x86_kernel_exception go on at the place beside it in
 * the table (uaccess.S has the others).
 */
#ifndef X86_ARCH_UACCESS_H
#define X86_ARCH_UACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define X86_SMAP(insn)                                                                             \
    __asm__ volatile("771: " insn "\n\t"                                                           \
                     ".pushsection .smap_sites, \"a\"\n\t"                                         \
                     ".quad 771b\n\t"                                                              \
                     ".popsection"                                                                 \
                     :                                                                             \
                     :                                                                             \
                     : "memory", "cc")
#define X86_RECOVER(at, handler)                                                                   \
    ".pushsection .uaccess_table, \"a\"\n\t"                                                       \
    ".quad " at ", " handler "\n\t"                                                                \
    ".popsection\n\t"

static inline void arch_user_open(void)
{
    X86_SMAP("stac");
}

static inline void arch_user_close(void)
{
    X86_SMAP("clac");
}

/* The upper half of the addresses begins at bit 47; between the programs' and that bit nothing is mapped. */
static inline bool arch_may_peek(uint64_t addresses)
{
    bool is_none;
    __asm__("shr $47, %0" : "+r"(addresses), "=@ccz"(is_none));
    return is_none;
}

static inline uint64_t arch_peek_pair(uint64_t va, size_t at, uint64_t *second)
{
    uint64_t first;
    uint64_t n;
    __asm__ volatile("1: movq (%2), %0\n\t"
                     "2: movl %c3(%2), %k1\n\t"
                     "3:\n\t"
                     ".pushsection .text.unlikely\n\t"
                     "4: movq $-1, %0\n\t"
                     "jmp 3b\n\t"
                     ".popsection\n\t"
                     X86_RECOVER("1b", "4b") X86_RECOVER("2b", "4b")
                     : "=&r"(first), "=r"(n)
                     : "r"(va), "i"(at)
                     : "memory");
    *second = n;
    return first;
}

/* In the two that follow rcx is what is left: not zero after a fault. */
static inline bool arch_peek_body(void *dst, uint64_t head, size_t words)
{
    uint64_t from = head + 24;
    __asm__ volatile("1: testb $0, -24(%1)\n\t"
                     "2: rep movsq\n\t"
                     "3:\n\t"
                     ".pushsection .text.unlikely\n\t"
                     "4: movl $1, %%ecx\n\t"
                     "jmp 3b\n\t"
                     ".popsection\n\t"
                     X86_RECOVER("1b", "4b") X86_RECOVER("2b", "3b")
                     : "+D"(dst), "+S"(from), "+c"(words)
                     :
                     : "memory", "cc");
    return words == 0;
}

static inline bool arch_poke_message(uint64_t head, uint64_t word, const void *body, size_t words)
{
    __asm__ volatile("1: movq $0, (%0)\n\t"
                     "2: movq $0, 8(%0)\n\t"
                     "3: movq %3, 16(%0)\n\t"
                     "add $24, %0\n\t"
                     "4: rep movsq\n\t"
                     "5:\n\t"
                     ".pushsection .text.unlikely\n\t"
                     "6: movl $1, %%ecx\n\t"
                     "jmp 5b\n\t"
                     ".popsection\n\t"
                     X86_RECOVER("1b", "6b") X86_RECOVER("2b", "6b") X86_RECOVER("3b", "6b")
                     X86_RECOVER("4b", "5b")
                     : "+D"(head), "+S"(body), "+c"(words)
                     : "r"(word)
                     : "memory", "cc");
    return words == 0;
}

#endif
