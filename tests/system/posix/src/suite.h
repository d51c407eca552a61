/*
 * suite.h: what the files of this suite share: one function for each header.
 */
#ifndef POSIX_SUITE_H
#define POSIX_SUITE_H

#include "check.h"

#include <errno.h>

/* A case whose name is what it holds. */
#define HOLDS(condition) CHECK(#condition, condition)

void test_complex(void);
void test_ctype(void);
void test_inttypes(void);
void test_locale(void);
void test_math(void);
void test_semaphore(void);
void test_signal(void);
void test_stdio(void);
void test_stdlib(void);
void test_string(void);
void test_time(void);
void test_timers(void);
void test_wchar(void);
void test_wctype(void);
void test_wide_streams(void);
void test_fails(void);

#endif
