/*
 * rtl/stddef.h: RTL_NULL and member offsets.
 */
#ifndef RTL_STDDEF_H
#define RTL_STDDEF_H

#include <rtl/stdint.h>
#include <stddef.h>

#ifdef __cplusplus
#define RTL_NULL 0
#else
#define RTL_NULL ((void *)0)
#endif

#define rtl_offsetof(type, member) offsetof(type, member)

#endif
