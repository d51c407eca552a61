/*
 * channels.c: service locator, calls through the generated client, SMsgHdr, channels of one's own.
 */
#include "suite.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <coresrv/syscalls.h>
#include <kos/thread.h>
#include <string.h>

#include <kostest/Calc.idl.h>

static NkKosTransport transport;
static struct kostest_Calc_proxy proxy;
static Handle handle;

static void test_locator(void)
{
    static const char *const names[] = {"unit.calc", "kostest.CCalc.calc", "CCalc.calc",
                                        "kostest.Calc.calc", "calc"};
    static const char *const own[] = {"main", "kostest.Server.main", "Server.main",
                                      "kostest.Calc.main"};
    unsigned i, right = 0;
    nk_iid_t riid;

    handle = ServiceLocatorConnect("calc_connection");
    CHECK("locator.connect", handle != INVALID_HANDLE);
    CHECK("locator.connect-other", ServiceLocatorConnect("other_connection") != INVALID_HANDLE);
    CHECK("locator.connect-unknown", ServiceLocatorConnect("no_connection") == INVALID_HANDLE);
    CHECK("locator.register-client", ServiceLocatorRegister("calc_connection", NULL, 0, NULL) ==
                                         INVALID_HANDLE);
    riid = ServiceLocatorGetRiid(handle, names[0]);
    for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        right += ServiceLocatorGetRiid(handle, names[i]) == riid;
    }
    CHECK("locator.riid-component", riid != INVALID_RIID && right == 5);
    riid = ServiceLocatorGetRiid(handle, own[0]);
    for (i = right = 0; i < sizeof(own) / sizeof(own[0]); i++) {
        right += ServiceLocatorGetRiid(handle, own[i]) == riid;
    }
    CHECK("locator.riid-class", riid != INVALID_RIID && right == 4);
    CHECK("locator.riid-unknown", ServiceLocatorGetRiid(handle, "pong") == INVALID_RIID);
    CHECK("locator.riid-handle", ServiceLocatorGetRiid(0x7777, "main") == INVALID_RIID);
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    kostest_Calc_proxy_init(&proxy, &transport.base, riid);
}

static void test_short_call(void)
{
    kostest_Calc_Add_req req = {.a = 2, .b = 3};
    kostest_Calc_Add_res res;
    unsigned i, right = 0;

    CHECK("call.short", kostest_Calc_Add(&proxy.base, &req, NULL, &res, NULL) == NK_EOK &&
                            res.sum == 5 && res.res_.sum == 5);
    for (i = 0; i < 1000; i++) {
        req.a = i;
        right += kostest_Calc_Add(&proxy.base, &req, NULL, &res, NULL) == NK_EOK &&
                 res.sum == i + 3;
    }
    CHECK("call.thousand", right == 1000);
}

static void test_arena_call(void)
{
    static char out[kostest_Calc_Upper_req_arena_size], in[kostest_Calc_Upper_res_arena_size];
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(out, out + sizeof(out));
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(in, in + sizeof(in));
    kostest_Calc_Upper_req req;
    kostest_Calc_Upper_res res;
    unsigned i, right = 0;
    nk_size_t size;

    for (i = 0; i < 100; i++) {
        const char *text;

        nk_arena_reset(&req_arena);
        NkKosCopyStringToArena(&req_arena, &req.text, "words");
        if (kostest_Calc_Upper(&proxy.base, &req, &req_arena, &res, &res_arena) != NK_EOK) {
            continue;
        }
        text = nk_arena_get(nk_char_t, &res_arena, &res.upper, &size);
        right += text && size == 6 && !strcmp(text, "WORDS");
    }
    CHECK("call.arena-never-reset", right == 100);
    req.text.offset = 1000;
    CHECK("call.lying-descriptor",
          kostest_Calc_Upper(&proxy.base, &req, &req_arena, &res, &res_arena) == NK_EINVAL);
    CHECK("call.no-room-for-the-answer",
          (nk_arena_reset(&req_arena), NkKosCopyStringToArena(&req_arena, &req.text, "x") == 0) &&
              kostest_Calc_Upper(&proxy.base, &req, &req_arena, &res, NULL) == NK_EFAULT);
}

static void test_large_call(void)
{
    static nk_uint8_t out[65536], in[65536];
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(out, out + sizeof(out));
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(in, in + sizeof(in));
    kostest_Calc_Turn_req req;
    kostest_Calc_Turn_res res;
    nk_uint8_t *data = nk_arena_alloc(nk_uint8_t, &req_arena, &req.data, sizeof(out));
    nk_size_t size, i, right = 0;

    for (i = 0; i < sizeof(out); i++) {
        data[i] = (nk_uint8_t)(i * 7);
    }
    CHECK("call.64K", kostest_Calc_Turn(&proxy.base, &req, &req_arena, &res, &res_arena) == 0);
    data = nk_arena_get(nk_uint8_t, &res_arena, &res.turned, &size);
    for (i = 0; data && i < size; i++) {
        right += data[i] == (nk_uint8_t)((sizeof(out) - 1 - i) * 7);
    }
    CHECK("call.64K-content", right == sizeof(out));
}

