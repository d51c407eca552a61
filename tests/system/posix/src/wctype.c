/*
 * wctype.c: <wctype.h>: each class against its list of characters, with and without a locale.
 */
#include "suite.h"

#include <locale.h>
#include <wchar.h>
#include <wctype.h>

static locale_t locale;

static int is_class(int (*is)(wint_t), int (*is_l)(wint_t, locale_t), const char *name,
                    const wchar_t *members)
{
    wctype_t type = wctype(name), same = wctype_l(name, locale);

    for (wint_t c = 1; c < 128; c++) {
        int want = wcschr(members, (wchar_t)c) != NULL;

        if (!!is(c) != want || !!is_l(c, locale) != want || !!iswctype(c, type) != want ||
            !!iswctype_l(c, same, locale) != want) {
            return 0;
        }
    }
    return !is(WEOF) && type == same;
}

#define LOWER L"abcdefghijklmnopqrstuvwxyz"
#define UPPER L"ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT L"0123456789"
#define PUNCT L"!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
#define CLASS(name, members)                                                                       \
    CHECK("isw" #name, is_class(isw##name, isw##name##_l, #name, members))

static void test_control(void)
{
    int holds = 1;

    for (wint_t c = 0; c < 128; c++) {
        int want = c < 32 || c == 127;
        holds &= !!iswcntrl(c) == want && !!iswcntrl_l(c, locale) == want;
    }
    CHECK("iswcntrl", holds);
}

void run_wctype(void)
{
    wctrans_t up = wctrans("toupper"), low;

    locale = newlocale(LC_ALL_MASK, "C.UTF-8", (locale_t)0);
    low = wctrans_l("tolower", locale);
    CLASS(alnum, LOWER UPPER DIGIT);
    CLASS(alpha, LOWER UPPER);
    CLASS(blank, L" \t");
    CLASS(digit, DIGIT);
    CLASS(graph, LOWER UPPER DIGIT PUNCT);
    CLASS(lower, LOWER);
    CLASS(print, LOWER UPPER DIGIT PUNCT L" ");
    CLASS(punct, PUNCT);
    CLASS(space, L" \t\n\v\f\r");
    CLASS(upper, UPPER);
    CLASS(xdigit, DIGIT L"abcdefABCDEF");
    test_control();
    HOLDS(wctype("nonsense") == 0 && wctrans("nonsense") == 0);
    HOLDS(iswalpha(0xe4) && iswupper(0x416) && !iswalpha(0x20ac));
    HOLDS(towlower(0x416) == 0x436 && towlower_l('A', locale) == 'a');
    HOLDS(towupper(0xe4) == 0xc4 && towupper_l('a', locale) == 'A');
    HOLDS(towctrans('a', up) == 'A' && towctrans_l('A', low, locale) == 'a');
    freelocale(locale);
}
