/*
 * rtl/assert.h: rtl_assert() is assert().
 */
#ifndef RTL_ASSERT_H
#define RTL_ASSERT_H

#include <assert.h>

#define rtl_assert(condition) assert(condition)

#ifdef __cplusplus
#define rtl_static_assert(cond, msg) static_assert(cond, msg)
#else
#define rtl_static_assert(cond, msg) _Static_assert(cond, msg)
#endif

#endif
