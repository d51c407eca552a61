/*
 * suite.h: what the files of this suite share: one function for each header.
 */
#ifndef POSIX_SUITE_H
#define POSIX_SUITE_H

#include "check.h"

#include <errno.h>

/* A case whose name is what it holds. */
#define HOLDS(condition) CHECK(#condition, condition)

void run_aio(void);
void run_complex(void);
void run_ctype(void);
void run_descriptors(void);
void run_ends(void);
void run_fenv(void);
void run_inttypes(void);
void run_locale(void);
void run_math(void);
void run_mman(void);
void run_network(void);
void run_patterns(void);
void run_poll_and_select(void);
void run_search(void);
void run_semaphore(void);
void run_setjmp(void);
void run_signal(void);
void run_spawn(void);
void run_stdio(void);
void run_stdlib(void);
void run_string(void);
void run_system(void);
void run_time(void);
void run_timers(void);
void run_users(void);
void run_wchar(void);
void run_wctype(void);
void run_wide_streams(void);
void run_fails(void);

#endif
