/*
 * suite.h: what the files of this suite share.
 */
#ifndef LIBKOS_THREADS_SUITE_H
#define LIBKOS_THREADS_SUITE_H

#include "check.h"
#include "core.h"

#include <kos/thread.h>
#include <stdlib.h>
#include <string.h>

#define NOBODY 0xfffff /* a number that no thread has */

/* Sleeps until *flag has the value, at most two seconds. */
static inline int wait_value(volatile int *flag, int value)
{
    for (int i = 0; i < 2000 && *flag != value; i++) {
        KosThreadSleep(1);
    }
    return *flag == value;
}

static inline Tid start(ThreadRoutine routine, void *context)
{
    Tid tid = 0;

    CHECK_RC("a thread is made", KosThreadCreate(&tid, 16, 0, routine, context, 0), rcOk);
    return tid;
}

void test_thread(void);
void test_callbacks(void);
void test_terminate(void);
void test_control(void);

#endif
