/*
 * nk/compiler.h: what the compiler offers, under names that the other nk headers use.
 */
#ifndef NK_COMPILER_H
#define NK_COMPILER_H

#define nk_unused(x) ((void)(x))

#define nk_likely(x)   __builtin_expect(!!(x), 1)
#define nk_unlikely(x) __builtin_expect(!!(x), 0)

#define NK_PACKED        __attribute__((packed))
#define NK_ALIGNED(n)    __attribute__((aligned(n)))
#define NK_MAYBE_UNUSED  __attribute__((unused))
#define NK_ALWAYS_INLINE __attribute__((always_inline))

#ifdef __cplusplus
#define nk_alignof(type)            alignof(type)
#define nk_static_assert(cond, msg) static_assert(cond, msg)
#else
#define nk_alignof(type)            _Alignof(type)
#define nk_static_assert(cond, msg) _Static_assert(cond, msg)
#endif

#endif
