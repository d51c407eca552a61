/*
 * notices.c: notification receivers.
 */
#include "remote.h"

#include <kos/objects.h>
#include <kos/thread.h>

#define WAITERS 4
#define BIT(n)  OBJECT_EVENT_USER(1u << (n))

static Notice notice;
static Handle object;

static Retcode get(uint64_t ms, uint64_t *id, uint32_t *mask)
{
    EventDesc event = {0};
    rtl_size_t count = 0;
    Retcode rc = KnNoticeGetEvent(notice, ms, 1, &event, &count);

    *id = event.eventId;
    *mask = event.eventMask;
    return rc == rcOk && count != 1 ? rcInternalError : rc;
}

static void expect(const char *name, uint64_t id, uint32_t mask)
{
    uint64_t got_id;
    uint32_t got_mask;

    if (CHECK_RC(name, get(100, &got_id, &got_mask), rcOk)) {
        CHECK("  that entry, that mask", got_id == id && got_mask == mask);
    }
}

static void expect_none(const char *name)
{
    uint64_t id;
    uint32_t mask;

    CHECK_RC(name, get(0, &id, &mask), rcTimeout);
}

static void setup(void)
{
    KnNoticeCreate(&notice);
    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RIGHTS_ALL, NULL, &object);
}

static void teardown(void)
{
    KnHandleClose(object);
    KnNoticeRelease(notice);
}

static void test_merge(void)
{
    setup();
    KnNoticeSubscribeToObject(notice, object, BIT(0) | BIT(1), 10);
    expect_none("nothing before an event");
    KnNoticeSetObjectEvent(object, BIT(0));
    KnNoticeSetObjectEvent(object, BIT(1));
    KnNoticeSetObjectEvent(object, BIT(0) | BIT(2));
    expect("three events of one entry are one notification", 10, BIT(0) | BIT(1));
    expect_none("  and then nothing");
    KnNoticeSetObjectEvent(object, BIT(1));
    expect("after reading, a new one", 10, BIT(1));
    KnNoticeSetObjectEvent(object, BIT(2));
    expect_none("an event outside the mask");
    teardown();
}

static void test_entries(void)
{
    EventDesc events[8];
    rtl_size_t count = 0;

    setup();
    KnNoticeSubscribeToObject(notice, object, BIT(0), 1);
    KnNoticeSubscribeToObject(notice, object, BIT(1), 2);
    KnNoticeSubscribeToObject(notice, object, BIT(0) | BIT(1), 3);
    KnNoticeSubscribeToObject(notice, object, BIT(1), 2);
    KnNoticeSetObjectEvent(object, BIT(1));
    KnNoticeSetObjectEvent(object, BIT(0));
    CHECK_RC("two at a time", KnNoticeGetEvent(notice, 0, 2, events, &count), rcOk);
    CHECK("  the oldest first",
          count == 2 && events[0].eventId == 2 && events[0].eventMask == BIT(1) &&
              events[1].eventId == 3 && events[1].eventMask == (BIT(0) | BIT(1)));
    CHECK_RC("the rest", KnNoticeGetEvent(notice, 0, 8, events, &count), rcOk);
    CHECK("  of which one has the same identifier",
          count == 2 && events[0].eventId == 2 && events[1].eventId == 1);
    KnNoticeSetObjectEvent(object, BIT(0) | BIT(1));
    CHECK_RC("unsubscribe an identifier", KnNoticeUnsubscribeFromEvent(notice, object, 2), rcOk);
    CHECK_RC("  its entries are gone", KnNoticeUnsubscribeFromEvent(notice, object, 2),
             rcResourceNotFound);
    CHECK_RC("  the others hold what happened", KnNoticeGetEvent(notice, 0, 8, events, &count),
             rcOk);
    CHECK("  two of them", count == 2 && events[0].eventId == 1 && events[1].eventId == 3);
    KnNoticeSetObjectEvent(object, BIT(0));
    CHECK_RC("unsubscribe the object", KnNoticeUnsubscribeFromObject(notice, object), rcOk);
    expect_none("  nothing is left to read");
    CHECK_RC("  nor to unsubscribe", KnNoticeUnsubscribeFromObject(notice, object),
             rcResourceNotFound);
    KnNoticeSetObjectEvent(object, BIT(0));
    expect_none("  nothing comes any more");
    teardown();
}

