/*
 * rtl/stdlib.h: number parsing of the rtl_ family.
 */
#ifndef RTL_STDLIB_H
#define RTL_STDLIB_H

#include <rtl/types.h>
#include <stdlib.h>

#define rtl_strtol(str, end, base)   strtol((str), (end), (base))
#define rtl_strtoul(str, end, base)  strtoul((str), (end), (base))
#define rtl_strtoull(str, end, base) strtoull((str), (end), (base))
#define rtl_atoi(str)                atoi(str)
#define rtl_abort()                  abort()

#endif
