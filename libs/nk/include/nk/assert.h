/*
 * nk/assert.h: nk_assert(), which is assert() under the name that generated code uses.
 */
#ifndef NK_ASSERT_H
#define NK_ASSERT_H

#include <assert.h>
#include <nk/compiler.h>

#define nk_assert(condition) assert(condition)

#endif
