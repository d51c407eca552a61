/*
 * owner.c: Sync.WaitOwner: who waits on a word lends its owner its priority.
 *
 * The question in each case: does the owner, of low priority, run while a thread of middle priority
 * would like to?
 */
#include "suite.h"

#include <coresrv/vmm/vmm_api.h>

#define LOW    4
#define MIDDLE 8
#define HIGH   12

static uint32_t words[4];
static volatile int go_on[4];
static volatile uint64_t progress[4];
static volatile int stop_middle;
static volatile uint64_t middle_runs;
static Tid owner_tid[4];

/* Counts as long as it is told to. */
static int owner(void *context)
{
    int i = (int)(uintptr_t)context;

    while (!go_on[i]) {
        progress[i]++;
    }
    return 0;
}

static int middle(void *context)
{
    (void)context;
    while (!stop_middle) {
        middle_runs++;
    }
    return 0;
}

struct wait {
    uint32_t *word;
    Tid owner;
    uint64_t ms;
    volatile Retcode result;
    Tid tid;
};

static int waiter(void *context)
{
    struct wait *w = context;

    w->result = core_futex_wait_owner(w->word, 0, w->owner, w->ms);
    return 0;
}

static void start_waiter(struct wait *w, uint32_t priority, uint32_t *word, Tid of, uint64_t ms)
{
    *w = (struct wait){.word = word, .owner = of, .ms = ms, .result = rcFail};
    KosThreadCreate(&w->tid, priority, 0, waiter, w, 0);
    KosThreadSleep(5);
}

/* Whether owner i gets on while the middle thread is ready. */
static int runs(int i)
{
    uint64_t before = progress[i];

    KosThreadSleep(30);
    return progress[i] != before;
}

static void start_owner(int i)
{
    go_on[i] = 0;
    KosThreadCreate(&owner_tid[i], LOW, 0, owner, (void *)(uintptr_t)i, 0);
}

static void stop_owner(int i)
{
    go_on[i] = 1;
    KosThreadWait(owner_tid[i], 3000);
}

static void start_middle(Tid *tid)
{
    stop_middle = 0;
    KosThreadCreate(tid, MIDDLE, 0, middle, NULL, 0);
}

static void test_lent_and_back(void)
{
    struct wait a, b;
    uint32_t woken;
    Tid tid;

    start_middle(&tid);
    start_owner(0);
    CHECK("the owner does not run", !runs(0));
    start_waiter(&b, MIDDLE + 1, &words[0], owner_tid[0], CORE_FOREVER);
    CHECK("while one waits it does", runs(0));
    start_waiter(&a, HIGH, &words[0], owner_tid[0], CORE_FOREVER);
    CHECK("and while two wait", runs(0));
    core_futex_wake(&words[0], 1, &woken);
    KosThreadWait(a.tid, 1000);
    CHECK_RC("the one of higher priority is woken", a.result, rcOk);
    CHECK("the other one lends to the next owner", !runs(0));
    core_futex_wake(&words[0], 1, &woken);
    CHECK_EQUAL("it is woken", woken, 1);

    start_waiter(&a, HIGH, &words[0], owner_tid[0], 40);
    CHECK("another one waits", runs(0));
    KosThreadSleep(40);
    CHECK_RC("until its time is over", a.result, rcTimeout);
    CHECK("then the owner stops", !runs(0));
    stop_middle = 1;
    KosThreadWait(tid, 1000);
    stop_owner(0);
    KosThreadWait(b.tid, 1000);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}

/* Owner 0 <- a, which is owner of word 1 <- b, of high priority, and back when that ends. */
static void test_chain(void)
{
    struct wait a, b;
    uint32_t woken;
    Tid tid;

    start_middle(&tid);
    start_owner(0);
    core_set_priority(KosThreadCurrentId(), 20);
    start_waiter(&a, LOW, &words[0], owner_tid[0], CORE_FOREVER);
    stop_middle = 1;
    KosThreadSleep(20);
    start_middle(&tid);
    CHECK("a waiter of low priority lends nothing", !runs(0));
    start_waiter(&b, HIGH, &words[1], a.tid, CORE_FOREVER);
    CHECK("it passes on what it is lent", runs(0));
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
    core_futex_wake(&words[1], 1, &woken);
    CHECK("until that ends", !runs(0));
    start_waiter(&b, LOW, &words[1], a.tid, CORE_FOREVER);
    stop_middle = 1;
    KosThreadSleep(20);
    start_middle(&tid);
    core_set_priority(b.tid, HIGH);
    CHECK("a change of priority is passed on", runs(0));
    core_set_priority(b.tid, LOW);
    CHECK("both ways", !runs(0));
    stop_middle = 1;
    stop_owner(0);
    core_futex_wake(&words[0], 1, &woken);
    core_futex_wake(&words[1], 1, &woken);
    KosThreadWait(a.tid, 1000);
    KosThreadWait(b.tid, 1000);
    KosThreadWait(tid, 1000);
    core_set_priority(KosThreadCurrentId(), 15);
}

