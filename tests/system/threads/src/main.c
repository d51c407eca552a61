/*
 * main.c: creation and end of threads.
 */
#include "suite.h"

#define CHURN 100

static volatile int flag;

static int set_flag(void *context)
{
    flag = *(int *)context;
    return flag;
}

static int exit_early(void *context)
{
    KosThreadExit(*(int *)context);
}

static int sleep_long(void *context)
{
    KosThreadSleep((rtl_uint32_t)(uintptr_t)context);
    return 0;
}

static void test_create(void)
{
    static int value = 77, negative = -5;
    Tid tid = 0;

    flag = 0;
    CHECK_RC("KosThreadCreate", KosThreadCreate(&tid, ThreadPriorityNormal, 0, set_flag, &value, 0),
             rcOk);
    CHECK("it has a number", tid != 0 && tid != KosThreadCurrentId());
    CHECK_EQUAL("it runs", wait_flag(&flag), 77);
    KosThreadCreate(&tid, ThreadPriorityNormal, 0, sleep_long, (void *)50, 0);
    CHECK_RC("Wait for no time", KosThreadWait(tid, 0), rcTimeout);
    CHECK_RC("Wait for 5 ms", KosThreadWait(tid, 5), rcTimeout);
    CHECK_RC("Wait for its end", KosThreadWait(tid, 2000), rcOk);
    CHECK_RC("Wait for a thread that is none", KosThreadWait(0xfffff, 10), rcResourceNotFound);
    CHECK("Wait for oneself", KosThreadWait(KosThreadCurrentId(), 10) != rcOk);

    int32_t code = 0;
    core_one_cpu(); /* it runs when this thread waits */
    KosThreadCreate(&tid, ThreadPriorityLowest, 0, exit_early, &negative, 0);
    CHECK_RC("Wait at the kernel", core_thread_wait(tid, 2000, &code), rcOk);
    core_all_cpus();
    CHECK_EQUAL("the exit code", code, -5);

    CHECK_RC("a priority above 31", KosThreadCreate(&tid, 32, 0, set_flag, &value, 0),
             rcInvalidArgument);
    CHECK_RC("a stack of one byte", KosThreadCreate(&tid, 15, 1, set_flag, &value, 0),
             rcInvalidArgument);
}

static void test_suspended(void)
{
    static int value = 5;
    Tid tid;

    flag = 0;
    CHECK_RC("a suspended thread", KosThreadCreate(&tid, 15, 0, set_flag, &value, 1), rcOk);
    KosThreadSleep(10);
    CHECK_EQUAL("does not run", flag, 0);
    CHECK_RC("KosThreadResume", KosThreadResume(tid), rcOk);
    CHECK_EQUAL("now it runs", wait_flag(&flag), 5);
    CHECK_RC("resume of a thread that is none", core_thread_resume(0xfffff), rcResourceNotFound);
    CHECK_RC("resume of a thread that runs", core_thread_resume(KosThreadCurrentId()),
             rcInvalidOperation);
}

static void test_raw(void)
{
    uint32_t tid;
    Handle handle;

    CHECK_RC("a routine in the kernel",
             core_thread_create(15, 0x100000, 0xffff800000000000ull, 0, &handle, &tid),
             rcInvalidArgument);
    CHECK_RC("a routine at zero", core_thread_create(15, 0x100000, 0, 0, &handle, &tid),
             rcInvalidArgument);
    CHECK_RC("a stack in the kernel",
             core_thread_create(15, 0xffff800000000000ull, 0x400000, 0, &handle, &tid),
             rcInvalidArgument);
    CHECK_RC("unknown flags", core_thread_create(15, 0x100000, 0x400000, 0x80, &handle, &tid),
             rcInvalidArgument);
    CHECK_RC("a priority of 32", core_set_priority(KosThreadCurrentId(), 32), rcInvalidArgument);
    CHECK_RC("a thread that is none", core_set_priority(0xfffff, 3), rcResourceNotFound);
}

