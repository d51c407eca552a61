/*
 * rtl/stdint.h: the integer types of the rtl_ family.
 */
#ifndef RTL_STDINT_H
#define RTL_STDINT_H

#include <stddef.h>
#include <stdint.h>

typedef int8_t rtl_int8_t;
typedef int16_t rtl_int16_t;
typedef int32_t rtl_int32_t;
typedef int64_t rtl_int64_t;
typedef uint8_t rtl_uint8_t;
typedef uint16_t rtl_uint16_t;
typedef uint32_t rtl_uint32_t;
typedef uint64_t rtl_uint64_t;
typedef intptr_t rtl_intptr_t;
typedef uintptr_t rtl_uintptr_t;
typedef size_t rtl_size_t;
typedef ptrdiff_t rtl_ssize_t;
typedef ptrdiff_t rtl_ptrdiff_t;

#define RTL_INT8_C(c)   INT8_C(c)
#define RTL_INT16_C(c)  INT16_C(c)
#define RTL_INT32_C(c)  INT32_C(c)
#define RTL_INT64_C(c)  INT64_C(c)
#define RTL_UINT8_C(c)  UINT8_C(c)
#define RTL_UINT16_C(c) UINT16_C(c)
#define RTL_UINT32_C(c) UINT32_C(c)
#define RTL_UINT64_C(c) UINT64_C(c)

#define RTL_INT32_MIN  INT32_MIN
#define RTL_INT32_MAX  INT32_MAX
#define RTL_UINT8_MAX  UINT8_MAX
#define RTL_UINT16_MAX UINT16_MAX
#define RTL_UINT32_MAX UINT32_MAX
#define RTL_INT64_MIN  INT64_MIN
#define RTL_INT64_MAX  INT64_MAX
#define RTL_UINT64_MAX UINT64_MAX
#define RTL_SIZE_MAX   SIZE_MAX

#endif
