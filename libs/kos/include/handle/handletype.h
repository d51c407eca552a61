/*
 * handle/handletype.h: Handle, the number by which a process names what it may use.
 */
#ifndef HANDLE_HANDLETYPE_H
#define HANDLE_HANDLETYPE_H

#include <rtl/types.h>

/* Valid in one process alone; the same number may mean something else in another. */
typedef rtl_uint32_t Handle;

#define INVALID_HANDLE ((Handle)0)

/* Types of resources that programs provide themselves (KnHandleCreateUserObject). */
#define HANDLE_TYPE_USER_FIRST 0x10000u
#define HANDLE_TYPE_USER_LAST  0x1ffffu

#endif
