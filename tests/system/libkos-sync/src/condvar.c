/*
 * condvar.c: kos/condvar.h.
 */
#include "suite.h"

#include <kos/condvar.h>

#define WAITERS 5

static KosMutex mutex = KOS_MUTEX_INITIALIZER;
static KosCondvar condvar = KOS_CONDVAR_INITIALIZER;
static volatile int tickets, passed, waiting, is_timed;

/* Takes a ticket, waiting for one. */
static int waiter(void *context)
{
    (void)context;
    KosMutexLock(&mutex);
    waiting++;
    while (!tickets) {
        KosCondvarWait(&condvar, &mutex);
    }
    tickets--;
    passed++;
    KosMutexUnlock(&mutex);
    return 0;
}

static void give(int count, int all)
{
    KosMutexLock(&mutex);
    tickets += count;
    if (all) {
        KosCondvarBroadcast(&condvar);
    } else {
        KosCondvarSignal(&condvar);
    }
    KosMutexUnlock(&mutex);
}

static int passes(int wanted)
{
    for (int i = 0; i < 2000 && passed != wanted; i++) {
        KosThreadSleep(1);
    }
    KosThreadSleep(5);
    return passed == wanted;
}

static void test_waking(void)
{
    Tid tids[WAITERS];

    for (int i = 0; i < WAITERS; i++) {
        tids[i] = start(waiter, NULL, 16);
    }
    while (waiting != WAITERS) {
        KosThreadSleep(1);
    }
    KosThreadSleep(5);
    give(1, 0);
    CHECK("a signal lets one go", passes(1));
    give(0, 1);
    CHECK("a broadcast without reason lets nobody", passes(1));
    give(1, 0);
    CHECK("a signal lets the next one go", passes(2));
    give(WAITERS - 2, 1);
    CHECK("a broadcast lets all go", passes(WAITERS));
    CHECK_EQUAL("they end", join_all(tids, WAITERS), WAITERS);
}

/* One wait; whether it was ended by the signal. */
static int wait_once(void *context)
{
    int good;

    (void)context;
    KosMutexLock(&mutex);
    waiting++;
    if (is_timed) {
        good = KosCondvarWaitTimeout(&condvar, &mutex, 5000) == rcOk;
    } else {
        good = KosCondvarWait(&condvar, &mutex) == rcOk;
    }
    good = good && KosMutexTryLock(&mutex) == rcBusy;
    KosMutexUnlock(&mutex);
    passed += good;
    return 0;
}

static void test_codes(void)
{
    passed = 0;
    for (is_timed = 0; is_timed < 2; is_timed++) {
        Tid tid;

        waiting = 0;
        tid = start(wait_once, NULL, 16);
        for (int is_in = 0; !is_in; KosMutexUnlock(&mutex)) {
            KosThreadSleep(1);
            KosMutexLock(&mutex);
            is_in = waiting; /* it has given the mutex back, so it waits */
        }
        KosCondvarSignal(&condvar);
        join_all(&tid, 1);
        CHECK_EQUAL(is_timed ? "with a limit, too" : "who is signalled is told so", passed, 1 + is_timed);
    }
    passed = 0;
}

static void test_arguments(void)
{
    KosCondvar c;
    KosMutex plain, recursive;
    uint64_t before;

    KosCondvarInit(&c);
    KosMutexInit(&plain);
    KosMutexInitEx(&recursive, 1);
    KosMutexLock(&plain);
    before = now_ms();
    CHECK_RC("KosCondvarWaitTimeout", KosCondvarWaitTimeout(&c, &plain, 10), rcTimeout);
    CHECK("is not early", now_ms() - before >= 10);
    CHECK_RC("the mutex is held again", KosMutexTryLock(&plain), rcBusy);
    CHECK_RC("no time", KosCondvarWaitTimeout(&c, &plain, 0), rcTimeout);
    KosCondvarSignal(&c);
    KosCondvarBroadcast(&c);
    CHECK_RC("a signal while nobody waits is lost", KosCondvarWaitTimeout(&c, &plain, 1),
             rcTimeout);
    CHECK_RC("no condition variable", KosCondvarWaitTimeout(NULL, &plain, 1), rcInvalidArgument);
    CHECK_RC("no mutex", KosCondvarWaitTimeout(&c, NULL, 1), rcInvalidArgument);
    CHECK_RC("KosCondvarWait: none", KosCondvarWait(NULL, &plain), rcInvalidArgument);
    CHECK_RC("KosCondvarWait: no mutex", KosCondvarWait(&c, NULL), rcInvalidArgument);
    KosMutexUnlock(&plain);
    CHECK_RC("a mutex that is free", KosCondvarWait(&c, &plain), rcInvalidArgument);
    KosMutexLock(&recursive);
    KosMutexLock(&recursive);
    CHECK_RC("a recursive mutex", KosCondvarWaitTimeout(&c, &recursive, 5), rcTimeout);
    KosMutexUnlock(&recursive);
    CHECK_RC("is held as often as before", KosMutexTryLock(&recursive), rcOk);
    KosMutexUnlock(&recursive);
    KosMutexUnlock(&recursive);
    KosCondvarDeinit(&c);
}

/* While the owner of a recursive mutex waits, others can take it. */
static KosMutex twice = KOS_MUTEX_INITIALIZER_RECURSIVE;

static int signal_twice(void *context)
{
    (void)context;
    KosMutexLock(&twice);
    tickets = 77;
    KosMutexUnlock(&twice);
    KosCondvarSignal(&condvar);
    return 0;
}

static void test_recursive(void)
{
    Tid tid;
    Retcode rc = rcOk;

    tickets = 0;
    KosMutexLock(&twice);
    KosMutexLock(&twice);
    tid = start(signal_twice, NULL, 10);
    while (rc == rcOk && tickets != 77) {
        rc = KosCondvarWaitTimeout(&condvar, &twice, 3000);
    }
    CHECK_EQUAL("a recursive mutex is wholly given back while its owner waits", tickets, 77);
    KosMutexUnlock(&twice);
    KosMutexUnlock(&twice);
    join_all(&tid, 1);
    tickets = 0;
}

void test_condvar(void)
{
    test_waking();
    test_codes();
    test_arguments();
    test_recursive();
}
