/*
 * rtl.c: the helpers of rtl/.
 */
#include "suite.h"

#include <rtl/assert.h>
#include <rtl/compiler.h>
#include <rtl/countof.h>
#include <rtl/minmax.h>
#include <rtl/rtc.h>
#include <rtl/stdbool.h>
#include <rtl/stddef.h>
#include <rtl/stdio.h>
#include <rtl/stdlib.h>
#include <rtl/string.h>
#include <rtl/types.h>

struct pair {
    char first;
    rtl_uint64_t second;
};
rtl_static_assert(sizeof(rtl_uint8_t) == 1 && sizeof(rtl_int16_t) == 2 &&
                      sizeof(rtl_uint32_t) == 4 && sizeof(rtl_int64_t) == 8 &&
                      sizeof(rtl_size_t) == sizeof(void *) &&
                      sizeof(rtl_uintptr_t) == sizeof(void *),
                  "the types have the sizes that their names say");

static void test_strings(void)
{
    char buffer[8];

    CHECK("rtl_strncpy ends what it cuts", rtl_strncpy(buffer, "abcdefghij", sizeof(buffer)) ==
                                                   buffer && !rtl_strcmp(buffer, "abcdefg"));
    CHECK("rtl_strncpy of a short one", !rtl_strcmp(rtl_strncpy(buffer, "xy", 8), "xy"));
    CHECK_EQUAL("rtl_strlcpy tells the length", rtl_strlcpy(buffer, "0123456789", 4), 10);
    CHECK("and cuts", !rtl_strcmp(buffer, "012"));
    CHECK_EQUAL("no room at all", rtl_strlcpy(buffer, "9", 0), 1);
    CHECK("leaves the buffer alone", !rtl_strcmp(buffer, "012"));
    rtl_memset(buffer, 'z', 3);
    rtl_memcpy(buffer + 3, "q", 2);
    CHECK("rtl_memset, rtl_memcpy", !rtl_strcmp(buffer, "zzzq") && rtl_strlen(buffer) == 4);
    rtl_memmove(buffer + 1, buffer, 4);
    CHECK("rtl_memmove", !rtl_memcmp(buffer, "zzzzq", 5) && rtl_memchr(buffer, 'q', 8) == buffer + 4);
    CHECK("rtl_strchr, rtl_strrchr, rtl_strstr",
          rtl_strchr(buffer, 'q') == buffer + 4 && rtl_strrchr(buffer, 'z') == buffer + 3 &&
              rtl_strstr(buffer, "zq") == buffer + 3);
    CHECK("rtl_strncmp, rtl_strnlen", !rtl_strncmp("abc", "abd", 2) && rtl_strnlen("abcdef", 3) == 3);
    rtl_strcpy(buffer, "ab");
    rtl_strcat(buffer, "cd");
    CHECK("rtl_strcpy, rtl_strcat", !rtl_strcmp(buffer, "abcd"));
}

static void test_numbers(void)
{
    int array[7];
    char *end, text[32];

    rtl_unused(array);
    CHECK_EQUAL("rtl_countof", rtl_countof(array), 7);
    CHECK("rtl_min, rtl_max", rtl_min(3, -4) == -4 && rtl_max(3, -4) == 3);
    CHECK("rtl_align_up", rtl_align_up(4097u, 4096u) == 8192 && rtl_align_up(4096u, 4096u) == 4096);
    CHECK("rtl_align_down", rtl_align_down(8191u, 4096u) == 4096);
    CHECK("rtl_is_aligned", rtl_is_aligned(64u, 16u) && !rtl_is_aligned(65u, 16u));
    CHECK_EQUAL("rtl_offsetof", rtl_offsetof(struct pair, second), 8);
    CHECK("rtl_strtol and its like", rtl_strtol("-12x", &end, 10) == -12 && *end == 'x' &&
                                         rtl_strtoul("ff", NULL, 16) == 255 &&
                                         rtl_strtoull("777", NULL, 8) == 511 && rtl_atoi("42") == 42);
    rtl_snprintf(text, sizeof(text), "%d %s", 5, "five");
    CHECK("rtl_snprintf", !rtl_strcmp(text, "5 five"));
    rtl_sprintf(text, "%u", 7u);
    CHECK("rtl_sprintf", !rtl_strcmp(text, "7"));
    CHECK("rtl_bool", rtl_true && !rtl_false && RTL_NULL == NULL);
    CHECK("rtl_likely, rtl_unlikely", rtl_likely(5) == 1 && rtl_unlikely(0) == 0);
    CHECK("limits", RTL_UINT8_MAX == 255 && RTL_UINT32_MAX == 4294967295u &&
                        RTL_INT32_MIN == -2147483647 - 1 && RTL_SIZE_MAX == ~(rtl_size_t)0);
    rtl_assert(rtl_true);
}

void test_rtl(void)
{
    test_strings();
    test_numbers();
    rtl_printf("%s\n", "written by rtl_printf");
    rtl_puts("written by rtl_puts");
}
