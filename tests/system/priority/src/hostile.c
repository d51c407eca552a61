/*
 * hostile.c: a process that keeps every CPU busy at the highest priority that its creator let it have.
 */
#include "suite.h"

#include <coresrv/task/task_api.h>

#define SPINNERS 8

static struct chain chain;
static struct child hostile;
static volatile int is_over;

static void start_hostile(void)
{
    uint64_t numbers[] = {HIGH, SPINNERS};
    struct counters before, now;

    core_counters(&before);
    hostile = (struct child){0};
    CHECK_RC("a process", child_create(&hostile, CLASS, LOW), rcOk);
    CHECK_RC("no ceiling above 31", KnTaskSetPriorityCeiling(hostile.task, 32), rcInvalidArgument);
    CHECK_RC("a ceiling", KnTaskSetPriorityCeiling(hostile.task, HIGH), rcOk);
    CHECK_RC("a process at its ceiling", child_start(&hostile, "spin", 2, numbers), rcOk);
    CHECK_RC("no ceiling for one that runs", KnTaskSetPriorityCeiling(hostile.task, HIGH),
             rcInvalidOperation);
    do {
        KosThreadSleep(10);
        core_counters(&now);
    } while (now.threads < before.threads + 1 + SPINNERS);
    KosThreadSleep(30);
    CHECK_EQUAL("it takes all that it may have", child_wait(&hostile, 0), -2000);
}

static int call_once(void *context)
{
    is_over = chain_work(&chain, LONG / 10) == DEPTH ? 1 : 2;
    (void)context;
    return 0;
}

static int sleep_once(void *context)
{
    (void)context;
    KosThreadSleep(3);
    is_over = 1;
    return 0;
}

static int begin(void *context)
{
    (void)context;
    is_over = 1;
    return 0;
}

/* What a thread above the ceiling does comes to its end while the hostile process runs. */
static void above(const char *name, int (*routine)(void *))
{
    is_over = 0;
    Tid tid = thread_start(ABOVE, routine, NULL);
    Retcode rc = KosThreadWait(tid, 10000);
    CHECK(name, rc == rcOk && is_over == 1);
}

void test_hostile(void)
{
    static struct counter below;

    chain_start(&chain);
    start_hostile();
    above("a thread above it is made and runs", begin);
    above("one above it sleeps and wakes", sleep_once);
    above("servers of low priority answer one above it", call_once);
    counter_start(&below, LOW);
    KosThreadSleep(30);
    CHECK_EQUAL("one below it waits", below.steps, 0);
    CHECK_RC("it is terminated", core_task_terminate(hostile.task), rcOk);
    CHECK_EQUAL("and ends", child_wait(&hostile, 10000), -1);
    child_drop(&hostile);
    while (below.steps == 0) {
        KosThreadSleep(1);
    }
    CHECK("then the one below runs", below.steps > 0);
    counter_end(&below);
    chain_end(&chain);
}
