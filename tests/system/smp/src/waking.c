/*
 * waking.c: one CPU wakes threads of another: words of memory, sleeps, locks of the C library.
 */
#include "suite.h"

#include <pthread.h>

#define ROUNDS 300
#define ADDS   1000

/* ---- a word that goes to and fro ---- */

static volatile uint32_t ball;

static void pass_ball(void *context, uint32_t i)
{
    (void)context;
    for (uint32_t n = 0; n < ROUNDS; n++) {
        uint32_t seen;

        while ((seen = ball) % 2 != i) {
            core_futex_wait((const void *)(uintptr_t)&ball, seen, CORE_FOREVER, NULL);
        }
        ball = seen + 1;
        core_futex_wake((const void *)(uintptr_t)&ball, 1, NULL);
    }
}

/* ---- deadlines of one CPU ended by another ---- */

static volatile uint32_t waits, is_over;

static void wait_or_wake(void *context, uint32_t i)
{
    uint64_t ms = (uintptr_t)context;

    while (!is_over) {
        if (i == 0) {
            core_futex_wake((const void *)(uintptr_t)&waits, 16, NULL);
            is_over = waits > ROUNDS;
        } else {
            core_futex_wait((const void *)(uintptr_t)&waits, waits, ms, NULL);
            __atomic_add_fetch(&waits, 1, __ATOMIC_SEQ_CST);
        }
    }
}

/* ---- sleeps ---- */

static volatile int is_early;

static void sleep_here(void *context, uint32_t i)
{
    (void)context;
    for (uint32_t n = 0; n < 10; n++) {
        uint64_t before, after, ms = 1 + (i + n) % 4;

        core_uptime(&before);
        KosThreadSleep((rtl_uint32_t)ms);
        core_uptime(&after);
        if (after < before + ms * 1000000) {
            is_early = 1;
        }
    }
}

/* ---- the C library ---- */

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_barrier_t barrier;
static uint64_t total;
static volatile int is_out_of_step;
static volatile uint32_t steps[2 * CPUS_SHOWN];

static void add(void *context, uint32_t i)
{
    (void)context;
    (void)i;
    for (int n = 0; n < ADDS; n++) {
        pthread_mutex_lock(&mutex);
        total++;
        pthread_mutex_unlock(&mutex);
    }
}

static void keep_step(void *context, uint32_t i)
{
    uint32_t n = (uint32_t)(uintptr_t)context;

    for (uint32_t step = 1; step <= 50; step++) {
        steps[i] = step;
        pthread_barrier_wait(&barrier);
        for (uint32_t j = 0; j < n; j++) {
            if (steps[j] != step) {
                is_out_of_step = 1;
            }
        }
        pthread_barrier_wait(&barrier);
    }
}

void test_waking(void)
{
    ball = 0;
    on_cpus(2, pass_ball, NULL);
    CHECK_EQUAL("a word passed between two CPUs", ball, 2 * ROUNDS);
    waits = is_over = 0;
    on_cpus(cpus + 1, wait_or_wake, (void *)1);
    CHECK("waits with a deadline, woken by another CPU", waits > ROUNDS);
    is_early = 0;
    on_cpus(2 * cpus, sleep_here, NULL);
    CHECK("nobody sleeps too short", !is_early);
    total = 0;
    on_cpus(2 * cpus, add, NULL);
    CHECK_EQUAL("a mutex of all CPUs", total, 2 * cpus * ADDS);
    pthread_barrier_init(&barrier, NULL, cpus + 1);
    is_out_of_step = 0;
    on_cpus(cpus + 1, keep_step, (void *)(uintptr_t)(cpus + 1));
    CHECK("a barrier of all CPUs", !is_out_of_step);
    pthread_barrier_destroy(&barrier);
}
