/*
 * threads.c: kos/thread.h, with calls from several threads.
 */
#include "suite.h"

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/time/time_api.h>
#include <kos/thread.h>

#include <kostest/Calc.idl.h>

static volatile int runs;
static KosThreadOnceState once = KOS_THREAD_ONCE_INIT;

static int add_one(void *context)
{
    __atomic_fetch_add((int *)context, 1, __ATOMIC_SEQ_CST);
    return 0;
}

static int exit_with_seven(void *context)
{
    (void)context;
    KosThreadExit(7);
}

static int sleep_long(void *context)
{
    KosThreadSleep(50);
    return add_one(context);
}

static void count_once(void)
{
    runs++;
}

static int call_often(void *connection)
{
    Handle handle = ServiceLocatorConnect(connection);
    nk_iid_t riid = ServiceLocatorGetRiid(handle, "main");
    struct kostest_Calc_proxy proxy;
    NkKosTransport transport;
    int i;

    KosThreadOnce(&once, count_once);
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    kostest_Calc_proxy_init(&proxy, &transport.base, riid);
    for (i = 0; i < 500; i++) {
        kostest_Calc_Add_req req = {.a = (nk_uint32_t)i, .b = 1};
        kostest_Calc_Add_res res;

        if (kostest_Calc_Add(&proxy.base, &req, NULL, &res, NULL) != NK_EOK ||
            res.sum != (nk_uint32_t)i + 1) {
            return 1;
        }
    }
    return 0;
}

static void test_many_callers(void)
{
    Tid tids[4];
    int i, right = 0;

    for (i = 0; i < 4; i++) {
        if (KosThreadCreate(&tids[i], ThreadPriorityNormal, 32768, call_often,
                            i & 1 ? "calc_connection" : "other_connection", 0) != rcOk) {
            CHECK("thread.callers-created", 0);
            return;
        }
    }
    for (i = 0; i < 4; i++) {
        right += KosThreadWait(tids[i], INFINITE_TIMEOUT) == rcOk;
    }
    CHECK("thread.four-callers", right == 4);
    CHECK("thread.once", runs == 1);
}

void test_threads(void)
{
    static int count;
    Tid tid = 0;

    CHECK("thread.create", KosThreadCreate(&tid, ThreadPriorityNormal, ThreadStackSizeDefault,
                                           add_one, &count, 0) == rcOk);
    CHECK("thread.wait", KosThreadWait(tid, INFINITE_TIMEOUT) == rcOk && count == 1);
    CHECK("thread.id", KosThreadCurrentId() != tid && KosThreadCurrentId() != 0);
    CHECK("thread.exit", KosThreadCreate(&tid, 3, 0, exit_with_seven, NULL, 0) == rcOk &&
                             KosThreadWait(tid, 1000) == rcOk);
    CHECK("thread.suspended", KosThreadCreate(&tid, ThreadPriorityHighest, 0, add_one, &count,
                                              1) == rcOk && count == 1);
    CHECK("thread.suspended-waits", KosThreadWait(tid, 10) == rcTimeout && count == 1);
    CHECK("thread.resume", KosThreadResume(tid) == rcOk && KosThreadWait(tid, 1000) == rcOk &&
                               count == 2);
    CHECK("thread.wait-timeout", KosThreadCreate(&tid, ThreadPriorityNormal, 0, sleep_long,
                                                 &count, 0) == rcOk &&
                                     KosThreadWait(tid, 1) == rcTimeout);
    CHECK("thread.wait-later", KosThreadWait(tid, 1000) == rcOk && count == 3);
    CHECK("thread.wait-nobody", KosThreadWait(0x7777, 0) == rcResourceNotFound);
    CHECK("thread.bad-priority", KosThreadCreate(&tid, 32, 0, add_one, &count, 0) ==
                                     rcInvalidArgument);
    CHECK("thread.bad-stack", KosThreadCreate(&tid, 0, 16, add_one, &count, 0) ==
                                  rcInvalidArgument);
    CHECK("thread.no-routine", KosThreadCreate(&tid, 0, 0, NULL, NULL, 0) == rcInvalidArgument);
    test_many_callers();
}