/* Two wait for each other, a third for one of them: nobody runs, nothing breaks. */
static void test_cycle(void)
{
    struct wait a = {.word = &words[0], .ms = 100}, b = {.word = &words[1], .ms = CORE_FOREVER}, c;
    uint32_t woken;

    KosThreadCreate(&a.tid, LOW, 0, waiter, &a, 1);
    KosThreadCreate(&b.tid, LOW + 1, 0, waiter, &b, 1);
    a.owner = b.tid;
    b.owner = a.tid;
    KosThreadResume(a.tid);
    KosThreadResume(b.tid);
    KosThreadSleep(5);
    start_waiter(&c, HIGH, &words[0], b.tid, 50);
    CHECK_RC("a cycle of waiters: the self-check", core_self_check(), rcOk);
    KosThreadWait(c.tid, 1000);
    KosThreadWait(a.tid, 1000);
    CHECK_RC("its waiters give up", a.result, rcTimeout);
    core_futex_wake(&words[1], 1, &woken);
    KosThreadWait(b.tid, 1000);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}

/* The owner ends while others wait for it. */
static void test_dead_owner(void)
{
    struct wait a;
    uint32_t woken;
    Tid gone;

    start_owner(2);
    start_waiter(&a, HIGH, &words[2], owner_tid[2], CORE_FOREVER);
    gone = owner_tid[2];
    stop_owner(2);
    CHECK_RC("an owner that has ended", core_futex_wait_owner(&words[2], 0, gone, 10),
             rcResourceNotFound);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
    core_futex_wake(&words[2], 1, &woken);
    CHECK_EQUAL("those who waited for it are woken", woken, 1);
    KosThreadWait(a.tid, 1000);
}

/* One page of shared memory at two addresses: one word. */
static void test_shared(void)
{
    Handle mdl = INVALID_HANDLE;
    void *one = NULL, *two = NULL;
    struct wait a;
    uint32_t woken = 0;

    KnPmmMdlCreate(4096, 0, &mdl);
    KnPmmMdlMap(mdl, 0, 4096, NULL, VMM_FLAG_READ | VMM_FLAG_WRITE, &one);
    KnPmmMdlMap(mdl, 0, 4096, NULL, VMM_FLAG_READ | VMM_FLAG_WRITE, &two);
    start_waiter(&a, HIGH, (uint32_t *)one + 5, 0, CORE_FOREVER);
    core_futex_wake((uint32_t *)two + 4, 1, &woken);
    CHECK_EQUAL("another word of the page", woken, 0);
    core_futex_wake((uint32_t *)two + 5, 1, &woken);
    CHECK_EQUAL("the word at its other address", woken, 1);
    KosThreadWait(a.tid, 1000);
    CHECK_RC("it was woken", a.result, rcOk);
    start_waiter(&a, HIGH, (uint32_t *)one + 5, 0, 100);
    KnVmUnmap(one, 4096);
    core_futex_wake((uint32_t *)two + 5, 1, &woken);
    CHECK_EQUAL("a waiter whose mapping went", woken, 1);
    KosThreadWait(a.tid, 1000);
    KnVmUnmap(two, 4096);
    core_close(mdl);
}

static void test_order(void)
{
    struct wait w[6];
    static const uint32_t priority[6] = {3, 9, 5, 9, 2, 12}, order[6] = {5, 1, 3, 2, 0, 4};
    uint32_t woken;
    int good = 1;

    for (int i = 0; i < 6; i++) {
        start_waiter(&w[i], priority[i], &words[3], 0, CORE_FOREVER);
    }
    for (int i = 0; i < 6; i++) {
        core_futex_wake(&words[3], 1, &woken);
        KosThreadSleep(2);
        good &= w[order[i]].result == rcOk;
        for (int j = i + 1; j < 6; j++) {
            good &= w[order[j]].result == rcFail;
        }
    }
    CHECK("waiters are woken by priority, then by age", good);
}

