/*
 * threads.c: threads, futexes, processes.
 */
#include "core.h"
#include "measure.h"
#include "task.h"

#include <kos/thread.h>
#include <pthread.h>
#include <stdio.h>

#define N 2000u

static void *nothing(void *context)
{
    return context;
}

static void create_join(void)
{
    pthread_t thread;
    void *result;

    BENCH("thread.create_join", 1000u, (void)0,
          (pthread_create(&thread, NULL, nothing, NULL), pthread_join(thread, &result)), (void)0);
}

static volatile uint32_t turns;

/* Of higher priority: runs whenever it is woken, waits again. */
static int waiter(void *context)
{
    (void)context;
    for (;;) {
        uint32_t seen = turns;

        if (seen == ~0u) {
            return 0;
        }
        core_futex_wait((const void *)&turns, seen, CORE_FOREVER, NULL);
    }
}

static void futexes(void)
{
    static uint32_t word;
    uint32_t woken = 0, good = 1;
    Tid tid;

    BENCH("sync.wake_none", N, (void)0, core_futex_wake(&word, 1, &woken), (void)0);
    if (!is_wanted("sync.wake_and_back")) {
        return;
    }
    KosThreadCreate(&tid, 20, 0, waiter, NULL, 0);
    core_sleep_ns(1000000);
    BENCH("sync.wake_and_back", N, turns++, core_futex_wake((const void *)&turns, 1, &woken),
          good &= woken == 1);
    turns = ~0u;
    core_futex_wake((const void *)&turns, 1, &woken);
    if (!good) {
        fprintf(stderr, "bench: sync.wake_and_back: nobody was woken\n");
    }
}

static void create_reap(void)
{
    struct child child;
    int failed = 0;

    if (!is_wanted("process.create_reap")) {
        return;
    }
    child_create_from(&child, "Small", "bench.Server", CHILD_PRIORITY); /* grows tables that stay */
    child_drop(&child);
    BENCH("process.create_reap", 1000u, (void)0,
          (child_create_from(&child, "Small", "bench.Server", CHILD_PRIORITY),
           child_start(&child, "end", 0, NULL), failed |= child_wait(&child, CORE_FOREVER)),
          child_drop(&child));
    if (failed) {
        fprintf(stderr, "bench: process.create_reap: a process did not end well\n");
    }
}

/* Memory of a process that has started and waits, all of it: frames of the machine in bytes. */
static void size(void)
{
    struct counters before, after;
    struct child child;

    if (is_timed() || !is_wanted("size.process")) {
        return;
    }
    child_create_from(&child, "Small", "bench.Server", CHILD_PRIORITY);
    child_drop(&child);
    core_counters(&before);
    child_create_from(&child, "Small", "bench.Server", CHILD_PRIORITY);
    child_start(&child, "wait", 0, NULL);
    core_sleep_ns(5000000);
    core_counters(&after);
    bench_single("size.process", (before.frames - after.frames) * 4096);
    child_drop(&child);
}

void bench_threads(void)
{
    create_join();
    futexes();
    create_reap();
    size();
}
