/*
 * main.c: waits of 10,000 threads of this process, and of those of the child.
 */
#include "check.h"
#include "core.h"
#include "crowd.h"
#include "disturb.h"
#include "suite.h"
#include "task.h"

#include <coresrv/handle/handle_api.h>
#include <kos/thread.h>
#include <tessera/call.h>

#define MANY 10000u
#define LOW  1u
#define HIGH 14u

static uint32_t word;

/* The number of the thread that comes i-th of `count` when the higher priority goes first, and among equals
 * who came first. */
static unsigned in_order(unsigned i, unsigned count)
{
    const unsigned levels = HIGH - LOW + 1;

    for (unsigned level = levels; level-- > 0;) {
        unsigned here = count / levels + (level < count % levels);

        if (i < here) {
            return level + i * levels;
        }
        i -= here;
    }
    return count;
}

/* How many came back at another place than they should. */
static unsigned misplaced(unsigned count)
{
    unsigned wrong = 0;

    for (unsigned i = 0; i < count; i++) {
        wrong += crowd_plan()->order[i] != in_order(i, count);
    }
    return wrong;
}

static unsigned with_code(unsigned count, Retcode (*code_of)(const struct crowd_result *), Retcode code)
{
    unsigned n = 0;

    for (unsigned i = 0; i < count; i++) {
        n += crowd_plan()->results[i].code == rcOk && code_of(&crowd_plan()->results[i]) == code;
    }
    return n;
}

/* Where the code stands in the answers of the methods. */
static Retcode low_of_second(const struct crowd_result *r)
{
    return (Retcode)r->r13;
}

static Retcode high_of_second(const struct crowd_result *r)
{
    return (Retcode)(r->r13 >> 32);
}

static Retcode high_of_first(const struct crowd_result *r)
{
    return (Retcode)(r->r12 >> 32);
}

static Retcode low_of_first(const struct crowd_result *r)
{
    return (Retcode)r->r12;
}

static void test_futex_all(void)
{
    uint32_t woken = 0;

    crowd_wait_futex(&word, 0, CORE_FOREVER);
    CHECK_EQUAL("futex: 10,000 threads wait", crowd_start(MANY, LOW, HIGH), MANY);
    disturb_begin();
    CHECK_RC("futex: all are woken", core_futex_wake(&word, ~0u, &woken), rcOk);
    CHECK("futex: interrupted meanwhile, and all is sound", disturb_end());
    CHECK_EQUAL("futex: so many are told", woken, MANY);
    CHECK("futex: all come back", crowd_ended(MANY));
    CHECK_EQUAL("futex: with success", with_code(MANY, low_of_second, rcOk), MANY);
    CHECK_EQUAL("futex: the important first, then who waited longest", misplaced(MANY), 0);
}

static void test_futex_some(void)
{
    uint32_t woken = 0;

    crowd_wait_futex(&word, 0, CORE_FOREVER);
    crowd_start(MANY, LOW, HIGH);
    for (unsigned i = 0; i < 5; i++) {
        core_futex_wake(&word, 1, &woken);
        core_sleep_ns(1000000);
    }
    CHECK_EQUAL("futex: one by one", crowd_plan()->ended, 5);
    CHECK_RC("futex: a thousand", core_futex_wake(&word, 1000, &woken), rcOk);
    CHECK_EQUAL("futex: a thousand are told", woken, 1000);
    core_sleep_ns(20000000);
    CHECK_EQUAL("futex: the others wait on", crowd_plan()->ended, 1005);
    core_futex_wake(&word, ~0u, &woken);
    CHECK_EQUAL("futex: the rest", woken, MANY - 1005);
    CHECK("futex: they all come back", crowd_ended(MANY));
    CHECK_EQUAL("futex: in the same order", misplaced(MANY), 0);
}

/* The word belongs to this thread: it has the priority of the highest that waits. */
static void test_futex_owner(void)
{
    uint32_t woken = 0;

    crowd_wait_owner(&word, 0, KosThreadCurrentId());
    CHECK_EQUAL("owned word: 10,000 threads wait", crowd_start(MANY, LOW, HIGH), MANY);
    disturb_begin();
    core_futex_wake(&word, 3000, &woken);
    CHECK_EQUAL("owned word: some are woken", woken, 3000);
    core_futex_wake(&word, ~0u, &woken);
    CHECK_EQUAL("owned word: the rest", woken, MANY - 3000);
    CHECK("owned word: interrupted meanwhile, and all is sound", disturb_end());
    CHECK("owned word: all come back", crowd_ended(MANY));
    CHECK_EQUAL("owned word: with success", with_code(MANY, low_of_second, rcOk), MANY);
}

static void test_futex_timeout(void)
{
    uint32_t woken = 0;

    crowd_wait_futex(&word, 0, 300);
    crowd_start(MANY, LOW, HIGH);
    disturb_begin();
    CHECK("futex: 10,000 time out", crowd_ended(MANY));
    CHECK("futex: interrupted by that, and all is sound", disturb_end());
    CHECK_EQUAL("futex: and are told so", with_code(MANY, low_of_second, rcTimeout), MANY);
    core_futex_wake(&word, ~0u, &woken);
    CHECK_EQUAL("futex: nobody waits any more", woken, 0);
}

