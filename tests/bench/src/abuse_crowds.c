/*
 * abuse_crowds.c: 10,000 threads that wait for one thing, and chains of lent priorities.
 */
#include "abuse.h"

#include "core.h"
#include "crowd.h"
#include "measure.h"
#include "task.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <kos/thread.h>

#define MANY    10000u
#define CLASS   "bench.Server"

static uint32_t word;

static void gather(unsigned count, uint32_t low, uint32_t high)
{
    if (crowd_start(count, low, high) != count) {
        abuse_failed("threads are missing");
    }
}

static void disperse(unsigned count)
{
    if (!crowd_ended(count)) {
        abuse_failed("threads are left");
    }
}

void abuse_futex_all(void)
{
    uint32_t woken;

    crowd_wait_futex(&word, 0, CORE_FOREVER);
    gather(MANY, 1, 14);
    core_futex_wake(&word, ~0u, &woken);
    disperse(MANY);
}

void abuse_futex_one(void)
{
    uint32_t woken;

    crowd_wait_futex(&word, 0, CORE_FOREVER);
    gather(2000, 1, 14);
    for (unsigned i = 0; i < 1000; i++) {
        core_futex_wake(&word, 1, &woken);
    }
    core_futex_wake(&word, 1000, &woken);
    disperse(2000);
}

/* The owner changes with each one that is woken. */
void abuse_futex_owner(void)
{
    uint32_t woken;

    crowd_wait_owner(&word, 0, KosThreadCurrentId());
    gather(MANY, 1, 14);
    for (unsigned i = 0; i < 1000; i++) {
        core_futex_wake(&word, 1, &woken);
    }
    core_futex_wake(&word, 5000, &woken);
    core_futex_wake(&word, ~0u, &woken);
    disperse(MANY);
}

/* All at the same moment. */
void abuse_timers(void)
{
    crowd_sleep(read_counter() + 400000000);
    gather(MANY, 1, 14);
    disperse(MANY);
}

void abuse_notice_waiters(void)
{
    Handle notice, object;

    if (core_notice_create(&notice) != rcOk ||
        KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_GENERAL, NULL, &object) != rcOk) {
        abuse_failed("no receiver");
        return;
    }
    crowd_wait_notice(notice);
    gather(MANY, 1, 14);
    for (unsigned i = 0; i < 5000; i++) {
        core_notice_subscribe(notice, object, OBJECT_EVENT_USER(1), i);
    }
    KnNoticeSetObjectEvent(object, OBJECT_EVENT_USER(1));
    core_notice_drop(notice);
    disperse(MANY);
    KnHandleClose(object);
    KnHandleClose(notice);
}

void abuse_thread_waiters(void)
{
    static uint32_t other_word;
    uint32_t tid, woken;

    crowd_wait_futex(&other_word, 0, CORE_FOREVER);
    if (crowd_add(0, 10, &tid) != rcOk) {
        abuse_failed("no thread");
    }
    core_sleep_ns(1000000);
    crowd_wait_thread(tid);
    gather(MANY - 1, 1, 14);
    core_futex_wake(&other_word, 1, &woken);
    disperse(MANY);
}

void abuse_task_waiters(void)
{
    struct child child;

    if (child_serve(&child, CLASS, "wait", CHILD_PRIORITY) != rcOk) {
        abuse_failed("no process");
        return;
    }
    crowd_wait_task(child.task);
    gather(MANY, 1, 14);
    core_task_terminate(child.task);
    disperse(MANY);
    child_drop(&child);
}

/* ---- lending ---- */

#define LINKS 100u
static uint32_t words[LINKS];

/* Each waits for a word that the one before owns; then one of high priority waits at the end. */
void abuse_lending(void)
{
    uint32_t tids[LINKS], woken;

    for (unsigned i = 0; i < LINKS; i++) {
        if (i == 0) {
            crowd_wait_futex(&words[0], 0, CORE_FOREVER);
        } else {
            crowd_wait_owner(&words[i], 0, tids[i - 1]);
        }
        crowd_plan()->ended = i;
        if (crowd_add(i, 1, &tids[i]) != rcOk) {
            abuse_failed("no thread");
        }
        core_sleep_ns(200000);
    }
    for (unsigned turn = 2; turn < 14; turn++) {
        core_set_priority(tids[LINKS - 1], turn);
    }
    for (unsigned turn = 14; turn-- > 1;) {
        core_set_priority(tids[LINKS - 1], turn);
    }
    crowd_plan()->ended = 0;
    for (unsigned i = LINKS; i-- > 0;) {
        core_futex_wake(&words[i], 1, &woken);
    }
    core_futex_wake(&words[0], 1, &woken);
    disperse(LINKS);
}