static void test_objects(void)
{
    Handle second, weak, task_copy;

    setup();
    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RIGHTS_ALL, NULL, &second);
    KnNoticeSubscribeToObject(notice, object, BIT(0) | EVENT_OBJECT_DESTROYED, 1);
    KnNoticeSubscribeToObject(notice, second, BIT(0) | EVENT_OBJECT_DESTROYED, 2);
    KnNoticeSetObjectEvent(second, BIT(0));
    KnHandleClose(second);
    KnNoticeSetObjectEvent(object, BIT(0));
    expect("an object's last events come merged after its end", 2,
           BIT(0) | EVENT_OBJECT_DESTROYED);
    expect("  in the order of the first", 1, BIT(0));
    KnHandleCopy(object, OCAP_HANDLE_SET_EVENT, INVALID_HANDLE, &weak);
    KnNoticeSetObjectEvent(weak, BIT(3));
    expect_none("a mask that nobody asked for");
    CHECK_RC("any handle of the object tells", KnNoticeSetObjectEvent(weak, BIT(0)), rcOk);
    expect("  and is heard", 1, BIT(0));
    CHECK_RC("subscribing needs the right to get events",
             KnNoticeSubscribeToObject(notice, weak, BIT(0), 1), rcSecurityDisallow);
    KnHandleClose(weak);
    KnHandleCopy(object, OCAP_HANDLE_GET_EVENT, INVALID_HANDLE, &weak);
    CHECK_RC("telling needs the right to set them", KnNoticeSetObjectEvent(weak, BIT(0)),
             rcSecurityDisallow);
    KnHandleClose(weak);
    CHECK_RC("general bits are the kernel's",
             KnNoticeSetObjectEvent(object, BIT(0) | EVENT_BADGE_CLOSED), rcInvalidArgument);
    CHECK_RC("an empty mask", KnNoticeSetObjectEvent(object, 0), rcInvalidArgument);
    CHECK_RC("an empty subscription", KnNoticeSubscribeToObject(notice, object, 0, 1),
             rcInvalidArgument);
    CHECK_RC("a handle that is none", KnNoticeSubscribeToObject(notice, 0xfffff, 1, 1),
             rcInvalidArgument);
    KnHandleCopy(A->child.task, NK_RIGHTS_SAME, INVALID_HANDLE, &task_copy);
    CHECK_RC("what is no user resource", KnNoticeSetObjectEvent(task_copy, BIT(0)),
             rcInvalidArgument);
    KnHandleClose(task_copy);
    expect_none("none of these told anything");
    teardown();
}

static void test_remote(void)
{
    nk_handle_desc_t desc;
    Handle at_a = MAKE(A, 0);

    KnNoticeCreate(&notice);
    take(A, at_a, OCAP_HANDLE_GET_EVENT, 0, &desc);
    KnNoticeSubscribeToObject(notice, nk_get_handle(&desc), BIT(5) | EVENT_OBJECT_DESTROYED, 50);
    tell(A, DO_SET_EVENT, at_a, BIT(5), 0, NULL, NULL);
    expect("an event set in another process", 50, BIT(5));
    KnHandleClose(nk_get_handle(&desc));
    tell(A, DO_SET_EVENT, at_a, BIT(5), 0, NULL, NULL);
    expect("the subscription outlives its handle", 50, BIT(5));
    CLOSE(A, at_a);
    expect("and ends with the object", 50, EVENT_OBJECT_DESTROYED);
    expect_none("  with nothing behind it");
    KnNoticeRelease(notice);
}

