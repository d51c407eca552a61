/*
 * rtl/types.h: all the rtl_ types in one include.
 */
#ifndef RTL_TYPES_H
#define RTL_TYPES_H

#include <rtl/stdbool.h>
#include <rtl/stddef.h>
#include <rtl/stdint.h>

#endif
