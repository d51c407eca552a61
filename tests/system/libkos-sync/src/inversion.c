/*
 * inversion.c: priority inversion is bounded by the critical sections.
 *
 * A thread of low priority holds a mutex that one of high priority wants, while threads of middle priority
 * would like to run for ever. Without lending the high one never gets it.
 */
#include "suite.h"

#include <kos/mutex.h>

#define LOW    3
#define MIDDLE 7
#define HIGH   11
#define DEPTH  5

static KosMutex mutexes[DEPTH];
static volatile int stop, is_held, is_locked;
static volatile unsigned work;

static int hog(void *context)
{
    (void)context;
    while (!stop) {
        work++;
    }
    return 0;
}

/* Holds mutex i while it wants mutex i - 1; the first one works for a while. */
static int link(void *context)
{
    int i = (int)(uintptr_t)context;

    KosMutexLock(&mutexes[i]);
    __atomic_fetch_add(&is_held, 1, __ATOMIC_SEQ_CST);
    if (i > 0) {
        KosMutexLock(&mutexes[i - 1]);
        KosMutexUnlock(&mutexes[i - 1]);
    } else {
        while (!is_locked) {
            KosThreadYield();
        }
        for (volatile int n = 0; n < 200000; n++) {
        }
    }
    KosMutexUnlock(&mutexes[i]);
    return 0;
}

static int high(void *context)
{
    is_locked = 1;
    KosMutexLock(context);
    KosMutexUnlock(context);
    stop = 1;
    return 0;
}

static void invert(const char *name, int depth)
{
    Tid tids[DEPTH], hogs[4], tid;

    stop = is_held = is_locked = 0;
    for (int i = 0; i < depth; i++) {
        KosMutexInit(&mutexes[i]);
    }
    for (int i = 0; i < depth; i++) {
        tids[i] = start(link, (void *)(uintptr_t)i, LOW);
        while (is_held != i + 1) {
            KosThreadSleep(1);
        }
        KosThreadSleep(2);
    }
    for (int i = 0; i < 4; i++) { /* one for each CPU that there may be */
        hogs[i] = start(hog, NULL, MIDDLE);
    }
    KosThreadSleep(5);
    tid = start(high, &mutexes[depth - 1], HIGH);
    CHECK_RC(name, KosThreadWait(tid, 5000), rcOk);
    stop = 1;
    CHECK_EQUAL("  and all threads end", join_all(tids, depth) + join_all(hogs, 4), depth + 4);
    CHECK_RC("  the kernel's self-check", core_self_check(), rcOk);
}

void test_inversion(void)
{
    invert("a mutex is had while others hog the processor", 1);
    invert("a chain of five mutexes", DEPTH);
}
