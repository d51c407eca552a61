/*
 * rtl/compiler.h: what the compiler offers, under rtl names.
 */
#ifndef RTL_COMPILER_H
#define RTL_COMPILER_H

#define rtl_unused(x)   ((void)(x))
#define rtl_likely(x)   __builtin_expect(!!(x), 1)
#define rtl_unlikely(x) __builtin_expect(!!(x), 0)

#define RTL_UNUSED        __attribute__((unused))
#define RTL_NORETURN      __attribute__((noreturn))
#define RTL_PACKED        __attribute__((packed))
#define RTL_ALIGNED(n)    __attribute__((aligned(n)))
#define RTL_ALWAYS_INLINE __attribute__((always_inline))
#define RTL_NOINLINE      __attribute__((noinline))
#define RTL_PRINTF(format, first) __attribute__((format(printf, format, first)))

#ifdef __cplusplus
#define __RTL_EXTERN_C     extern "C"
#define __RTL_BEGIN_DECLS  extern "C" {
#define __RTL_END_DECLS    }
#else
#define __RTL_EXTERN_C     extern
#define __RTL_BEGIN_DECLS
#define __RTL_END_DECLS
#endif

#endif
