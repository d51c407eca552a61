/*
 * main.c: many processes, in sequence and at once.
 */
#include "check.h"
#include "core.h"
#include "task.h"

#include <kos/thread.h>
#include <stdio.h>

#define CLASS    "restart.Child"
#define SEQUENCE 300
#define TOGETHER 40
#define QUOTA    (2ull << 20)

static struct counters before, after;
static int is_rehearsal = 1; /* nothing is compared: this process touches its own pages */

static void check_counters(const char *when)
{
    char name[80];

    core_sleep_ns(50000000); /* what nobody waits for is given back when nothing else is to be done */
    core_counters(&after);
    if (is_rehearsal) {
        before = after;
    }
    snprintf(name, sizeof(name), "objects after %s", when);
    CHECK_EQUAL(name, after.objects, before.objects);
    snprintf(name, sizeof(name), "handles after %s", when);
    CHECK_EQUAL(name, after.handles, before.handles);
    snprintf(name, sizeof(name), "threads after %s", when);
    CHECK_EQUAL(name, after.threads, before.threads);
    snprintf(name, sizeof(name), "frames after %s", when);
    /* Several CPUs make objects in another order each time, so they lie in other slabs. */
    CHECK(name, KosCpuCount() > 1 ? before.frames - after.frames + 4 <= 8
                                  : after.frames == before.frames);
    snprintf(name, sizeof(name), "kernel memory after %s", when);
    CHECK_EQUAL(name, after.kmem, before.kmem);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}

static int start(struct child *child, uint64_t code)
{
    return child_create(child, CLASS, CHILD_PRIORITY) == rcOk &&
           child_start(child, "live", 1, &code) == rcOk;
}

static int run_one(uint64_t code)
{
    struct child child = {0};
    int is_good = start(&child, code) && child_wait(&child, 20000) == (int)code;

    child_drop(&child);
    return is_good;
}

static void test_sequence(void)
{
    int good = 0;

    for (uint64_t i = 0; i < SEQUENCE; i++) {
        good += run_one(i);
    }
    CHECK_EQUAL("300 processes one after the other", good, SEQUENCE);
    check_counters("the sequence");
}

static int run_together(void)
{
    static struct child children[TOGETHER];
    int good = 0;

    for (uint64_t i = 0; i < TOGETHER; i++) {
        start(&children[i], i);
    }
    for (int i = 0; i < TOGETHER; i++) {
        good += child_wait(&children[i], 20000) == i;
    }
    for (int i = TOGETHER - 1; i >= 0; i--) {
        child_drop(&children[i]);
    }
    return good;
}

/* A process with a quota takes all it can get; nobody else notices. */
static void test_quota(void)
{
    struct child child = {0};
    const uint64_t zero = 0;
    Handle task;

    Retcode rc = core_task_create("greedy", CLASS, "Child", 0, CHILD_PRIORITY, QUOTA, &task);
    if (CHECK_RC("a process with a quota", rc, rcOk)) {
        child.task = task;
        child_start(&child, "take-all", 1, &zero);
        int pieces = child_wait(&child, 20000);
        CHECK("it gets less than its quota", pieces > 4 && pieces < (int)(QUOTA >> 16));
    }
    child_drop(&child);
    rc = core_task_create("tiny", CLASS, "Child", 0, CHILD_PRIORITY, 4096, &task);
    CHECK_RC("a quota that is too small", rc, rcQuotaExceeded);
    rc = core_task_create("huge", CLASS, "Child", 0, CHILD_PRIORITY, 1ull << 50, &task);
    CHECK("a quota larger than the machine", rc == rcQuotaExceeded || rc == rcOutOfMemory);
    check_counters("quotas");
}

int main(void)
{
    core_fill_handle_table();
    CHECK_EQUAL("40 processes at once", run_together(), TOGETHER); /* grows what stays */
    check_counters("the first");
    CHECK_EQUAL("and again", run_together(), TOGETHER);
    check_counters("the second");
    test_quota();
    is_rehearsal = 0;
    core_counters(&before);
    test_sequence();
    CHECK_EQUAL("40 processes at once again", run_together(), TOGETHER);
    check_counters("all of them");
    test_quota();
    finish();
}
