/*
 * nk/assert.h: nk_assert(), which is assert() under the name that generated code uses.
 */
#ifndef NK_ASSERT_H
#define NK_ASSERT_H

#include <nk/compiler.h>

#if __STDC_HOSTED__
#include <assert.h>
#define nk_assert(condition) assert(condition)
#else /* the kernel includes the types of its own interfaces and calls nothing of theirs */
#define nk_assert(condition) ((void)sizeof(!(condition)))
#endif

#endif
