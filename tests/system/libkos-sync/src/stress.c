/*
 * stress.c: many threads on one object, for so many operations: what the object promises holds at each
 * step, and every thread comes to its end, so no wake-up was lost.
 */
#include "suite.h"

#include <kos/condvar.h>
#include <kos/mutex.h>
#include <kos/rwlock.h>
#include <kos/semaphore.h>

#define THREADS 6
#define ROUNDS  (3000 * scale())

static KosMutex mutex = KOS_MUTEX_INITIALIZER;
static KosCondvar not_full = KOS_CONDVAR_INITIALIZER, not_empty = KOS_CONDVAR_INITIALIZER;
static int broken;

/* Now and then somebody else runs, at the worst moment. */
static void interfere(uint32_t *seed)
{
    uint32_t r = next_random(seed) % 64;

    if (r == 0) {
        core_sleep_ns(20000);
    } else if (r < 8) {
        KosThreadYield();
    }
}

static void run(const char *name, ThreadRoutine routine, int count, int is_mixed)
{
    Tid tids[THREADS];

    broken = 0;
    for (int i = 0; i < count; i++) {
        tids[i] = start(routine, (void *)(uintptr_t)i, is_mixed ? 8u + (unsigned)i : 12);
    }
    CHECK_EQUAL(name, join_all(tids, count), count);
    CHECK_EQUAL("  and nothing was broken", broken, 0);
}

/* ---- a mutex ---- */

static volatile int inside, total;

static int lock_and_count(void *context)
{
    uint32_t seed = (uint32_t)(uintptr_t)context + 1;

    for (int i = 0; i < ROUNDS; i++) {
        switch (i % 4) {
        case 0:
            if (KosMutexTryLock(&mutex) != rcOk) {
                KosMutexLock(&mutex);
            }
            break;
        case 1:
            while (KosMutexLockTimeout(&mutex, next_random(&seed) % 3) != rcOk) {
            }
            break;
        default:
            KosMutexLock(&mutex);
        }
        broken += inside++ != 0;
        total++;
        interfere(&seed);
        inside--;
        KosMutexUnlock(&mutex);
    }
    return 0;
}

/* ---- producers and consumers ---- */

#define SLOTS 4

static uint32_t slots[SLOTS];
static unsigned head, tail;
static uint64_t produced, consumed;

static void produce(uint32_t *seed, uint32_t value)
{
    KosMutexLock(&mutex);
    while (tail - head == SLOTS) {
        if (next_random(seed) & 1) {
            KosCondvarWait(&not_full, &mutex);
        } else {
            KosCondvarWaitTimeout(&not_full, &mutex, 2);
        }
    }
    slots[tail++ % SLOTS] = value;
    produced += value;
    KosMutexUnlock(&mutex);
    KosCondvarSignal(&not_empty);
}

static uint32_t consume(uint32_t *seed)
{
    KosMutexLock(&mutex);
    while (tail == head) {
        KosCondvarWait(&not_empty, &mutex);
    }
    uint32_t value = slots[head++ % SLOTS];
    consumed += value;
    interfere(seed);
    KosMutexUnlock(&mutex);
    KosCondvarSignal(&not_full);
    return value;
}

static int produce_or_consume(void *context)
{
    uint32_t seed = (uint32_t)(uintptr_t)context + 7;

    for (int i = 0; i < ROUNDS; i++) {
        if ((uintptr_t)context & 1) {
            produce(&seed, next_random(&seed));
        } else {
            consume(&seed);
        }
        interfere(&seed);
    }
    return 0;
}

/* ---- readers and writers ---- */

static KosRWLock rwlock = KOS_RWLOCK_INITIALIZER;
static volatile uint32_t pair[2];
static volatile int writers_inside, reads, writes;

