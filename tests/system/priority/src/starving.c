/*
 * starving.c: nobody who could run never runs.
 */
#include "suite.h"

#define THREADS 9 /* no multiple of any number of CPUs */
#define ENOUGH  200000u

/* Looks again and again whether all have got on; much longer than it can take. */
static int all_get_on(struct counter *counters, int n)
{
    for (int tries = 0; tries < 3000; tries++) {
        int is_enough = 1;
        for (int i = 0; i < n; i++) {
            is_enough &= counters[i].steps > ENOUGH;
        }
        if (is_enough) {
            return 1;
        }
        KosThreadSleep(10);
    }
    return 0;
}

static void test_equals(void)
{
    static struct counter counters[THREADS];

    for (int i = 0; i < THREADS; i++) {
        counter_start(&counters[i], MIDDLE);
    }
    CHECK("equals, more than there are CPUs, all get on", all_get_on(counters, THREADS));
    for (int i = 0; i < THREADS; i++) {
        counter_end(&counters[i]);
    }
}

static volatile int is_over;

static int work_and_sleep(void *context)
{
    volatile uint32_t *rounds = context;

    while (!is_over) {
        for (volatile int i = 0; i < 1000; i++) {
        }
        ++*rounds;
        KosThreadSleep(1);
    }
    return 0;
}

/* Higher ones on each CPU that wait now and then, equals that only yield. */
static void test_lower(void)
{
    static volatile uint32_t rounds[THREADS];
    static struct counter low[THREADS];
    Tid tids[THREADS];
    int is_good = 1;

    is_over = 0;
    for (int i = 0; i < THREADS; i++) {
        rounds[i] = 0;
        tids[i] = thread_start(HIGH, work_and_sleep, (void *)(uintptr_t)&rounds[i]);
        counter_start(&low[i], LOW);
    }
    CHECK("lower ones get on while higher ones wait", all_get_on(low, THREADS));
    for (int i = 0; i < THREADS; i++) {
        is_good &= rounds[i] > 2;
        counter_end(&low[i]);
    }
    CHECK("so do the higher ones", is_good);
    is_over = 1;
    for (int i = 0; i < THREADS; i++) {
        KosThreadWait(tids[i], INFINITE_TIMEOUT);
    }
}

/* A thread that yields without an end leaves equals their turn. */
static int yield_forever(void *context)
{
    volatile uint32_t *rounds = context;

    while (!is_over) {
        ++*rounds;
        KosThreadYield();
    }
    return 0;
}

static void test_yielding(void)
{
    static struct counter counters[2];
    volatile uint32_t rounds = 0;
    Tid tid;

    is_over = 0;
    core_one_cpu();
    tid = thread_start(MIDDLE, yield_forever, (void *)(uintptr_t)&rounds);
    counter_start(&counters[0], MIDDLE);
    counter_start(&counters[1], MIDDLE);
    CHECK("beside one that yields for ever, too", all_get_on(counters, 2));
    for (int tries = 0; tries < 3000 && rounds < 3; tries++) {
        KosThreadSleep(10);
    }
    CHECK("so does that one", rounds > 2);
    counter_end(&counters[0]);
    counter_end(&counters[1]);
    is_over = 1;
    KosThreadWait(tid, INFINITE_TIMEOUT);
    core_all_cpus();
}

void test_starving(void)
{
    test_equals();
    test_lower();
    test_yielding();
}
