/*
 * suite.h: one line a case.
 */
#ifndef SUITE_H
#define SUITE_H

#include <stdio.h>

extern int passed, failed;

#define CHECK(name, condition)                                                                     \
    do {                                                                                           \
        if (condition) {                                                                           \
            passed++;                                                                              \
            fprintf(stderr, "ok %s\n", name);                                                      \
        } else {                                                                                   \
            failed++;                                                                              \
            fprintf(stderr, "FAIL %s: %s (%s:%d)\n", name, #condition, __FILE__, __LINE__);        \
        }                                                                                          \
    } while (0)

void test_channels(void);
void test_threads(void);
void test_system(void);

#endif
