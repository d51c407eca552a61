/*
 * rtl/countof.h: the number of elements of an array.
 */
#ifndef RTL_COUNTOF_H
#define RTL_COUNTOF_H

#include <stddef.h>

#define rtl_countof(array) (sizeof(array) / sizeof((array)[0]))

#endif
