/*
 * ctype.c: <ctype.h>: each class against its list of characters, with and without a locale.
 */
#include "suite.h"

#include <ctype.h>
#include <locale.h>
#include <string.h>

static locale_t locale;

static int is_class(int (*is)(int), int (*is_l)(int, locale_t), const char *members)
{
    for (int c = -1; c < 128; c++) {
        int want = c > 0 && strchr(members, c) != NULL;

        if (!!is(c) != want || !!is_l(c, locale) != want) {
            return 0;
        }
    }
    return 1;
}

#define LOWER "abcdefghijklmnopqrstuvwxyz"
#define UPPER "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
#define DIGIT "0123456789"
#define PUNCT "!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~"
#define CLASS(name, members) CHECK(#name, is_class(name, name##_l, members))

static void test_control(void)
{
    int holds = 1;

    for (int c = 0; c < 128; c++) {
        int want = c < 32 || c == 127;
        holds &= !!iscntrl(c) == want && !!iscntrl_l(c, locale) == want;
    }
    CHECK("iscntrl", holds);
}

void run_ctype(void)
{
    locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    CLASS(isalnum, LOWER UPPER DIGIT);
    CLASS(isalpha, LOWER UPPER);
    CLASS(isblank, " \t");
    CLASS(isdigit, DIGIT);
    CLASS(isgraph, LOWER UPPER DIGIT PUNCT);
    CLASS(islower, LOWER);
    CLASS(isprint, LOWER UPPER DIGIT PUNCT " ");
    CLASS(ispunct, PUNCT);
    CLASS(isspace, " \t\n\v\f\r");
    CLASS(isupper, UPPER);
    CLASS(isxdigit, DIGIT "abcdefABCDEF");
    test_control();
    HOLDS(tolower('A') == 'a' && tolower('1') == '1' && tolower_l('Z', locale) == 'z');
    HOLDS(toupper('a') == 'A' && toupper('1') == '1' && toupper_l('z', locale) == 'Z');
    HOLDS(isascii(127) && !isascii(128) && toascii(0xc1) == 0x41);
    freelocale(locale);
}
