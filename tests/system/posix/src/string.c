/*
 * string.c: <string.h> and <strings.h>.
 */
#include "suite.h"

#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

static void test_memory(void)
{
    char a[8] = "abcdef", b[8];

    HOLDS(memcpy(b, a, 8) == b && memcmp(a, b, 8) == 0);
    HOLDS(memmove(b + 1, b, 5) == b + 1 && strcmp(b, "aabcde") == 0);
    HOLDS(memset(b, 'x', 3) == b && memcmp(b, "xxxcde", 6) == 0);
    HOLDS(memchr(a, 'c', 6) == a + 2 && !memchr(a, 'c', 2));
    HOLDS(memcmp("a\200", "a\1", 2) > 0);
    HOLDS(memccpy(b, a, 'c', 8) == b + 3 && !memccpy(b, a, 'z', 4));
}

static void test_copies(void)
{
    char b[16];

    HOLDS(strcpy(b, "abc") == b && stpcpy(b, "abc") == b + 3);
    HOLDS(strncpy(b, "a", 4) == b && memcmp(b, "a\0\0", 4) == 0);
    HOLDS(stpncpy(b, "abcd", 2) == b + 2 && stpncpy(b, "a", 4) == b + 1);
    strcpy(b, "ab");
    HOLDS(strcat(b, "cd") == b && strncat(b, "efgh", 2) == b && strcmp(b, "abcdef") == 0);
}

static void test_compare(void)
{
    locale_t locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    char b[8];

    HOLDS(strcmp("a", "b") < 0 && strcmp("\200", "a") > 0 && strncmp("abx", "aby", 2) == 0);
    HOLDS(strcoll("a", "b") < 0 && strcoll_l("b", "a", locale) > 0);
    HOLDS(strxfrm(b, "abc", sizeof b) == 3 && strxfrm_l(b, "abc", sizeof b, locale) == 3);
    HOLDS(strcasecmp("ABC", "abc") == 0 && strcasecmp_l("ABC", "abd", locale) < 0);
    HOLDS(strncasecmp("ABx", "aby", 2) == 0 && strncasecmp_l("ABx", "aby", 3, locale) < 0);
    freelocale(locale);
}

static void test_search(void)
{
    char text[] = "a,b,,c", *state, set[] = "x y";

    HOLDS(strlen("abc") == 3 && strnlen("abc", 2) == 2 && strnlen("a", 9) == 1);
    HOLDS(strchr(text, ',') == text + 1 && strchr(text, 0) == text + 6 && !strchr(text, 'z'));
    HOLDS(strrchr(text, ',') == text + 4);
    HOLDS(strcspn(text, ",") == 1 && strspn(text, "a,") == 2);
    HOLDS(strpbrk(text, "cb") == text + 2 && !strpbrk(text, "z"));
    HOLDS(strstr(text, ",,") == text + 3 && strstr(text, "") == text && !strstr(text, "ac"));
    HOLDS(strtok_r(text, ",", &state) == text && strtok_r(NULL, ",", &state) == text + 2 &&
          strtok_r(NULL, ",", &state) == text + 5 && !strtok_r(NULL, ",", &state));
    HOLDS(strtok(set, " ") == set && strtok(NULL, " ") == set + 2 && !strtok(NULL, " "));
}

static void test_made(void)
{
    locale_t locale = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    char *copy = strdup("abc"), *part = strndup("abc", 2), text[32], small[4];

    HOLDS(strcmp(copy, "abc") == 0 && strcmp(part, "ab") == 0);
    free(copy);
    free(part);
    HOLDS(strcmp(strerror(ENOENT), strerror_l(ENOENT, locale)) == 0);
    HOLDS(strerror(12345)[0] != 0);
    HOLDS(strerror_r(EINVAL, text, sizeof text) == 0 && strcmp(text, "Invalid argument") == 0);
    HOLDS(strerror_r(EINVAL, small, sizeof small) == ERANGE);
    HOLDS(strcmp(strsignal(SIGTERM), "Terminated") == 0);
    freelocale(locale);
}

static void test_bits(void)
{
    HOLDS(ffs(0) == 0 && ffs(8) == 4 && ffsl(1l << 40) == 41 && ffsll(1ll << 62) == 63);
}

void run_string(void)
{
    test_memory();
    test_copies();
    test_compare();
    test_search();
    test_made();
    test_bits();
}
