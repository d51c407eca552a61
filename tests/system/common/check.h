/*
 * check.h: one line for each case on the console, and the count at the end.
 *
 * `ok NAME` or `FAIL NAME: what was expected`. Any process of a suite may print cases; the process
 * that starts the others closes the suite with finish().
 */
#ifndef SUITE_CHECK_H
#define SUITE_CHECK_H

#include <rtl/retcode.h>
#include <stdint.h>

/* A case that holds if `condition` does. Evaluates to the condition. */
#define CHECK(name, condition) check_that((name), !!(condition), #condition, __FILE__, __LINE__)
/* A case that holds if two numbers are equal; both are shown if not. */
#define CHECK_EQUAL(name, got, wanted)                                                             \
    check_equal((name), (uint64_t)(got), (uint64_t)(wanted), #got, __FILE__, __LINE__)
/* A case that holds if a call gave this return code; both are shown by name if not. */
#define CHECK_RC(name, got, wanted) check_rc((name), (got), (wanted), #got, __FILE__, __LINE__)

int check_that(const char *name, int holds, const char *what, const char *file, int line);
int check_equal(const char *name, uint64_t got, uint64_t wanted, const char *what,
                const char *file, int line);
int check_rc(const char *name, Retcode got, Retcode wanted, const char *what, const char *file,
             int line);

/* The name of a return code. */
const char *rc_name(Retcode rc);

/* Cases of a child process, from its exit status: zero, or the number that failed. */
int check_failures(void);
void check_add_failures(int count);

/* Prints `N passed, N failed` and powers the machine off with status 0 or 1. */
_Noreturn void finish(void);

#endif