/* ---- Sync.WaitNs: both waits, in nanoseconds ---- */

static volatile Retcode ns_result;
static volatile uint64_t ns_left;

static int wait_ns(void *context)
{
    uint64_t left = 0;

    ns_result = core_futex_wait_ns(&words[3], 0, 0, (uint32_t)(uintptr_t)context, 3600000000000ull,
                                   &left);
    ns_left = left;
    return 0;
}

static Tid start_ns(uint32_t flags)
{
    Tid tid = 0;

    ns_result = rcFail;
    KosThreadCreate(&tid, HIGH, 16384, wait_ns, (void *)(uintptr_t)flags, 0);
    KosThreadSleep(2);
    return tid;
}

static void test_ns(void)
{
    static uint32_t word = 5;
    uint64_t before, after;
    uint32_t woken = 0;
    Tid tid;

    CHECK_RC("WaitNs: another value", core_futex_wait_ns(&word, 4, 0, 0, 10, NULL),
             rcFutexWouldBlock);
    CHECK_RC("  no time", core_futex_wait_ns(&word, 5, 0, 0, 0, NULL), rcTimeout);
    CHECK_RC("  an odd address", core_futex_wait_ns((char *)&word + 1, 5, 0, 0, 10, NULL),
             rcInvalidArgument);
    CHECK_RC("  no memory", core_futex_wait_ns((void *)16, 5, 0, 0, 10, NULL), rcInvalidArgument);
    CHECK_RC("  unknown flags", core_futex_wait_ns(&word, 5, 0, 2, 10, NULL), rcInvalidArgument);
    CHECK_RC("  nobody", core_futex_wait_ns(&word, 5, 0xfffff, 0, 0, NULL), rcResourceNotFound);
    CHECK_RC("  oneself", core_futex_wait_ns(&word, 5, KosThreadCurrentId(), 0, 0, NULL),
             rcInvalidArgument);
    core_uptime(&before);
    CHECK_RC("  less than a millisecond", core_futex_wait_ns(&word, 5, 0, 0, 1500, NULL),
             rcTimeout);
    core_uptime(&after);
    CHECK("  not early", after - before >= 1500);
    tid = start_ns(0);
    CHECK_RC("  an alert", KnThreadAlert(INVALID_HANDLE, tid), rcOk);
    KosThreadSleep(2);
    CHECK_RC("  does not end it", ns_result, rcFail);
    core_futex_wake(&words[3], 1, &woken);
    CHECK_RC("  a wake does", KosThreadWait(tid, 10000), rcOk);
    CHECK_RC("  and is told", ns_result, rcOk);
    CHECK("  with what is left", ns_left > 3500000000000ull && ns_left < 3600000000000ull);
    tid = start_ns(KN_WAIT_ALERTABLE);
    KnThreadAlert(INVALID_HANDLE, tid);
    KosThreadWait(tid, 10000);
    CHECK_RC("  with the flag an alert ends it", ns_result, rcIpcInterrupt);
}

void test_owner(void)
{
    static uint32_t word = 5;

    CHECK_RC("another value", core_futex_wait_owner(&word, 4, 0, 10), rcFutexWouldBlock);
    CHECK_RC("no time", core_futex_wait_owner(&word, 5, 0, 0), rcTimeout);
    CHECK_RC("an odd address", core_futex_wait_owner((char *)&word + 1, 5, 0, 10),
             rcInvalidArgument);
    CHECK_RC("no memory", core_futex_wait_owner((void *)16, 5, 0, 10), rcInvalidArgument);
    CHECK_RC("nobody", core_futex_wait_owner(&word, 5, 0xfffff, 10), rcResourceNotFound);
    CHECK_RC("oneself", core_futex_wait_owner(&word, 5, KosThreadCurrentId(), 10),
             rcInvalidArgument);
    test_lent_and_back();
    test_chain();
    test_cycle();
    test_dead_owner();
    test_shared();
    test_order();
    test_ns();
}