static int read_or_write(void *context)
{
    uint32_t seed = (uint32_t)(uintptr_t)context + 3;

    for (int i = 0; i < ROUNDS; i++) {
        if (next_random(&seed) % 4) {
            if (i % 3 || KosRWLockTryRead(&rwlock) != rcOk) {
                KosRWLockRead(&rwlock);
            }
            uint32_t seen = pair[0];
            interfere(&seed);
            broken += writers_inside != 0 || pair[1] != seen || pair[0] != seen;
            __atomic_fetch_add(&reads, 1, __ATOMIC_RELAXED);
        } else {
            if (i % 3 || KosRWLockTryWrite(&rwlock) != rcOk) {
                KosRWLockWrite(&rwlock);
            }
            broken += writers_inside++ != 0;
            pair[0]++;
            interfere(&seed);
            pair[1]++;
            writes++;
            writers_inside--;
        }
        KosRWLockUnlock(&rwlock);
    }
    return 0;
}

/* ---- a semaphore: its count plus those inside is what it began with ---- */

#define ROOM 2

static KosSemaphore semaphore;
static int in_room;

static int pass_and_leave(void *context)
{
    uint32_t seed = (uint32_t)(uintptr_t)context + 5;

    for (int i = 0; i < ROUNDS; i++) {
        Retcode rc = i % 3 ? KosSemaphoreWaitTimeout(&semaphore, next_random(&seed) % 3)
                           : KosSemaphoreWait(&semaphore);
        if (rc == rcTimeout) {
            continue;
        }
        if (rc != rcOk || __atomic_add_fetch(&in_room, 1, __ATOMIC_SEQ_CST) > ROOM) {
            broken++;
        }
        interfere(&seed);
        __atomic_sub_fetch(&in_room, 1, __ATOMIC_SEQ_CST);
        if (KosSemaphoreSignal(&semaphore) != rcOk) {
            broken++;
        }
    }
    return 0;
}

/* A reader never gets in while writers come one after the other; a writer gets in among readers. */
static volatile int stop_readers;

static int read_all_the_time(void *context)
{
    uint32_t seed = (uint32_t)(uintptr_t)context;

    while (!stop_readers) {
        KosRWLockRead(&rwlock);
        interfere(&seed);
        KosThreadYield();
        KosRWLockUnlock(&rwlock);
    }
    return 0;
}

static void test_writer_among_readers(void)
{
    Tid tids[4];

    stop_readers = 0;
    for (int i = 0; i < 4; i++) {
        tids[i] = start(read_all_the_time, (void *)(uintptr_t)(i + 1), 15);
    }
    for (int i = 0; i < 50; i++) {
        KosRWLockWrite(&rwlock);
        KosRWLockUnlock(&rwlock);
        KosThreadYield();
    }
    stop_readers = 1;
    CHECK_EQUAL("a writer gets in among readers that never stop", join_all(tids, 4), 4);
}

void test_stress(void)
{
    for (int is_mixed = 0; is_mixed < 2; is_mixed++) {
        const char *who = is_mixed ? "different priorities" : "one priority";
        char name[96];

        total = 0;
        snprintf(name, sizeof(name), "a mutex, %s: all threads end", who);
        run(name, lock_and_count, THREADS, is_mixed);
        CHECK_EQUAL("  and every lock counted", total, THREADS * ROUNDS);
        snprintf(name, sizeof(name), "producers and consumers, %s: all threads end", who);
        run(name, produce_or_consume, THREADS, is_mixed);
        CHECK_EQUAL("  and all that was produced was consumed", consumed, produced);
        reads = writes = 0;
        snprintf(name, sizeof(name), "readers and writers, %s: all threads end", who);
        run(name, read_or_write, THREADS, is_mixed);
        CHECK_EQUAL("  and every lock counted", reads + writes, THREADS * ROUNDS);
        KosSemaphoreInit(&semaphore, ROOM);
        snprintf(name, sizeof(name), "a semaphore, %s: all threads end", who);
        run(name, pass_and_leave, THREADS, is_mixed);
        CHECK("  and its count is what it was", KosSemaphoreTryWait(&semaphore) == rcOk &&
                                                    KosSemaphoreTryWait(&semaphore) == rcOk &&
                                                    KosSemaphoreTryWait(&semaphore) == rcBusy);
        CHECK_RC("  and nobody waits", KosSemaphoreDeinit(&semaphore), rcOk);
    }
    test_writer_among_readers();
}
