/*
 * string.c: strings, numbers, sorting, characters, mathematics: the parts that need no kernel.
 */
#include <complex.h>
#include <ctype.h>
#include <iconv.h>
#include <limits.h>
#include <locale.h>
#include <math.h>
#include <regex.h>
#include <setjmp.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <wchar.h>

#include "check.h"

static void test_strings(void)
{
    char buf[32] = "hello", *save, *word, *copy;

    CHECK("strlen", strlen("hello") == 5);
    CHECK("memmove over itself", (memmove(buf + 1, buf, 6), strcmp(buf, "hhello") == 0));
    CHECK("strstr", strcmp(strstr("a needle here", "needle"), "needle here") == 0);
    CHECK("strncpy fills", (strncpy(buf, "ab", 5), memcmp(buf, "ab\0\0\0", 5) == 0));
    strcpy(buf, "a,b");
    word = strtok_r(buf, ",", &save);
    CHECK("strtok_r", strcmp(word, "a") == 0 && strcmp(strtok_r(NULL, ",", &save), "b") == 0);
    copy = strdup("copied");
    CHECK("strdup", strcmp(copy, "copied") == 0);
    free(copy);
    CHECK("strcasecmp", strcasecmp("HeLLo", "hEllO") == 0);
    CHECK("memcmp", memcmp("abc", "abd", 3) < 0);
}

static void test_numbers(void)
{
    char *end;

    CHECK("strtol", strtol("-0x10zz", &end, 0) == -16 && strcmp(end, "zz") == 0);
    CHECK("strtoul limits", strtoul("99999999999999999999", NULL, 10) == ULONG_MAX);
    CHECK("strtod", strtod("1.5e3", NULL) == 1500.0);
    CHECK("atoi", atoi("42") == 42);
    CHECK("atof", atof("0.25") == 0.25);
}

static int by_value(const void *a, const void *b)
{
    return *(const int *)a - *(const int *)b;
}

static void test_sorting(void)
{
    int v[] = { 5, 2, 9, 1, 7, 3 }, key = 7;

    qsort(v, 6, sizeof v[0], by_value);
    CHECK("qsort", v[0] == 1 && v[1] == 2 && v[5] == 9);
    CHECK("bsearch", bsearch(&key, v, 6, sizeof v[0], by_value) == &v[4]);
    srand(1);
    key = rand();
    srand(1);
    CHECK("rand repeats", rand() == key);
}

static void test_mathematics(void)
{
    volatile double two = 2.0;
    volatile unsigned __int128 big = (unsigned __int128)1 << 100;
    volatile double complex z = 1.0 + 2.0 * I;

    CHECK("sqrt", fabs(sqrt(two) - 1.4142135623730951) < 1e-15);
    CHECK("sin, exp, log", fabs(sin(two) - 0.9092974268256817) < 1e-15 &&
                               fabs(log(exp(two)) - 2.0) < 1e-15);
    CHECK("long double", fabsl(sqrtl(2.0L) - 1.41421356237309504880L) < 1e-18L);
    CHECK("division of 128 bits", (uint64_t)(big / 1000000007u >> 64) == 68 &&
                                      (uint64_t)(big % 1000000007u) == 976371285u);
    CHECK("complex product", creal(z * z) == -3.0 && cimag(z * z) == 4.0);
}

static void test_text(void)
{
    wchar_t wide[8];
    regex_t re;
    iconv_t cd;
    char in[] = "\xc8\x41", out[16], *src = in, *dst = out;
    size_t left = 2, room = sizeof out;

    setlocale(LC_ALL, "C.UTF-8");
    CHECK("ctype", isalpha('a') && !isalpha('1') && toupper('a') == 'A');
    CHECK("UTF-8", mbstowcs(wide, "\xc3\xa9x", 8) == 2 && wide[0] == 0xe9);
    CHECK("regular expressions", regcomp(&re, "^a+b*$", REG_EXTENDED) == 0 &&
                                     regexec(&re, "aab", 0, NULL, 0) == 0 &&
                                     regexec(&re, "ba", 0, NULL, 0) == REG_NOMATCH);
    regfree(&re);
    cd = iconv_open("UTF-8", "EUC-KR");
    CHECK("a malformed EUC-KR byte is refused", iconv(cd, &src, &left, &dst, &room) == (size_t)-1);
    iconv_close(cd);
}

static jmp_buf place;

static void test_jump(void)
{
    volatile int count = 0;

    if (setjmp(place) < 3) {
        count++;
        longjmp(place, count);
    }
    CHECK("longjmp", count == 3);
}

int main(void)
{
    test_strings();
    test_numbers();
    test_sorting();
    test_mathematics();
    test_text();
    test_jump();
    return check_report();
}
