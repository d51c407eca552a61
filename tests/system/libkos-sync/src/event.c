/*
 * event.c: kos/event.h.
 */
#include "suite.h"

#include <kos/event.h>

#define WAITERS 6

static KosEvent event = KOS_EVENT_INITIALIZER;
static int through[2]; /* waiters without and with reset */

static int waiter(void *context)
{
    int reset = (int)(uintptr_t)context;

    if (KosEventWait(&event, reset) == rcOk) {
        __atomic_fetch_add(&through[reset], 1, __ATOMIC_SEQ_CST);
    }
    return 0;
}

static int is_through(int plain, int resetting)
{
    for (int i = 0; i < 2000 && (through[0] != plain || through[1] != resetting); i++) {
        KosThreadSleep(1);
    }
    KosThreadSleep(5);
    return through[0] == plain && through[1] == resetting;
}

static void test_states(void)
{
    KosEvent e;
    uint64_t before = now_ms();

    KosEventInit(&e);
    CHECK_RC("a new event is not signalled", KosEventWaitTimeout(&e, rtl_false, 0), rcTimeout);
    CHECK_RC("for 10 ms", KosEventWaitTimeout(&e, rtl_true, 10), rcTimeout);
    CHECK("the time-out is not early", now_ms() - before >= 10);
    KosEventSet(&e);
    CHECK_RC("set", KosEventWaitTimeout(&e, rtl_false, 0), rcOk);
    CHECK_RC("it stays so", KosEventWait(&e, rtl_false), rcOk);
    KosEventReset(&e);
    CHECK_RC("reset", KosEventWaitTimeout(&e, rtl_false, 0), rcTimeout);
    KosEventReset(&e);
    KosEventSet(&e);
    KosEventSet(&e);
    CHECK_RC("set twice", KosEventWait(&e, rtl_true), rcOk);
    CHECK_RC("counts once", KosEventWaitTimeout(&e, rtl_true, 0), rcTimeout);
    CHECK_RC("KosEventWait of null", KosEventWait(NULL, rtl_false), rcInvalidArgument);
    CHECK_RC("KosEventWaitTimeout of null", KosEventWaitTimeout(NULL, rtl_false, 1),
             rcInvalidArgument);
    KosEventDeinit(&e);
}

static void test_waiters(void)
{
    Tid tids[WAITERS];

    for (int i = 0; i < WAITERS; i++) {
        tids[i] = start(waiter, (void *)(uintptr_t)(i & 1), 16);
    }
    KosThreadSleep(10);
    CHECK("they wait", is_through(0, 0));
    KosEventSet(&event);
    CHECK("all who wait without reset are through, and one with reset",
          is_through(WAITERS / 2, 1));
    KosEventSet(&event);
    CHECK("the next one", is_through(WAITERS / 2, 2));
    KosEventSet(&event);
    CHECK("and the last one", is_through(WAITERS / 2, 3));
    CHECK_EQUAL("they end", join_all(tids, WAITERS), WAITERS);
    CHECK_RC("it was reset", KosEventWaitTimeout(&event, rtl_false, 0), rcTimeout);
}

static int set_later(void *context)
{
    KosThreadSleep(15);
    KosEventSet(context);
    return 0;
}

static void test_timeout(void)
{
    Tid tid = start(set_later, &event, 16);

    CHECK_RC("it is set in time", KosEventWaitTimeout(&event, rtl_true, 5000), rcOk);
    join_all(&tid, 1);
    tid = start(set_later, &event, 16);
    CHECK_RC("without end", KosEventWaitTimeout(&event, rtl_true, INFINITE_TIMEOUT), rcOk);
    join_all(&tid, 1);
}

void test_event(void)
{
    test_states();
    test_waiters();
    test_timeout();
}
