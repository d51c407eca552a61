/*
 * alert.c: Thread.Alert.
 */
#include "suite.h"

#include <coresrv/handle/notice_api.h>

static uint32_t word;
static Notice notice;

static Retcode wait_word(void)
{
    return core_futex_wait(&word, 0, CORE_FOREVER, NULL);
}

static Retcode wait_owner(void)
{
    return core_futex_wait_owner(&word, 0, 0, 60);
}

static Retcode wait_sleep(void)
{
    return core_sleep_ns(CORE_FOREVER);
}

static Retcode wait_notice(void)
{
    EventDesc event;
    rtl_size_t count = 1;

    return KnNoticeGetEvent(notice, INFINITE_TIMEOUT, count, &event, &count);
}

static Retcode (*wait)(void);
static volatile Retcode result;
static volatile int step;
static Handle handle;

static int waiter(void *context)
{
    uint32_t tid;

    (void)context;
    core_open_current(&handle, &tid);
    step = 1;
    result = wait();
    step = 2;
    return 0;
}

/* A thread in wait(), alerted by handle or number. */
static Retcode alert_waiting(Retcode (*how)(void), int by_handle)
{
    Tid tid;

    wait = how;
    step = 0;
    result = rcFail;
    KosThreadCreate(&tid, 16, 0, waiter, NULL, 0);
    KosThreadSleep(10);
    if (step != 1) {
        return rcFail;
    }
    CHECK_RC("Alert", by_handle ? core_thread_alert(handle, 0) : core_thread_alert(0, tid), rcOk);
    KosThreadWait(tid, 2000);
    core_close(handle);
    return result;
}

static void test_pending(void)
{
    Handle self, listener = INVALID_HANDLE;
    uint32_t tid;
    EventDesc event;
    rtl_size_t count = 1;

    core_open_current(&self, &tid);
    core_create_listener(&listener);
    CHECK_RC("alert of oneself", core_thread_alert(self, 0), rcOk);
    CHECK_RC("a wait that has no reason to begin keeps it",
             core_futex_wait(&word, 1, CORE_FOREVER, NULL), rcFutexWouldBlock);
    CHECK_RC("nor does one that does not wait", core_futex_wait(&word, 0, 0, NULL), rcTimeout);
    CHECK_RC("nor one that is not alertable", core_futex_wait_owner(&word, 0, 0, 1), rcTimeout);
    CHECK_RC("the next one ends at once", core_futex_wait(&word, 0, CORE_FOREVER, NULL),
             rcIpcInterrupt);
    CHECK_RC("and uses it up", core_futex_wait(&word, 0, 1, NULL), rcTimeout);
    core_thread_alert(0, tid);
    core_thread_alert(0, tid);
    CHECK_RC("two count as one", core_sleep_ns(CORE_FOREVER), rcIpcInterrupt);
    CHECK_RC("sleeping", core_sleep_ns(1000), rcOk);
    core_thread_alert(0, tid);
    CHECK_RC("waiting for an event",
             KnNoticeGetEvent(notice, INFINITE_TIMEOUT, count, &event, &count), rcIpcInterrupt);
    CHECK_RC("a thread that is none", core_thread_alert(0, 0xfffff), rcResourceNotFound);
    CHECK_RC("a handle that is none", core_thread_alert(0x7000, 0), rcInvalidArgument);
    CHECK_RC("a handle of something else", core_thread_alert(listener, 0), rcInvalidArgument);
    core_close(listener);
    core_close(self);
}

void test_alert(void)
{
    KnNoticeCreate(&notice);
    CHECK_RC("a wait on a word", alert_waiting(wait_word, 0), rcIpcInterrupt);
    CHECK_RC("sleep", alert_waiting(wait_sleep, 1), rcIpcInterrupt);
    CHECK_RC("a wait for an event", alert_waiting(wait_notice, 0), rcIpcInterrupt);
    CHECK_RC("a wait on an owned word is not ended", alert_waiting(wait_owner, 1), rcTimeout);
    test_pending();
    KnNoticeRelease(notice);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}
