/*
 * core/copy.h: memory primitives of the freestanding kernel.
 */
#ifndef CORE_COPY_H
#define CORE_COPY_H

#include <stddef.h>

static inline void copy_bytes(void *dst, const void *src, size_t n)
{
    __builtin_memcpy(dst, src, n);
}

static inline void zero_bytes(void *dst, size_t n)
{
    __builtin_memset(dst, 0, n);
}

#endif
