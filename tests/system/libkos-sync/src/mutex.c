/*
 * mutex.c: kos/mutex.h.
 */
#include "suite.h"

#include <kos/mutex.h>

static KosMutex mutex = KOS_MUTEX_INITIALIZER;
static KosMutex recursive = KOS_MUTEX_INITIALIZER_RECURSIVE;
static volatile int hold_ms, is_held;
static volatile Retcode code;

static int holder(void *context)
{
    KosMutex *m = context;

    KosMutexLock(m);
    is_held = 1;
    KosThreadSleep((rtl_uint32_t)hold_ms);
    is_held = 0;
    KosMutexUnlock(m);
    return 0;
}

/* A thread that holds m for so long. */
static Tid held_by_another(KosMutex *m, int ms)
{
    hold_ms = ms;
    is_held = 0;
    Tid tid = start(holder, m, 20);
    while (!is_held) {
        KosThreadSleep(1);
    }
    return tid;
}

static int try_lock(void *context)
{
    code = KosMutexTryLock(context);
    if (code == rcOk) {
        KosMutexUnlock(context);
    }
    return 0;
}

/* What KosMutexTryLock says to another thread. */
static Retcode tried_by_another(KosMutex *m)
{
    Tid tid = start(try_lock, m, 20);

    join_all(&tid, 1);
    return code;
}

static int unlock(void *context)
{
    KosMutexUnlock(context);
    return 0;
}

static void test_plain(void)
{
    KosMutex m;
    Tid tid;

    KosMutexInit(&m);
    CHECK_RC("KosMutexTryLock of a free mutex", KosMutexTryLock(&m), rcOk);
    CHECK_RC("again by its owner", KosMutexTryLock(&m), rcBusy);
    CHECK_RC("by another thread", tried_by_another(&m), rcBusy);
    CHECK_RC("KosMutexLockTimeout by its owner", KosMutexLockTimeout(&m, 5), rcTimeout);
    tid = start(unlock, &m, 20);
    join_all(&tid, 1);
    CHECK_RC("an unlock by a thread that does not hold it does nothing", tried_by_another(&m),
             rcBusy);
    KosMutexUnlock(&m);
    CHECK_RC("after KosMutexUnlock", tried_by_another(&m), rcOk);
    KosMutexUnlock(&m);
    CHECK_RC("an unlock of a free mutex does nothing", tried_by_another(&m), rcOk);
    KosMutexLock(&m);
    CHECK_RC("KosMutexLock", tried_by_another(&m), rcBusy);
    KosMutexUnlock(&m);
    CHECK_RC("KosMutexLockTimeout of a free mutex", KosMutexLockTimeout(&m, 0), rcOk);
    KosMutexUnlock(&m);
    KosMutexDeinit(&m);
    CHECK_RC("KosMutexTryLock of null", KosMutexTryLock(NULL), rcInvalidArgument);
    CHECK_RC("KosMutexLockTimeout of null", KosMutexLockTimeout(NULL, 1), rcInvalidArgument);
}

static void test_waiting(void)
{
    uint64_t before;
    Tid tid = held_by_another(&mutex, 60);

    before = now_ms();
    CHECK_RC("a time-out of zero", KosMutexLockTimeout(&mutex, 0), rcTimeout);
    CHECK_RC("a time-out of 10 ms", KosMutexLockTimeout(&mutex, 10), rcTimeout);
    CHECK("is not early", now_ms() - before >= 10);
    CHECK_RC("a time-out that is long enough", KosMutexLockTimeout(&mutex, 5000), rcOk);
    CHECK("comes when the other one unlocks", !is_held);
    KosMutexUnlock(&mutex);
    join_all(&tid, 1);
    tid = held_by_another(&mutex, 20);
    CHECK_RC("without end", KosMutexLockTimeout(&mutex, INFINITE_TIMEOUT), rcOk);
    KosMutexUnlock(&mutex);
    join_all(&tid, 1);
    tid = held_by_another(&mutex, 20);
    KosMutexLock(&mutex);
    CHECK("KosMutexLock waits", !is_held);
    KosMutexUnlock(&mutex);
    join_all(&tid, 1);
}

static void test_recursive(void)
{
    KosMutex m;

    KosMutexInitEx(&m, 1);
    KosMutexLock(&m);
    KosMutexLock(&m);
    CHECK_RC("its owner tries a recursive mutex", KosMutexTryLock(&m), rcOk);
    CHECK_RC("and with a time-out", KosMutexLockTimeout(&m, 0), rcOk);
    for (int i = 0; i < 4; i++) {
        CHECK_RC("it is held until the last unlock", tried_by_another(&m), rcBusy);
        KosMutexUnlock(&m);
    }
    CHECK_RC("then it is free", tried_by_another(&m), rcOk);
    KosMutexDeinit(&m);
    KosMutexInitEx(&m, 0);
    KosMutexLock(&m);
    CHECK_RC("KosMutexInitEx(, 0) makes a plain one", KosMutexTryLock(&m), rcBusy);
    KosMutexUnlock(&m);
    KosMutexLock(&recursive);
    CHECK_RC("a static recursive one", KosMutexTryLock(&recursive), rcOk);
    KosMutexUnlock(&recursive);
    KosMutexUnlock(&recursive);
}

/* Waiting for a mutex is not ended by an alert, and does not use it up. */
static void test_alert(void)
{
    Tid tid = held_by_another(&mutex, 20);

    core_thread_alert(0, KosThreadCurrentId());
    KosMutexLock(&mutex);
    CHECK("an alert does not end KosMutexLock", !is_held);
    KosMutexUnlock(&mutex);
    CHECK_RC("it ends the next sleep", core_sleep_ns(CORE_FOREVER), rcIpcInterrupt);
    join_all(&tid, 1);
}

static int end_with_it(void *context)
{
    KosMutexLock(context);
    return 0;
}

/* The owner ends without an unlock: nobody gets the mutex, nothing breaks. */
static void test_gone_owner(void)
{
    KosMutex m = KOS_MUTEX_INITIALIZER;
    Tid tid = start(end_with_it, &m, 20);

    join_all(&tid, 1);
    CHECK_RC("a mutex whose owner has ended", KosMutexLockTimeout(&m, 20), rcTimeout);
    CHECK_RC("cannot be had", KosMutexTryLock(&m), rcBusy);
}

void test_mutex(void)
{
    test_plain();
    test_waiting();
    test_recursive();
    test_alert();
    test_gone_owner();
}
