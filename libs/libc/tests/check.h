/*
 * check.h: what the C library's test programs share: one line a case, and a count at the end.
 */
#ifndef LIBC_TESTS_CHECK_H
#define LIBC_TESTS_CHECK_H

#include <stdio.h>

static int checks_passed, checks_failed;

/* Prints the case and counts it. */
#define CHECK(name, condition)                                                                     \
    do {                                                                                           \
        int holds_ = !!(condition);                                                                \
        checks_passed += holds_;                                                                   \
        checks_failed += !holds_;                                                                  \
        if (holds_) {                                                                              \
            printf("ok   %s\n", name);                                                             \
        } else {                                                                                   \
            printf("FAIL %s (line %d: %s)\n", name, __LINE__, #condition);                         \
        }                                                                                          \
    } while (0)

/* The program's exit status. */
static inline int check_report(void)
{
    printf("%d passed, %d failed\n", checks_passed, checks_failed);
    return checks_failed ? 1 : 0;
}

#endif
