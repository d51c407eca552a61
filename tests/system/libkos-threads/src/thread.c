/*
 * thread.c: kos/thread.h but ending other threads and callbacks.
 */
#include "suite.h"

#include <pthread.h>

static volatile int steps;

static int return_context(void *context)
{
    return *(int *)context;
}

static int exit_with_context(void *context)
{
    KosThreadExit(*(int *)context);
}

static int sleep_then_return(void *context)
{
    KosThreadSleep(30);
    return *(int *)context;
}

static int suspend_myself(void *context)
{
    steps = 1;
    *(Retcode *)context = KosThreadSuspend(KosThreadCurrentId()) == rcOk ? rcOk : rcFail;
    steps = 2;
    return 0;
}

static void test_create(void)
{
    static int seven = 7, minus = -9;
    rtl_int32_t code = 0;
    Tid tid = 0;

    CHECK_RC("no routine", KosThreadCreate(&tid, 10, 0, NULL, NULL, 0), rcInvalidArgument);
    CHECK_RC("a priority of 32", KosThreadCreate(&tid, 32, 0, return_context, &seven, 0),
             rcInvalidArgument);
    CHECK_RC("a stack of 100 bytes", KosThreadCreate(&tid, 10, 100, return_context, &seven, 0),
             rcInvalidArgument);
    CHECK_RC("a stack of almost 4 GiB",
             KosThreadCreate(&tid, 10, 0xfffff000u, return_context, &seven, 0), rcOutOfMemory);
    CHECK_EQUAL("the number is untouched then", tid, 0);
    for (rtl_uint32_t p = 0; p <= 31; p += 31) {
        CHECK_RC("the lowest and the highest priority",
                 KosThreadCreate(&tid, p, 0, return_context, &seven, 0), rcOk);
        CHECK_RC("  it ends", KosThreadWaitEx(tid, 2000, &code), rcOk);
        CHECK_EQUAL("  with its code", code, 7);
    }
    CHECK_RC("no place for the number", KosThreadCreate(NULL, 16, 0, return_context, &seven, 0),
             rcOk);
    CHECK_RC("detached", KosThreadCreateDetached(&tid, 15, 0, return_context, &seven, 0), rcOk);
    CHECK_RC("  above 15", KosThreadCreateDetached(&tid, 16, 0, return_context, &seven, 0),
             rcInvalidArgument);
    CHECK_RC("  no routine", KosThreadCreateDetached(&tid, 15, 0, NULL, NULL, 0),
             rcInvalidArgument);
    CHECK_RC("  a stack of almost 4 GiB",
             KosThreadCreateDetached(&tid, 15, 0xfffff000u, return_context, &seven, 0), rcOutOfMemory);
    tid = start(exit_with_context, &minus);
    CHECK_RC("KosThreadExit", KosThreadWaitEx(tid, 2000, &code), rcOk);
    CHECK_EQUAL("  its code", (uint64_t)(int64_t)code, (uint64_t)-9);
    KosThreadSleep(5);
    code = 0;
    CHECK_RC("who has ended before", KosThreadWaitEx(tid, 0, &code), rcOk);
    CHECK_EQUAL("  its code is known still", (uint64_t)(int64_t)code, (uint64_t)-9);
    CHECK_RC("without asking for the code", KosThreadWait(tid, 0), rcOk);
}

static void test_wait(void)
{
    static int five = 5;
    rtl_int32_t code = 77;
    Tid tid = start(sleep_then_return, &five);

    CHECK_RC("no time", KosThreadWait(tid, 0), rcTimeout);
    CHECK_RC("too little time", KosThreadWaitEx(tid, 5, &code), rcTimeout);
    CHECK_EQUAL("the code is untouched then", code, 77);
    CHECK_RC("without end", KosThreadWait(tid, INFINITE_TIMEOUT), rcOk);
    CHECK_RC("nobody", KosThreadWait(NOBODY, 10), rcResourceNotFound);
    CHECK_RC("  asked for the code", KosThreadWaitEx(NOBODY, 10, &code), rcResourceNotFound);
    CHECK_RC("oneself, asked for the code", KosThreadWaitEx(KosThreadCurrentId(), 10, &code),
             rcInvalidArgument);
    CHECK_RC("zero", KosThreadWait(0, 10), rcResourceNotFound);
    CHECK_RC("oneself", KosThreadWait(KosThreadCurrentId(), 10), rcInvalidArgument);
    CHECK_RC("KosThreadSleep", KosThreadSleep(1), rcOk);
    CHECK_RC("no sleep", KosThreadSleep(0), rcOk);
    core_thread_alert(0, KosThreadCurrentId());
    CHECK_RC("sleep of one who was alerted", KosThreadSleep(INFINITE_TIMEOUT), rcIpcInterrupt);
}

static void test_suspended(void)
{
    static int value = 3;
    Retcode rc = rcFail;
    Tid tid;

    CHECK_RC("made suspended", KosThreadCreate(&tid, 16, 0, return_context, &value, 1), rcOk);
    CHECK_RC("  it does not run", KosThreadWait(tid, 10), rcTimeout);
    CHECK_RC("  KosThreadResume", KosThreadResume(tid), rcOk);
    CHECK_RC("  now it does", KosThreadWait(tid, 2000), rcOk);
    CHECK_RC("  it has ended", KosThreadResume(tid), rcResourceNotFound);
    tid = start(suspend_myself, &rc);
    CHECK("one that suspends itself", wait_value(&steps, 1));
    CHECK_RC("  stays so", KosThreadWait(tid, 10), rcTimeout);
    CHECK_RC("  KosThreadResume", KosThreadResume(tid), rcOk);
    CHECK_RC("  it goes on", KosThreadWait(tid, 2000), rcOk);
    CHECK_EQUAL("  after the call", steps, 2);
    CHECK_RC("  which says", rc, rcOk);
    CHECK_RC("suspending another one", KosThreadSuspend(NOBODY), rcInvalidArgument);
    CHECK_RC("resuming nobody", KosThreadResume(NOBODY), rcResourceNotFound);
    CHECK_RC("resuming one that runs", KosThreadResume(KosThreadCurrentId()), rcInvalidOperation);
}

