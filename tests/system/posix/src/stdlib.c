/*
 * stdlib.c: <stdlib.h>: numbers, memory, sorting, the environment, random numbers. What ends a process is
 * tried by ends.c.
 */
#include "suite.h"

#include <stdint.h>
#include <stdlib.h>
#include <string.h>

static void test_numbers(void)
{
    char *end;
    div_t d = div(-7, 2);
    ldiv_t l = ldiv(7, -2);
    lldiv_t ll = lldiv(9, 4);

    HOLDS(abs(-3) == 3 && labs(-3l) == 3 && llabs(-3ll) == 3);
    HOLDS(d.quot == -3 && d.rem == -1 && l.quot == -3 && l.rem == 1 && ll.quot == 2 && ll.rem == 1);
    HOLDS(atoi("12x") == 12 && atol("-5") == -5 && atoll("5000000000") == 5000000000 && atof("2.5") == 2.5);
    HOLDS(strtol("-12z", &end, 10) == -12 && *end == 'z' && strtoul("0x1f", NULL, 0) == 31);
    HOLDS(strtoll("777", NULL, 8) == 511 && strtoull("18446744073709551615", NULL, 10) == ~0ull);
    HOLDS(strtod("2.5e1", &end) == 25 && strtof("0.5", NULL) == 0.5f && strtold("0x1p4", NULL) == 16);
    errno = 0;
    HOLDS(strtol("99999999999999999999", NULL, 10) == INT64_MAX && errno == ERANGE);
    errno = 0;
    HOLDS(strtol("1", NULL, 99) == 0 && errno == EINVAL);
    HOLDS(strcmp(l64a(64), "/.") != 0 && a64l(l64a(123456)) == 123456);
}

static void test_memory(void)
{
    char *p = malloc(100), *q = calloc(10, 10);
    void *aligned = aligned_alloc(64, 128), *other = NULL;
    int zero = 1;

    HOLDS(p && q);
    for (int i = 0; i < 100; i++) {
        zero &= q[i] == 0;
    }
    CHECK("calloc gives zeros", zero);
    strcpy(p, "kept");
    p = realloc(p, 100000);
    HOLDS(p && strcmp(p, "kept") == 0);
    HOLDS(aligned && (uintptr_t)aligned % 64 == 0);
    HOLDS(posix_memalign(&other, 4096, 100) == 0 && (uintptr_t)other % 4096 == 0);
    free(other);
    other = p;
    HOLDS(posix_memalign(&other, 3, 100) == EINVAL && posix_memalign(&other, 4, 100) == EINVAL && other == p);
    HOLDS(posix_memalign(&other, 16, SIZE_MAX / 2) == ENOMEM && other == p);
    errno = 0;
    HOLDS(!malloc(SIZE_MAX / 2) && errno == ENOMEM);
    errno = 0;
    HOLDS(!calloc(SIZE_MAX / 2, 3) && errno == ENOMEM);
    errno = 0;
    HOLDS(!realloc(p, SIZE_MAX / 2) && errno == ENOMEM && strcmp(p, "kept") == 0);
    free(p);
    free(q);
    free(aligned);
    free(NULL);
}

static int compare(const void *a, const void *b)
{
    const int *x = a, *y = b;

    return *x < *y ? -1 : *x > *y;
}

static void test_sorting(void)
{
    int numbers[100], key = 42, sorted = 1, *found;

    for (int i = 0; i < 100; i++) {
        numbers[i] = i * 37 % 100;
    }
    qsort(numbers, 100, sizeof numbers[0], compare);
    for (int i = 0; i < 100; i++) {
        sorted &= numbers[i] == i;
    }
    CHECK("qsort", sorted);
    found = bsearch(&key, numbers, 100, sizeof numbers[0], compare);
    HOLDS(found == numbers + 42);
    key = 1000;
    HOLDS(!bsearch(&key, numbers, 100, sizeof numbers[0], compare));
}

static void test_environment(void)
{
    static char pair[] = "PUT=here";
    char options[] = "one,two=2,other", *at = options, *value;
    char *const names[] = {(char *)"one", (char *)"two", NULL};

    HOLDS(setenv("A", "b", 0) == 0 && setenv("A", "c", 0) == 0 && strcmp(getenv("A"), "b") == 0);
    HOLDS(setenv("A", "c", 1) == 0 && strcmp(getenv("A"), "c") == 0);
    HOLDS(unsetenv("A") == 0 && !getenv("A") && putenv(pair) == 0 && strcmp(getenv("PUT"), "here") == 0);
    errno = 0;
    HOLDS(setenv("A=B", "c", 1) == -1 && errno == EINVAL && unsetenv("") == -1);
    HOLDS(getsubopt(&at, names, &value) == 0 && getsubopt(&at, names, &value) == 1 && strcmp(value, "2") == 0);
    HOLDS(getsubopt(&at, names, &value) == -1 && *at == 0);
}

static void test_wide(void)
{
    wchar_t c = 0, wide[8];
    char bytes[8];

    HOLDS(mblen("a", 1) == 1 && mbtowc(&c, "a", 1) == 1 && c == L'a' && wctomb(bytes, L'b') == 1);
    HOLDS(mbstowcs(wide, "abc", 8) == 3 && wide[2] == L'c' && wcstombs(bytes, wide, 8) == 3);
}

static void test_random_numbers(void)
{
    unsigned seed = 5, again = 5;
    unsigned short state[3] = {1, 2, 3}, same[3] = {1, 2, 3}, all[7] = {1, 2, 3, 4, 5, 6, 7};
    static char states[64];
    char *before;
    long first;
    int number;

    srand(7);
    number = rand();
    srand(7);
    HOLDS(rand() == number && number >= 0 && rand_r(&seed) == rand_r(&again));
    srandom(7);
    first = random();
    srandom(7);
    HOLDS(random() == first);
    before = initstate(3, states, sizeof states);
    first = random();
    HOLDS(before && setstate(before) == states && setstate(states) == before && first >= 0);
    srand48(9);
    first = lrand48();
    srand48(9);
    HOLDS(lrand48() == first && drand48() < 1 && drand48() >= 0);
    HOLDS(nrand48(state) == nrand48(same) && jrand48(state) == jrand48(same) && erand48(state) == erand48(same));
    HOLDS(mrand48() != 0 && seed48(state) != NULL);
    lcong48(all);
    HOLDS(lrand48() >= 0);
}

void run_stdlib(void)
{
    test_numbers();
    test_memory();
    test_sorting();
    test_environment();
    test_wide();
    test_random_numbers();
    HOLDS(grantpt(1) == 0);
}
