/*
 * semaphore.c: kos/semaphore.h.
 */
#include "suite.h"

#include <kos/semaphore.h>

static KosSemaphore semaphore;
static int through;

static int waiter(void *context)
{
    (void)context;
    if (KosSemaphoreWait(&semaphore) == rcOk) {
        __atomic_fetch_add(&through, 1, __ATOMIC_SEQ_CST);
    }
    return 0;
}

static void test_counting(void)
{
    uint64_t before;

    CHECK_RC("KosSemaphoreInit", KosSemaphoreInit(&semaphore, 2), rcOk);
    CHECK_RC("the first one passes", KosSemaphoreTryWait(&semaphore), rcOk);
    CHECK_RC("the second one too", KosSemaphoreWait(&semaphore), rcOk);
    CHECK_RC("the third one does not", KosSemaphoreTryWait(&semaphore), rcBusy);
    before = now_ms();
    CHECK_RC("nor in 10 ms", KosSemaphoreWaitTimeout(&semaphore, 10), rcTimeout);
    CHECK("the time-out is not early", now_ms() - before >= 10);
    CHECK_RC("nor in no time", KosSemaphoreWaitTimeout(&semaphore, 0), rcTimeout);
    CHECK_RC("KosSemaphoreSignal", KosSemaphoreSignal(&semaphore), rcOk);
    CHECK_RC("then it does", KosSemaphoreWaitTimeout(&semaphore, 0), rcOk);
    CHECK_RC("KosSemaphoreDeinit", KosSemaphoreDeinit(&semaphore), rcOk);
}

static void test_arguments(void)
{
    KosSemaphore s, none = {0};

    CHECK_RC("init of null", KosSemaphoreInit(NULL, 0), rcInvalidArgument);
    CHECK_RC("deinit of null", KosSemaphoreDeinit(NULL), rcInvalidArgument);
    CHECK_RC("signal of null", KosSemaphoreSignal(NULL), rcInvalidArgument);
    CHECK_RC("try of null", KosSemaphoreTryWait(NULL), rcInvalidArgument);
    CHECK_RC("wait of null", KosSemaphoreWait(NULL), rcInvalidArgument);
    CHECK_RC("timed wait of null", KosSemaphoreWaitTimeout(NULL, 1), rcInvalidArgument);
    CHECK_RC("deinit of none", KosSemaphoreDeinit(&none), rcInvalidArgument);
    CHECK_RC("signal of none", KosSemaphoreSignal(&none), rcInvalidArgument);
    CHECK_RC("try of none", KosSemaphoreTryWait(&none), rcInvalidArgument);
    CHECK_RC("wait of none", KosSemaphoreWait(&none), rcInvalidArgument);
    CHECK_RC("timed wait of none", KosSemaphoreWaitTimeout(&none, 1), rcInvalidArgument);
    CHECK_RC("a count that is too large", KosSemaphoreInit(&s, KOS_SEMAPHORE_VALUE_MAX + 1u),
             rcFail);
    CHECK_RC("the largest count", KosSemaphoreInit(&s, KOS_SEMAPHORE_VALUE_MAX), rcOk);
    CHECK_RC("one more", KosSemaphoreSignal(&s), rcFail);
    CHECK_RC("changes nothing", KosSemaphoreTryWait(&s), rcOk);
    CHECK_RC("after one has passed", KosSemaphoreSignal(&s), rcOk);
    CHECK_RC("deinit", KosSemaphoreDeinit(&s), rcOk);
    CHECK_RC("it is none any more", KosSemaphoreSignal(&s), rcInvalidArgument);
}

static void test_waiters(void)
{
    Tid tids[3];

    KosSemaphoreInit(&semaphore, 0);
    for (int i = 0; i < 3; i++) {
        tids[i] = start(waiter, NULL, 16);
    }
    KosThreadSleep(10);
    CHECK_RC("deinit while threads wait", KosSemaphoreDeinit(&semaphore), rcFail);
    for (int i = 1; i <= 3; i++) {
        CHECK_EQUAL("they wait", through, i - 1);
        KosSemaphoreSignal(&semaphore);
        for (int j = 0; j < 2000 && through != i; j++) {
            KosThreadSleep(1);
        }
        CHECK_EQUAL("one is let through", through, i);
    }
    CHECK_EQUAL("they end", join_all(tids, 3), 3);
    CHECK_RC("deinit", KosSemaphoreDeinit(&semaphore), rcOk);
}

void test_semaphore(void)
{
    test_counting();
    test_arguments();
    test_waiters();
}