static void test_failures(void)
{
    kostest_Calc_Fail_req req = {.code = NK_ENOENT};
    kostest_Calc_Fail_res res;
    kostest_Calc_Add_req add_req = {.a = 1, .b = 1};
    kostest_Calc_Add_res add_res;
    struct kostest_Calc_proxy nowhere;

    CHECK("fail.code", kostest_Calc_Fail(&proxy.base, &req, NULL, &res, NULL) == NK_ENOENT);
    req.code = NK_EOK;
    CHECK("fail.none", kostest_Calc_Fail(&proxy.base, &req, NULL, &res, NULL) == NK_EOK);
    kostest_Calc_proxy_init(&nowhere, &transport.base, 99);
    CHECK("fail.no-such-endpoint",
          kostest_Calc_Add(&nowhere.base, &add_req, NULL, &add_res, NULL) == NK_EINVAL);
    kostest_Calc_proxy_init(&nowhere, &transport.base, INVALID_RIID);
    CHECK("fail.invalid-riid",
          kostest_Calc_Add(&nowhere.base, &add_req, NULL, &add_res, NULL) == NK_EINVAL);
}

static void test_headers(void)
{
    kostest_Calc_Add_req req = {.a = 20, .b = 22};
    kostest_Calc_Add_res res;
    SMsgHdr out, in;

    nk_req_reset(&req);
    nk_msg_set_method_id(&req, proxy.iid, kostest_Calc_Add_mid);
    nk_req_reset(&res);
    CHECK("smsghdr.pack", PackOutMsg(&out, &req.base_, NULL) == NK_EOK &&
                              PackInMsg(&in, &res.base_, NULL) == NK_EOK);
    CHECK("smsghdr.call", Call(handle, &out, &in) == rcOk && res.sum == 42);
    PackInMsg(&in, &res.base_, NULL);
    CHECK("smsghdr.bad-handle", Call(0x7777, &out, &in) == rcInvalidArgument);
    CHECK("smsghdr.timeout", CallEx(handle, &out, &in, 1000, INVALID_HANDLE) == rcOk);
}

/* A server on a channel inside this process, with the published calls. */
static int answer_one(void *context)
{
    Handle listener = *(Handle *)context;
    kostest_Calc_Add_req req;
    kostest_Calc_Add_res res;
    SMsgHdr in, out;

    nk_req_reset(&req);
    PackInMsg(&in, &req.base_, NULL);
    if (Recv(listener, &in) != rcOk) {
        return 1;
    }
    nk_req_reset(&res);
    nk_msg_set_method_id(&res, req.base_.iid, req.base_.mid);
    PackOutMsg(&out, &res.base_, NULL);
    return Reply(listener, &out) == rcOk ? 0 : 2;
}

static void test_own_channel(void)
{
    Handle listener, server, client, second;
    SMsgHdr in;
    kostest_Calc_Add_req req;
    Tid tid;

    CHECK("own.connect", KnHandleConnect(INVALID_HANDLE, &listener, &server, &client) == rcOk);
    CHECK("own.listener-is-server", listener == server && client != server);
    CHECK("own.second", KnHandleConnect(listener, NULL, NULL, &second) == rcOk);
    nk_req_reset(&req);
    PackInMsg(&in, &req.base_, NULL);
    CHECK("own.recv-timeout", RecvEx(listener, &in, 10, INVALID_HANDLE) == rcTimeout);
    CHECK("own.thread", KosThreadCreate(&tid, ThreadPriorityNormal, ThreadStackSizeDefault,
                                        answer_one, &listener, 0) == rcOk);
    CHECK("own.close", KnHandleClose(second) == rcOk && KnHandleClose(second) == rcInvalidArgument);
    CHECK("own.close-client", KnHandleClose(client) == rcOk);
    CHECK("own.close-listener", KnHandleClose(listener) == rcOk);
    CHECK("own.recv-ends", KosThreadWait(tid, 1000) == rcOk);
    CHECK("own.listener", KnHandleCreateListener(&listener) == rcOk);
    CHECK("own.listener-timeout", RecvEx(listener, &in, 0, INVALID_HANDLE) == rcTimeout);
    CHECK("own.listener-close", KnHandleClose(listener) == rcOk);
}

void test_channels(void)
{
    test_locator();
    test_short_call();
    test_arena_call();
    test_large_call();
    test_failures();
    test_headers();
    test_own_channel();
}
