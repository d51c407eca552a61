/*
 * suite.h: what the files of this suite share.
 */
#ifndef SYNC_SUITE_H
#define SYNC_SUITE_H

#include "check.h"
#include "core.h"

#include <coresrv/hal/hal_api.h>
#include <kos/thread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

/* Waits for the end of so many threads, at most 30 seconds each; how many came to it. */
static inline int join_all(const Tid *tids, int count)
{
    int ended = 0;

    for (int i = 0; i < count; i++) {
        ended += KosThreadWait(tids[i], 30000) == rcOk;
    }
    return ended;
}

static inline Tid start(ThreadRoutine routine, void *context, rtl_uint32_t priority)
{
    Tid tid = 0;

    if (KosThreadCreate(&tid, priority, 16384, routine, context, 0) != rcOk) {
        CHECK("a thread is created", 0);
    }
    return tid;
}

static inline uint64_t now_ms(void)
{
    uint64_t ns = 0;

    core_uptime(&ns);
    return ns / 1000000;
}

/* Cheap random numbers, one state a thread. */
static inline uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* How many times as long the stress runs: the kernel word `scale`, otherwise 1. */
static inline int scale(void)
{
    static int value;
    char text[16];

    if (!value) {
        value = KnHalGetEnv("scale", text, sizeof(text)) == rcOk ? atoi(text) : 1;
    }
    return value > 0 ? value : 1;
}

void test_mutex(void);
void test_condvar(void);
void test_event(void);
void test_rwlock(void);
void test_semaphore(void);
void test_stress(void);
void test_storms(void);
void test_inversion(void);
void test_dying(void);

#endif
