/*
 * storms.c: wake-ups and time-outs at the same moment, broadcasts to many, hand-overs in a ring.
 */
#include "suite.h"

#include <kos/condvar.h>
#include <kos/event.h>
#include <kos/semaphore.h>

#define MANY 48

static KosMutex mutex = KOS_MUTEX_INITIALIZER;
static KosCondvar condvar = KOS_CONDVAR_INITIALIZER;
static volatile uint32_t round_number;
static int arrived;

/* Each round: all wait, the last one of them is followed by a broadcast. */
static int follow_rounds(void *context)
{
    uint32_t seen = 0, last = (uint32_t)(uintptr_t)context;

    KosMutexLock(&mutex);
    while (seen != last) {
        arrived++;
        while (round_number == seen) {
            KosCondvarWait(&condvar, &mutex);
        }
        seen++;
    }
    KosMutexUnlock(&mutex);
    return 0;
}

static void test_broadcast_storm(void)
{
    uint32_t rounds = 60 * (uint32_t)scale();
    Tid tids[MANY];

    for (int i = 0; i < MANY; i++) {
        tids[i] = start(follow_rounds, (void *)(uintptr_t)rounds, 8u + (unsigned)i % 9);
    }
    for (uint32_t i = 0; i < rounds; i++) {
        KosMutexLock(&mutex);
        while (arrived != MANY) {
            KosMutexUnlock(&mutex);
            core_sleep_ns(100000);
            KosMutexLock(&mutex);
        }
        arrived = 0;
        round_number++;
        KosCondvarBroadcast(&condvar);
        KosMutexUnlock(&mutex);
    }
    CHECK_EQUAL("a storm of broadcasts: all threads end", join_all(tids, MANY), MANY);
}

/* A token goes round a ring of semaphores: one lost wake-up stops it. */
#define RING 8
static KosSemaphore ring[RING];
static volatile uint32_t hops;

static int pass_on(void *context)
{
    int i = (int)(uintptr_t)context;

    for (int n = 0; n < 1500 * scale(); n++) {
        KosSemaphoreWait(&ring[i]);
        hops++;
        KosSemaphoreSignal(&ring[(i + 1) % RING]);
    }
    return 0;
}

static void test_ring(void)
{
    Tid tids[RING];

    for (int i = 0; i < RING; i++) {
        KosSemaphoreInit(&ring[i], 0);
    }
    for (int i = 0; i < RING; i++) {
        tids[i] = start(pass_on, (void *)(uintptr_t)i, 8u + (unsigned)i % 3);
    }
    KosSemaphoreSignal(&ring[0]);
    CHECK_EQUAL("a token in a ring: all threads end", join_all(tids, RING), RING);
    CHECK_EQUAL("  and it was never lost", hops, RING * 1500 * scale());
}

/* Time-outs of the same length as the pauses between signals: each token is taken once, whether the
 * waiter heard of it or not. */
static KosSemaphore tokens;
static volatile int is_over;
static int taken;

static int take_with_timeout(void *context)
{
    (void)context;
    while (!is_over) {
        if (KosSemaphoreWaitTimeout(&tokens, 1) == rcOk) {
            __atomic_fetch_add(&taken, 1, __ATOMIC_SEQ_CST);
        }
    }
    return 0;
}

static void test_timeouts(void)
{
    int given = 300 * scale();
    Tid tids[4];

    KosSemaphoreInit(&tokens, 0);
    for (int i = 0; i < 4; i++) {
        tids[i] = start(take_with_timeout, NULL, 14u + (unsigned)i);
    }
    for (int i = 0; i < given; i++) {
        core_sleep_ns(970000 + (uint64_t)i % 61 * 1000);
        KosSemaphoreSignal(&tokens);
    }
    KosThreadSleep(10);
    is_over = 1;
    CHECK_EQUAL("time-outs against signals: all threads end", join_all(tids, 4), 4);
    while (KosSemaphoreTryWait(&tokens) == rcOk) {
        taken++;
    }
    CHECK_EQUAL("  and each token was taken once", taken, given);
}

/* One Set lets one of the waiters with reset through, again and again. */
static KosEvent event = KOS_EVENT_INITIALIZER;
static int passed;

static int pass_event(void *context)
{
    for (int i = 0; i < (int)(uintptr_t)context; i++) {
        KosEventWait(&event, rtl_true);
        __atomic_fetch_add(&passed, 1, __ATOMIC_SEQ_CST);
    }
    return 0;
}

static void test_events(void)
{
    int each = 200 * scale(), set = 0, good = 1;
    Tid tids[4];

    for (int i = 0; i < 4; i++) {
        tids[i] = start(pass_event, (void *)(uintptr_t)each, 12u + (unsigned)i);
    }
    for (; set < 4 * each && good; set++) {
        KosEventSet(&event);
        for (int i = 0; i < 30000 && __atomic_load_n(&passed, __ATOMIC_SEQ_CST) == set; i++) {
            core_sleep_ns(20000);
        }
        good &= __atomic_load_n(&passed, __ATOMIC_SEQ_CST) == set + 1;
    }
    CHECK("each KosEventSet lets one through", good);
    CHECK_EQUAL("  and all threads end", join_all(tids, 4), 4);
}

/* Threads made and ended as fast as can be, some waited for, some not. */
static int add_one(void *context)
{
    __atomic_fetch_add((int *)context, 1, __ATOMIC_SEQ_CST);
    return 0;
}

static void test_churn(void)
{
    struct counters before, after;
    int count = 0, wanted = 0;

    for (int part = 0; part < 2; part++) {
        if (part == 1) {
            core_counters(&before);
        }
        for (int i = 0; i < 300 * scale(); i++) {
            Tid tid = start(add_one, &count, 12u + (unsigned)i % 8);
            wanted++;
            if (i % 3 == 0) {
                join_all(&tid, 1);
            }
        }
        for (int i = 0; i < 10000 && count != wanted; i++) {
            KosThreadSleep(1);
        }
        KosThreadSleep(10);
    }
    core_counters(&after);
    CHECK_EQUAL("threads made and ended all the time", count, wanted);
    CHECK_EQUAL("  leave no thread", after.threads, before.threads);
    CHECK_EQUAL("  no object", after.objects, before.objects);
    CHECK_EQUAL("  and no memory of the kernel", after.kmem, before.kmem);
}

void test_storms(void)
{
    test_broadcast_storm();
    test_ring();
    test_timeouts();
    test_events();
    test_churn();
}
