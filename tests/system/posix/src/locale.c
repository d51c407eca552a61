/*
 * locale.c: <locale.h>, <langinfo.h>, <monetary.h>, <iconv.h>.
 */
#include "suite.h"

#include <iconv.h>
#include <langinfo.h>
#include <locale.h>
#include <monetary.h>
#include <stdlib.h>
#include <string.h>

static void test_locales(void)
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0), copy = duplocale(c), before;

    HOLDS(setlocale(LC_ALL, "C") && strcmp(setlocale(LC_ALL, NULL), "C") == 0);
    HOLDS(strcmp(localeconv()->decimal_point, ".") == 0);
    HOLDS(c && copy);
    before = uselocale(copy);
    HOLDS(before == LC_GLOBAL_LOCALE && uselocale(before) == copy);
    HOLDS(strcmp(nl_langinfo(DAY_1), "Sunday") == 0 && strcmp(nl_langinfo_l(MON_12, c), "December") == 0);
    HOLDS(strcmp(nl_langinfo(RADIXCHAR), ".") == 0);
    HOLDS(MB_CUR_MAX == 1 && setlocale(LC_CTYPE, "C.UTF-8") && MB_CUR_MAX == 4);
    freelocale(copy);
    freelocale(c);
}

static void test_money(void)
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    char text[32];

    HOLDS(strfmon(text, sizeof text, "%.2n|", 12.5) == 6 && strcmp(text, "12.50|") == 0);
    HOLDS(strfmon_l(text, sizeof text, c, "%.1n", 2.0) == 3);
    errno = 0;
    HOLDS(strfmon(text, 3, "%.2n", 12.5) == -1 && errno == E2BIG);
    freelocale(c);
}

static void test_conversion(void)
{
    iconv_t to = iconv_open("UTF-8", "ISO-8859-1");
    char in[] = "a\xe4", out[8], *from = in, *at = out;
    size_t left = 2, room = sizeof out;

    HOLDS(to != (iconv_t)-1 && iconv(to, &from, &left, &at, &room) == 0);
    HOLDS(left == 0 && at == out + 3 && memcmp(out, "a\xc3\xa4", 3) == 0);
    HOLDS(iconv_close(to) == 0);
    errno = 0;
    HOLDS(iconv_open("no such", "UTF-8") == (iconv_t)-1 && errno == EINVAL);
}

void run_locale(void)
{
    test_locales();
    test_money();
    test_conversion();
}
