/*
 * sync.c: libkos's mutexes and semaphores, and the clock.
 */
#include "core.h"
#include "measure.h"

#include <coresrv/time/time_api.h>
#include <kos/mutex.h>
#include <kos/semaphore.h>
#include <kos/thread.h>
#include <stdio.h>

#define N 2000u

static KosMutex mutex = KOS_MUTEX_INITIALIZER;
static KosSemaphore semaphore, go;
static volatile uint32_t is_over, hand_overs;

static void uncontended(void)
{
    rtl_size_t ms = 0;

    KosSemaphoreInit(&semaphore, 0);
    BENCH("sync.mutex", N, (void)0, (KosMutexLock(&mutex), KosMutexUnlock(&mutex)), (void)0);
    BENCH("sync.semaphore", N, (void)0,
          (KosSemaphoreSignal(&semaphore), KosSemaphoreWait(&semaphore)), (void)0);
    BENCH("time.uptime", N, (void)0, ms += KnGetMSecSinceStart(), (void)0);
    if (ms == 1) {
        fprintf(stderr, "bench: time stands still\n");
    }
}

static volatile uint64_t unlocked_at;

/* Of higher priority: waits for the mutex that the main thread holds. */
static int taker(void *context)
{
    (void)context;
    for (;;) {
        KosSemaphoreWait(&go);
        if (is_over) {
            return 0;
        }
        KosMutexLock(&mutex);
        uint64_t now = read_counter();
        bench_sample(unlocked_at, now);
        hand_overs++;
        KosMutexUnlock(&mutex);
    }
}

/* From the unlock of one thread until the other one, which waited, has the mutex. */
static void hand_over(void)
{
    Tid tid;

    if (!is_wanted("sync.handover")) {
        return;
    }
    KosSemaphoreInit(&go, 0);
    KosThreadCreate(&tid, 20, 0, taker, NULL, 0);
    bench_begin("sync.handover");
    for (unsigned i = 0; i < N; i++) {
        KosMutexLock(&mutex);
        KosSemaphoreSignal(&go);
        unlocked_at = read_counter();
        KosMutexUnlock(&mutex);
    }
    bench_end();
    if (hand_overs != N) {
        fprintf(stderr, "bench: sync.handover: %u of %u\n", hand_overs, N);
    }
    is_over = 1;
    KosSemaphoreSignal(&go);
    KosThreadWait(tid, 1000);
}

void bench_sync(void)
{
    uncontended();
    hand_over();
}
