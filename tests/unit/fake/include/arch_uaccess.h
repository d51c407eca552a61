/*
 * arch_uaccess.h: the inline part of arch/uaccess.h: only paths that no host test takes use it.
 */
#ifndef FAKE_ARCH_UACCESS_H
#define FAKE_ARCH_UACCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

static inline void arch_user_open(void)
{
}

static inline void arch_user_close(void)
{
}

static inline uint64_t arch_peek_pair(uint64_t va, size_t at, uint64_t *second)
{
    (void)va, (void)at;
    *second = 0;
    return ~0ull;
}

static inline bool arch_may_peek(uint64_t addresses)
{
    (void)addresses;
    return false;
}

static inline bool arch_peek_body(void *dst, uint64_t head, size_t words)
{
    (void)dst, (void)head, (void)words;
    return false;
}

static inline bool arch_poke_message(uint64_t head, uint64_t word, const void *body, size_t words)
{
    (void)head, (void)word, (void)body, (void)words;
    return false;
}

#endif