static void test_notice(void)
{
    enum { EVENTS = 3000 };
    Handle notice = INVALID_HANDLE, object = INVALID_HANDLE;

    core_notice_create(&notice);
    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_GENERAL, NULL, &object);
    crowd_wait_notice(notice);
    CHECK_EQUAL("notice: 10,000 threads wait", crowd_start(MANY, LOW, HIGH), MANY);
    for (unsigned i = 0; i < EVENTS; i++) {
        core_notice_subscribe(notice, object, OBJECT_EVENT_USER(1), i);
    }
    disturb_begin();
    CHECK_RC("notice: an event of 3,000 entries", KnNoticeSetObjectEvent(object, OBJECT_EVENT_USER(1)),
             rcOk);
    CHECK("notice: so many are woken", crowd_ended(EVENTS));
    CHECK("notice: interrupted meanwhile, and all is sound", disturb_end());
    CHECK_EQUAL("notice: each got an event", with_code(MANY, high_of_second, rcOk), MANY);
    disturb_begin();
    CHECK_RC("notice: the rest is sent away", core_notice_drop(notice), rcOk);
    CHECK("notice: they come back", crowd_ended(MANY));
    CHECK("notice: interrupted by that, and all is sound", disturb_end());
    CHECK_EQUAL("notice: without an event", with_code(MANY, high_of_second, rcResourceNotFound),
                MANY - EVENTS);
    KnHandleClose(notice);
    KnHandleClose(object);
}

static void test_thread_end(void)
{
    static uint32_t other;
    uint32_t tid = 0, woken;

    crowd_wait_futex(&other, 0, CORE_FOREVER);
    CHECK_RC("thread: one to wait for", crowd_add(0, HIGH, &tid), rcOk);
    core_sleep_ns(1000000);
    crowd_wait_thread(tid);
    CHECK_EQUAL("thread: 9,999 wait for its end", crowd_start(MANY - 1, LOW, HIGH), MANY - 1);
    disturb_begin();
    core_futex_wake(&other, 1, &woken);
    CHECK("thread: all come back", crowd_ended(MANY));
    CHECK("thread: interrupted meanwhile, and all is sound", disturb_end());
    CHECK_EQUAL("thread: and know its end", with_code(MANY - 1, high_of_first, rcOk), MANY - 1);
}

static void test_task_end(void)
{
    struct child child;

    CHECK_RC("process: one to wait for", child_serve(&child, "crowd.Child", "idle", CHILD_PRIORITY), rcOk);
    crowd_wait_task(child.task);
    CHECK_EQUAL("process: 10,000 threads wait for its end", crowd_start(MANY, LOW, HIGH), MANY);
    disturb_begin();
    CHECK_RC("process: it is ended", core_task_terminate(child.task), rcOk);
    CHECK("process: all come back", crowd_ended(MANY));
    CHECK("process: interrupted meanwhile, and all is sound", disturb_end());
    CHECK_EQUAL("process: and know its end", with_code(MANY, low_of_second, rcOk), MANY);
    CHECK_EQUAL("process: the important first", misplaced(MANY), 0);
    child_drop(&child);
}

/* All at one moment, as nearly as they can. */
static void test_timers(void)
{
    uint64_t now = 0;

    core_uptime(&now);
    crowd_sleep(0);
    crowd_plan()->r12 = 300000000;
    CHECK_EQUAL("timers: 10,000 threads sleep", crowd_start(MANY, LOW, HIGH), MANY);
    disturb_begin();
    CHECK("timers: all wake up", crowd_ended(MANY));
    CHECK("timers: interrupted meanwhile, and all is sound", disturb_end());
    CHECK_EQUAL("timers: with success", with_code(MANY, low_of_first, rcOk), MANY);
}

/* What a child with a crowd of its own finds out. */
static void in_child(const char *mode, int is_ended)
{
    struct child child;

    child_create(&child, "crowd.Child", CHILD_PRIORITY);
    child_start(&child, mode, 0, NULL);
    if (is_ended) { /* by us, in the middle of it */
        core_sleep_ns(2000000000);
        disturb_begin();
        CHECK_RC("killed: a process with 9,000 threads that wait", core_task_terminate(child.task), rcOk);
        CHECK_EQUAL("killed: it ends", child_wait(&child, CORE_FOREVER), -1);
        CHECK("killed: interrupted meanwhile, and all is sound", disturb_end());
    } else {
        int failed = child_wait(&child, CORE_FOREVER);

        check_add_failures(failed > 0 ? failed : failed != 0);
    }
    child_drop(&child);
}

int main(void)
{
    struct counters before, after;

    core_one_cpu();
    core_fill_handle_table();
    test_futex_some(); /* what stays, say tables of threads, is there after the first */
    test_task_end();
    in_child("calls", 0);
    test_objects();
    core_counters(&before);
    test_futex_all();
    test_futex_some();
    test_futex_owner();
    test_futex_timeout();
    test_notice();
    test_thread_end();
    test_task_end();
    test_timers();
    in_child("calls", 0);
    in_child("hoard", 1);
    test_objects();
    core_sleep_ns(100000000);
    core_counters(&after);
    CHECK_EQUAL("in the end: no object is left", after.objects, before.objects);
    CHECK_EQUAL("in the end: no handle", after.handles, before.handles);
    CHECK_EQUAL("in the end: no thread", after.threads, before.threads);
    CHECK_EQUAL("in the end: no memory of the kernel", after.kmem, before.kmem);
    CHECK_EQUAL("in the end: no frame", after.frames, before.frames);
    finish();
}
