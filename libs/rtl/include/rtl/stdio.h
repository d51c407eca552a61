/*
 * rtl/stdio.h: formatted output of the rtl_ family. rtl_printf writes to the console (stderr), with
 * or without a file system.
 */
#ifndef RTL_STDIO_H
#define RTL_STDIO_H

#include <rtl/types.h>
#include <stdarg.h>
#include <stdio.h>

#define rtl_printf(...)                             fprintf(stderr, __VA_ARGS__)
#define rtl_vprintf(format, args)                   vfprintf(stderr, (format), (args))
#define rtl_snprintf(...)                           snprintf(__VA_ARGS__)
#define rtl_vsnprintf(buffer, size, format, args)   vsnprintf((buffer), (size), (format), (args))
#define rtl_sprintf(...)                            sprintf(__VA_ARGS__)
#define rtl_puts(str)                               fprintf(stderr, "%s\n", (str))

#endif