static int check_stack(void *context)
{
    rtl_uint32_t size = 0;
    char here, *low = KosThreadGetStack(KosThreadCurrentId(), &size);

    return low && &here > low && &here < low + size && size >= (rtl_uint32_t)(uintptr_t)context;
}

static int wait_flag(void *context)
{
    return wait_value(context, 1);
}

static void test_stack(void)
{
    static volatile int flag;
    rtl_uint32_t size = 0, other = 0;
    rtl_int32_t code = 0;
    char here, *low = KosThreadGetStack(KosThreadCurrentId(), &size);
    Tid tid;

    CHECK("the first thread's stack", low && &here > low && &here < low + size);
    KosThreadCreate(&tid, 16, 40960, check_stack, (void *)36000, 0);
    KosThreadWaitEx(tid, 2000, &code);
    CHECK_EQUAL("a stack of 40 KiB", code, 1);
    tid = start(wait_flag, (void *)(uintptr_t)&flag);
    char *its = KosThreadGetStack(tid, &other);
    CHECK("another thread's stack", its && its != low && other);
    CHECK("without asking for its size", KosThreadGetStack(tid, NULL) == its);
    CHECK("it can be written", its && (its[0] = 1, its[other - 1] == its[other - 1]));
    flag = 1;
    KosThreadWait(tid, 2000);
    CHECK("of one that has ended", !KosThreadGetStack(tid, &size));
    CHECK("of nobody", !KosThreadGetStack(NOBODY, NULL));
}

static volatile int once_runs;
static KosThreadOnceState once = KOS_THREAD_ONCE_INIT;

static void init_slowly(void)
{
    once_runs++;
    KosThreadSleep(10);
    once_runs++;
}

static int run_once(void *context)
{
    *(Retcode *)context = KosThreadOnce(&once, init_slowly);
    return once_runs;
}

static void test_once(void)
{
    Retcode rc[5];
    rtl_int32_t code;
    Tid tids[5];

    for (int i = 0; i < 5; i++) {
        tids[i] = start(run_once, &rc[i]);
    }
    for (int i = 0; i < 5; i++) {
        KosThreadWaitEx(tids[i], 2000, &code);
        CHECK_RC("KosThreadOnce", rc[i], rcOk);
        CHECK_EQUAL("  its routine has run once, to the end", code, 2);
    }
    CHECK_RC("later", KosThreadOnce(&once, init_slowly), rcOk);
    CHECK_EQUAL("  it does not run", once_runs, 2);
    CHECK_RC("no state", KosThreadOnce(NULL, init_slowly), rcInvalidArgument);
    CHECK_RC("no routine", KosThreadOnce(&once, NULL), rcInvalidArgument);
}

static int use_tls(void *context)
{
    int was_null = KosThreadTlsGet() == NULL;

    KosThreadTlsSet(context);
    KosThreadYield();
    return was_null && KosThreadTlsGet() == context;
}

static void *posix_tls(void *context)
{
    return (void *)(uintptr_t)use_tls(context);
}

static void test_tls(void)
{
    pthread_t posix;
    void *result = NULL;
    rtl_int32_t code = 0;
    int mine;
    Tid tid;

    CHECK("at first there is none", KosThreadTlsGet() == NULL);
    CHECK_RC("KosThreadTlsSet", KosThreadTlsSet(&mine), rcOk);
    for (int i = 0; i < 3; i++) {
        tid = start(use_tls, &code);
        KosThreadWaitEx(tid, 2000, &code);
        CHECK_EQUAL("each thread has its own", code, 1);
    }
    CHECK("a pthread too", pthread_create(&posix, NULL, posix_tls, &code) == 0 &&
                               pthread_join(posix, &result) == 0 && result == (void *)1);
    CHECK("this one's is as before", KosThreadTlsGet() == &mine);
    KosThreadTlsSet(NULL);
}

static volatile int turn, turns;

static int take_turns(void *context)
{
    int me = (int)(uintptr_t)context;

    for (int i = 0; i < 100; i++) {
        for (int n = 0; n < 1000 && turn != me; n++) {
            KosThreadYield();
        }
        turns += turn == me;
        turn = !me;
    }
    return 0;
}

static void test_yield(void)
{
    Tid tids[2];

    KosThreadSetAffinity(KosThreadCurrentId(), 1); /* and theirs: they inherit it */
    for (int i = 0; i < 2; i++) { /* of this thread's priority, so both begin when it waits */
        KosThreadCreate(&tids[i], 15, 0, take_turns, (void *)(uintptr_t)i, 0);
    }
    KosThreadWait(tids[0], 5000);
    KosThreadWait(tids[1], 5000);
    KosThreadSetAffinity(KosThreadCurrentId(), ~0ull);
    CHECK_EQUAL("KosThreadYield lets the other one run", turns, 200);
}

void test_thread(void)
{
    test_create();
    test_wait();
    test_suspended();
    test_stack();
    test_once();
    test_tls();
    test_yield();
}