static void test_timeout(void)
{
    uint64_t id, before, after;
    uint32_t mask;
    EventDesc event;
    rtl_size_t count = 77;

    setup();
    core_uptime(&before);
    CHECK_RC("30 ms without an event", get(30, &id, &mask), rcTimeout);
    core_uptime(&after);
    CHECK("  take 30 ms", after - before >= 30000000 && after - before < 1000000000);
    CHECK_RC("no room", KnNoticeGetEvent(notice, 0, 0, &event, &count), rcInvalidArgument);
    CHECK_RC("no receiver", KnNoticeGetEvent(NULL, 0, 1, &event, &count), rcInvalidArgument);
    CHECK_RC("no event", KnNoticeGetEvent(notice, 0, 1, &event, &count), rcTimeout);
    CHECK("  the count is untouched", count == 77);
    teardown();
}

/* ---- several threads ---- */

struct waiter {
    volatile Retcode rc;
    volatile uint64_t id;
    volatile int is_done;
};
static struct waiter waiters[WAITERS];

static int wait_main(void *context)
{
    struct waiter *waiter = context;
    uint64_t id;
    uint32_t mask;

    waiter->rc = get(INFINITE_TIMEOUT, &id, &mask);
    waiter->id = id;
    waiter->is_done = 1;
    return 0;
}

static int count_done(void)
{
    int done = 0;

    KosThreadSleep(20);
    for (int i = 0; i < WAITERS; i++) {
        done += waiters[i].is_done;
    }
    return done;
}

static void start_waiters(void)
{
    memset(waiters, 0, sizeof(waiters));
    for (int i = 0; i < WAITERS; i++) {
        Tid tid;

        KosThreadCreate(&tid, ThreadPriorityNormal, 0, wait_main, &waiters[i], 0);
    }
    CHECK_EQUAL("four threads wait", count_done(), 0);
}

static void test_threads(void)
{
    uint64_t seen = 0;

    setup();
    for (uint64_t id = 0; id < WAITERS; id++) {
        KnNoticeSubscribeToObject(notice, object, BIT(id), id);
    }
    start_waiters();
    KnNoticeSetObjectEvent(object, BIT(2));
    CHECK_EQUAL("one event wakes one of them", count_done(), 1);
    KnNoticeSetObjectEvent(object, BIT(0) | BIT(1) | BIT(3));
    CHECK_EQUAL("three wake the rest", count_done(), WAITERS);
    for (int i = 0; i < WAITERS; i++) {
        seen |= waiters[i].rc == rcOk ? 1ull << waiters[i].id : 0;
    }
    CHECK_EQUAL("each has another one", seen, 15);
    start_waiters();
    CHECK_RC("the receiver is dropped", KnNoticeDropAndWake(notice), rcOk);
    CHECK_EQUAL("  all are sent away", count_done(), WAITERS);
    CHECK("  with rcResourceNotFound",
          waiters[0].rc == rcResourceNotFound && waiters[3].rc == rcResourceNotFound);
    KnNoticeSetObjectEvent(object, BIT(1));
    expect("what happened can still be read", 1, BIT(1));
    uint32_t mask;
    CHECK_RC("  then it is rcResourceNotFound", get(INFINITE_TIMEOUT, &seen, &mask),
             rcResourceNotFound);
    teardown();
}

static void test_release(void)
{
    setup();
    KosRefObject(notice);
    CHECK_RC("one of two references is given up", KnNoticeRelease(notice), rcOk);
    KnNoticeSubscribeToObject(notice, object, BIT(0), 1);
    KnNoticeSetObjectEvent(object, BIT(0));
    expect("the other works", 1, BIT(0));
    start_waiters();
    KosPutObject(notice);
    CHECK_EQUAL("the last reference sends all away", count_done(), WAITERS);
    CHECK("  with rcResourceNotFound", waiters[1].rc == rcResourceNotFound);
    KnHandleClose(object);
}

void test_notices(void)
{
    test_merge();
    test_entries();
    test_objects();
    test_remote();
    test_timeout();
    test_threads();
    test_release();
}
