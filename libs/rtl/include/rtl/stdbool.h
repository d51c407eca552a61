/*
 * rtl/stdbool.h: rtl_bool and its two values.
 */
#ifndef RTL_STDBOOL_H
#define RTL_STDBOOL_H

#ifndef __cplusplus
#include <stdbool.h>
#endif

typedef int rtl_bool;
#define rtl_true  1
#define rtl_false 0

#endif