/* An answer that cannot be told: nothing was done. The routine would fault. */
static void test_unanswered(void)
{
    static const char constant[256] = {1};
    struct counters before, after;
    uint64_t answer[32];

    core_counters(&before);
    CHECK_RC("a buffer where nothing is", core_thread_create_into(0x400000, 0x10000, 256),
             rcTargetFault);
    CHECK_RC("a buffer in the kernel", core_thread_create_into(0x400000, 0xffff800000100000, 256),
             rcTargetFault);
    CHECK_RC("a buffer that cannot be written",
             core_thread_create_into(0x400000, (uintptr_t)constant, 256), rcTargetFault);
    CHECK_RC("a buffer that is too small",
             core_thread_create_into(0x400000, (uintptr_t)answer, 24), rcTargetFault);
    KosThreadYield();
    core_counters(&after);
    CHECK_EQUAL("no thread was made", after.threads, before.threads);
    CHECK_EQUAL("no handle was made", after.handles, before.handles);
}

static volatile uint64_t counts[3];
static volatile int stop;

static int count(void *context)
{
    volatile uint64_t *mine = context;

    while (!stop) {
        (*mine)++;
    }
    return 0;
}

static int is_shared(uint64_t first, uint64_t second)
{
    return first && second && first / 3 < second && second / 3 < first;
}

/* Round robin among equals; the lower priority gets nothing while the higher ones run. */
static void test_priorities(void)
{
    Tid tid[3];

    stop = 0;
    memset((void *)(uintptr_t)counts, 0, sizeof(counts));
    core_set_priority(KosThreadCurrentId(), 25);
    KosThreadCreate(&tid[0], 12, 0, count, (void *)(uintptr_t)&counts[0], 0);
    KosThreadCreate(&tid[1], 12, 0, count, (void *)(uintptr_t)&counts[1], 0);
    KosThreadCreate(&tid[2], 11, 0, count, (void *)(uintptr_t)&counts[2], 0);
    uint64_t first = 0, second = 0, low = 0;
    for (int i = 0; i < 10 && !is_shared(first, second); i++) { /* the host may let the CPU wait */
        KosThreadSleep(300);
        first = counts[0], second = counts[1], low = counts[2];
    }
    stop = 1;
    for (int i = 0; i < 3; i++) {
        KosThreadWait(tid[i], 2000);
    }
    core_set_priority(KosThreadCurrentId(), 15);
    CHECK("equals share the processor", is_shared(first, second));
    CHECK_EQUAL("the lower priority waits", low, 0);
}

static int add_one(void *context)
{
    __atomic_add_fetch((int *)context, 1, __ATOMIC_SEQ_CST);
    return 0;
}

static void test_churn(void)
{
    struct counters before, after;
    int total = 0, good = 1;
    Tid tid;

    for (int i = 0; i < CHURN; i++) { /* grows what stays */
        good &= KosThreadCreate(&tid, 15, 0, add_one, &total, 0) == rcOk;
    }
    KosThreadSleep(20);
    CHECK_EQUAL("100 threads at once", total, CHURN);
    core_counters(&before);
    for (int i = 0; i < 5 * CHURN; i++) {
        good &= KosThreadCreate(&tid, 15, 0, add_one, &total, 0) == rcOk;
        KosThreadYield();
    }
    KosThreadSleep(20);
    core_counters(&after);
    CHECK_EQUAL("500 threads one after the other", total, 6 * CHURN);
    CHECK("each could be made", good);
    CHECK_EQUAL("no thread is left", after.threads, before.threads);
    CHECK_EQUAL("no object is left", after.objects, before.objects);
    CHECK_EQUAL("no frame is left", after.frames, before.frames);
}

static void test_child(const char *mode, int wanted)
{
    struct child child;
    char name[64];

    child_create(&child, CLASS, CHILD_PRIORITY);
    child_start(&child, mode, 0, NULL);
    snprintf(name, sizeof(name), "a process whose thread: %s", mode);
    CHECK_EQUAL(name, child_wait(&child, 5000), wanted);
    child_drop(&child);
}

int main(void)
{
    core_fill_handle_table();
    test_create();
    test_suspended();
    test_raw();
    test_unanswered();
    core_one_cpu();
    test_priorities();
    test_churn();
    core_all_cpus();
    test_futexes();
    test_alert();
    core_one_cpu();
    test_owner();
    core_all_cpus();
    test_clock();
    test_limits();
    test_posix();
    test_child("overflow", -1000);
    test_child("first-ends", 21);
    test_child("pthread-exit", 0);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
    finish();
}
