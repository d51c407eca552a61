/*
 * futex.c: waiting on a word of memory.
 */
#include "suite.h"

#define WAITERS 6
#define MANY    100

static volatile uint32_t word;
static volatile int woken_count;

static int wait_word(void *context)
{
    (void)context;
    core_futex_wait((const void *)&word, 0, CORE_FOREVER, NULL);
    __atomic_add_fetch(&woken_count, 1, __ATOMIC_SEQ_CST);
    return 0;
}

static void test_arguments(void)
{
    uint32_t value = 7, woken = 9;
    uint64_t left = 0;

    CHECK_RC("another value", core_futex_wait(&value, 8, 100, &left), rcFutexWouldBlock);
    CHECK_RC("no time", core_futex_wait(&value, 7, 0, &left), rcTimeout);
    CHECK_RC("an odd address", core_futex_wait((char *)&value + 1, 7, 10, &left),
             rcInvalidArgument);
    CHECK_RC("address zero", core_futex_wait(NULL, 7, 10, &left), rcInvalidArgument);
    CHECK_RC("an address in the kernel",
             core_futex_wait((void *)0xffff800000100000ull, 7, 10, &left), rcInvalidArgument);
    CHECK_RC("Wake with no waiter", core_futex_wake(&value, 1, &woken), rcOk);
    CHECK_EQUAL("wakes nobody", woken, 0);
    CHECK_RC("Wake at an odd address", core_futex_wake((char *)&value + 2, 1, &woken),
             rcInvalidArgument);
    uint64_t start = now_ns();
    CHECK_RC("20 ms", core_futex_wait(&value, 7, 20, &left), rcTimeout);
    CHECK("take 20 ms", now_ns() - start >= 20 * MS);
    CHECK_EQUAL("nothing of it is left", left, 0);
}

/* Starts waiters and lets them come to rest. */
static void start_waiters(int n, const uint32_t *priorities)
{
    Tid tid;

    woken_count = 0;
    word = 0;
    for (int i = 0; i < n; i++) {
        KosThreadCreate(&tid, priorities ? priorities[i] : 15, 0, wait_word, NULL, 0);
    }
    KosThreadSleep(10);
}

static void test_wake(void)
{
    uint32_t woken = 0;

    start_waiters(WAITERS, NULL);
    CHECK_EQUAL("all wait", woken_count, 0);
    CHECK_RC("Wake one", core_futex_wake((const void *)&word, 1, &woken), rcOk);
    KosThreadSleep(5);
    CHECK("one is woken", woken == 1 && woken_count == 1);
    core_futex_wake((const void *)&word, 2, &woken);
    KosThreadSleep(5);
    CHECK("two are woken", woken == 2 && woken_count == 3);
    core_futex_wake((const void *)((uintptr_t)&word + 4), 100, &woken);
    KosThreadSleep(5);
    CHECK("another word wakes none", woken == 0 && woken_count == 3);
    core_futex_wake((const void *)&word, ~0u, &woken);
    KosThreadSleep(5);
    CHECK("the rest is woken", woken == WAITERS - 3 && woken_count == WAITERS);
}

static int wake_later(void *context)
{
    uint32_t woken;

    KosThreadSleep(10);
    *(volatile uint32_t *)context = 1;
    core_futex_wake(context, 1, &woken);
    return 0;
}

static void test_wait_then_wake(void)
{
    uint32_t value = 0;
    uint64_t left = 0;
    Tid tid;

    KosThreadCreate(&tid, 15, 0, wake_later, &value, 0);
    CHECK_RC("a wait that is woken", core_futex_wait(&value, 0, 1000, &left), rcOk);
    CHECK("some time is left", left > 500 && left <= 1000);
    KosThreadWait(tid, 1000);
}

static volatile int is_over;

static int wait_again(void *context)
{
    (void)context;
    while (!is_over) {
        core_futex_wait((const void *)&word, 0, CORE_FOREVER, NULL);
    }
    return 0;
}

/* More than one step of the kernel wakes. The woken, of a higher priority, wait again at once: a Wake
 * counts each of them once and comes to its end. */
static void test_many_waiters(void)
{
    uint32_t woken = 0;
    int good = 1;
    Tid tids[MANY];

    is_over = 0;
    word = 0;
    for (int i = 0; i < MANY; i++) {
        good &= KosThreadCreate(&tids[i], 16, 16384, wait_again, NULL, 0) == rcOk;
    }
    KosThreadSleep(10);
    CHECK("many threads wait", good);
    for (int i = 0; i < 20; i++) {
        good &= core_futex_wake((const void *)&word, ~0u, &woken) == rcOk && woken == MANY;
    }
    CHECK("a Wake wakes each of them once", good);
    core_futex_wake((const void *)&word, MANY - 7, &woken);
    CHECK_EQUAL("and not more than it was told to", woken, MANY - 7);
    is_over = 1;
    core_futex_wake((const void *)&word, ~0u, &woken);
    for (int i = 0; i < MANY; i++) {
        KosThreadWait(tids[i], 2000);
    }
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}

/* A process ends in the middle of its Wake, at some moment. */
static void test_dying_waker(void)
{
    int good = 1;

    for (unsigned i = 0; i < 12; i++) {
        struct child child;
        child_create(&child, CLASS, 10);
        child_start(&child, "wake-forever", 0, NULL);
        core_sleep_ns(30 * MS + i * 370000);
        good &= core_task_terminate(child.task) == rcOk;
        good &= child_wait(&child, 2000) == -1;
        child_drop(&child);
    }
    CHECK("a process that wakes many is terminated", good);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}

/* The end of a process with waiters, and of a waiting thread's process, leaves the queues sound. */
static void test_many_words(void)
{
    static uint32_t words[64];
    uint32_t woken;
    int good = 1;

    for (int i = 0; i < 64; i++) {
        good &= core_futex_wait(&words[i], 0, 1, NULL) == rcTimeout;
        good &= core_futex_wake(&words[i], 1, &woken) == rcOk && woken == 0;
    }
    CHECK("waits that end by time leave no waiter", good);
}

void test_futexes(void)
{
    test_arguments();
    test_wake();
    test_wait_then_wake();
    core_one_cpu();
    test_many_waiters();
    core_all_cpus();
    test_dying_waker();
    test_many_words();
}
