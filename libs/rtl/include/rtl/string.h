/*
 * rtl/string.h: the memory and string functions of the rtl_ family, on top of the C library.
 *
 * rtl_strncpy and rtl_strlcpy always end the destination with zero (the standard strncpy does not).
 */
#ifndef RTL_STRING_H
#define RTL_STRING_H

#include <rtl/minmax.h>
#include <rtl/types.h>
#include <string.h>

#define rtl_memcpy(dst, src, size)     memcpy((dst), (src), (size))
#define rtl_memmove(dst, src, size)    memmove((dst), (src), (size))
#define rtl_memset(dst, byte, size)    memset((dst), (byte), (size))
#define rtl_memcmp(a, b, size)         memcmp((a), (b), (size))
#define rtl_memchr(ptr, byte, size)    memchr((ptr), (byte), (size))
#define rtl_strlen(str)                strlen(str)
#define rtl_strnlen(str, size)         strnlen((str), (size))
#define rtl_strcmp(a, b)               strcmp((a), (b))
#define rtl_strncmp(a, b, size)        strncmp((a), (b), (size))
#define rtl_strchr(str, c)             strchr((str), (c))
#define rtl_strrchr(str, c)            strrchr((str), (c))
#define rtl_strstr(str, part)          strstr((str), (part))
#define rtl_strcpy(dst, src)           strcpy((dst), (src))
#define rtl_strcat(dst, src)           strcat((dst), (src))

/* Copies at most size - 1 characters and a terminator; returns the length of src. */
static inline rtl_size_t rtl_strlcpy(char *dst, const char *src, rtl_size_t size)
{
    rtl_size_t length = strlen(src);
    rtl_size_t n;

    if (size) {
        n = rtl_min(length, size - 1);
        memcpy(dst, src, n);
        dst[n] = 0;
    }
    return length;
}

/* Copies at most size - 1 characters and a terminator; returns dst. src needs no terminator within
 * the first size - 1 characters. */
static inline char *rtl_strncpy(char *dst, const char *src, rtl_size_t size)
{
    rtl_size_t n = 0;

    if (!size) {
        return dst;
    }
    while (n < size - 1 && src[n]) {
        dst[n] = src[n];
        n++;
    }
    dst[n] = 0;
    return dst;
}

#endif
