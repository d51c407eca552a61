/*
 * nk/stddef.h: NK_NULL, nk_size_t and the standard's own stddef.h.
 */
#ifndef NK_STDDEF_H
#define NK_STDDEF_H

#include <nk/types.h>
#include <stddef.h>

#define nk_offsetof(type, member) offsetof(type, member)
#define nk_countof(array)         (sizeof(array) / sizeof((array)[0]))

#endif
