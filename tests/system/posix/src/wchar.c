/*
 * wchar.c: <wchar.h>: strings and memory of wide characters, conversions.
 */
#include "suite.h"

#include <locale.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <wchar.h>

#define EURO "\xe2\x82\xac"

static void test_memory(void)
{
    wchar_t a[8] = L"abcdef", b[8];

    HOLDS(wmemcpy(b, a, 8) == b && wmemcmp(a, b, 8) == 0);
    HOLDS(wmemmove(b + 1, b, 5) == b + 1 && wcscmp(b, L"aabcde") == 0);
    HOLDS(wmemset(b, L'x', 3) == b && wmemcmp(b, L"xxxcde", 6) == 0);
    HOLDS(wmemchr(a, L'c', 6) == a + 2 && !wmemchr(a, L'c', 2));
}

static void test_copies(void)
{
    wchar_t b[16], *copy;

    HOLDS(wcscpy(b, L"abc") == b && wcpcpy(b, L"abc") == b + 3);
    HOLDS(wcsncpy(b, L"a", 4) == b && wmemcmp(b, L"a\0\0", 4) == 0);
    HOLDS(wcpncpy(b, L"abcd", 2) == b + 2);
    wcscpy(b, L"ab");
    HOLDS(wcscat(b, L"cd") == b && wcsncat(b, L"efgh", 2) == b && wcscmp(b, L"abcdef") == 0);
    copy = wcsdup(b);
    HOLDS(copy && wcscmp(copy, b) == 0);
    free(copy);
}

static void test_compare(void)
{
    locale_t locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    wchar_t b[8];

    HOLDS(wcscmp(L"a", L"b") < 0 && wcsncmp(L"abx", L"aby", 2) == 0);
    HOLDS(wcscoll(L"a", L"b") < 0 && wcscoll_l(L"b", L"a", locale) > 0);
    HOLDS(wcsxfrm(b, L"abc", 8) == 3 && wcsxfrm_l(b, L"abc", 8, locale) == 3);
    HOLDS(wcscasecmp(L"ABC", L"abc") == 0 && wcscasecmp_l(L"ABC", L"abd", locale) < 0);
    HOLDS(wcsncasecmp(L"ABx", L"aby", 2) == 0 && wcsncasecmp_l(L"ABx", L"aby", 3, locale) < 0);
    freelocale(locale);
}

static void test_search(void)
{
    wchar_t text[] = L"a,b,,c", *state;

    HOLDS(wcslen(L"abc") == 3 && wcsnlen(L"abc", 2) == 2);
    HOLDS(wcschr(text, L',') == text + 1 && !wcschr(text, L'z') && wcsrchr(text, L',') == text + 4);
    HOLDS(wcscspn(text, L",") == 1 && wcsspn(text, L"a,") == 2 && wcspbrk(text, L"cb") == text + 2);
    HOLDS(wcsstr(text, L",,") == text + 3 && wcswcs(text, L"b,") == text + 2);
    HOLDS(wcstok(text, L",", &state) == text && wcstok(NULL, L",", &state) == text + 2 &&
          wcstok(NULL, L",", &state) == text + 5 && !wcstok(NULL, L",", &state));
    HOLDS(wcwidth(L'a') == 1 && wcwidth(0x4e00) == 2 && wcswidth(L"ab", 2) == 2);
}

static void test_numbers(void)
{
    wchar_t *end;

    HOLDS(wcstol(L"-12x", &end, 10) == -12 && *end == L'x');
    HOLDS(wcstoul(L"0x1f", NULL, 0) == 31 && wcstoll(L"777", NULL, 8) == 511);
    HOLDS(wcstoull(L"18446744073709551615", NULL, 10) == ~0ull);
    HOLDS(wcstod(L"2.5", NULL) == 2.5 && wcstof(L"0.5", NULL) == 0.5f && wcstold(L"-1e3", &end) == -1000);
    errno = 0;
    HOLDS(wcstol(L"99999999999999999999", NULL, 10) == 0x7fffffffffffffff && errno == ERANGE);
}

static void test_one(void)
{
    mbstate_t state = {0};
    wchar_t c = 0;
    char bytes[8];

    HOLDS(btowc('a') == L'a' && btowc(0xe2) == WEOF && wctob(L'a') == 'a' && wctob(0x20ac) == EOF);
    HOLDS(mbrlen(EURO, 3, &state) == 3 && mbrtowc(&c, EURO, 3, &state) == 3 && c == 0x20ac);
    HOLDS(mbrtowc(&c, EURO, 2, &state) == (size_t)-2 && !mbsinit(&state));
    HOLDS(mbrtowc(&c, &EURO[2], 1, &state) == 1 && c == 0x20ac && mbsinit(&state));
    HOLDS(wcrtomb(bytes, 0x20ac, &state) == 3 && memcmp(bytes, EURO, 3) == 0);
    errno = 0;
    HOLDS(mbrtowc(&c, "\xff", 1, &state) == (size_t)-1 && errno == EILSEQ);
}

static void test_many(void)
{
    mbstate_t state = {0};
    const char *from = "a" EURO;
    const wchar_t *wide = L"a\x20ac";
    wchar_t to[4];
    char bytes[8];

    HOLDS(mbsrtowcs(to, &from, 4, &state) == 2 && to[1] == 0x20ac && !from);
    from = "a" EURO;
    HOLDS(mbsnrtowcs(to, &from, 1, 4, &state) == 1 && to[0] == L'a');
    HOLDS(wcsrtombs(bytes, &wide, 8, &state) == 4 && memcmp(bytes, "a" EURO, 5) == 0 && !wide);
    wide = L"ab";
    HOLDS(wcsnrtombs(bytes, &wide, 1, 8, &state) == 1 && bytes[0] == 'a');
}

static void test_wcsftime(void)
{
    struct tm tm = {.tm_year = 100, .tm_mon = 1, .tm_mday = 29};
    wchar_t text[16];

    HOLDS(wcsftime(text, 16, L"%Y-%m-%d", &tm) == 10 && wcscmp(text, L"2000-02-29") == 0);
}

void run_wchar(void)
{
    setlocale(LC_CTYPE, "C.UTF-8");
    test_memory();
    test_copies();
    test_compare();
    test_search();
    test_numbers();
    test_one();
    test_many();
    test_wcsftime();
}
