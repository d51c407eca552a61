/*
 * suite.h: what the files of this suite share.
 */
#ifndef THREADS_SUITE_H
#define THREADS_SUITE_H

#include "check.h"
#include "core.h"
#include "task.h"

#include <kos/thread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MS    1000000ull
#define CLASS "threads.Child"

static inline uint64_t now_ns(void)
{
    uint64_t ns = 0;

    core_uptime(&ns);
    return ns;
}

/* Sleeps until *flag is not zero, at most two seconds. */
static inline int wait_flag(volatile int *flag)
{
    for (int i = 0; i < 2000 && !*flag; i++) {
        KosThreadSleep(1);
    }
    return *flag;
}

void test_futexes(void);
void test_alert(void);
void test_owner(void);
void test_clock(void);
void test_limits(void);
void test_posix(void);

#endif
