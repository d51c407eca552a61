/*
 * callers.c: 10,000 threads that call a server which does not receive, or whose priorities its threads are
 * lent. A child does it, whose class has an endpoint. See hoard.h.
 */
#include "hoard.h"

#include "core.h"
#include "crowd.h"

#include <bench/Server.edl.h>
#include <coresrv/handle/handle_api.h>
#include <kos/thread.h>
#include <stdio.h>
#include <string.h>
#include <tessera/call.h>

#define MANY 10000u
#define REQUEST                                                                                    \
    KN_WORD(bench_Server_bench_iid, bench_Bench_Small_mid, sizeof(bench_Bench_Small_req), 0,       \
            NK_MESSAGE_REQUEST)

static int has_failed;

static void failed(const char *why)
{
    fprintf(stderr, "bench: callers: %s\n", why);
    has_failed = 1;
}

static void gather(unsigned count, uint32_t low, uint32_t high)
{
    if (crowd_start(count, low, high) != count) {
        failed("threads are missing");
    }
}

static void disperse(unsigned count)
{
    if (!crowd_ended(count)) {
        failed("threads are left");
    }
}

static void connect(Handle *listener, Handle *client)
{
    Handle server;

    if (core_create_listener(listener) != rcOk ||
        core_connect(*listener, listener, &server, client) != rcOk) {
        failed("no channel");
    }
}

static void callers_closed(void)
{
    Handle listener, server, client;

    if (core_connect(INVALID_HANDLE, &listener, &server, &client) != rcOk) {
        failed("no channel");
    }
    crowd_call(client, REQUEST, CORE_FOREVER);
    gather(MANY, 1, 14);
    KnHandleClose(listener);
    disperse(MANY);
    KnHandleClose(client);
}

static void callers_revoked(void)
{
    Handle listener, client, copy;

    connect(&listener, &client);
    KnHandleCopy(client, OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY | OCAP_IPC_CALL, INVALID_HANDLE, &copy);
    crowd_call(copy, REQUEST, CORE_FOREVER);
    gather(MANY, 1, 14);
    KnHandleRevoke(client);
    disperse(MANY);
    KnHandleClose(copy);
    KnHandleClose(listener);
}

static void callers_timeout(void)
{
    Handle listener, client;

    connect(&listener, &client);
    crowd_call(client, REQUEST, 300);
    gather(MANY, 1, 14);
    disperse(MANY);
    KnHandleClose(client);
    KnHandleClose(listener);
}

/* None of them fits the receiver's buffers: each is refused. */
static void callers_refused(void)
{
    static union {
        uint64_t words[4096];
    } head;
    struct kn_buf in = {.head = (uintptr_t)&head, .head_size = sizeof(head)};
    static struct kn_buf out = {.head = 0x1000, .head_size = 40};
    struct kn_ex ex = {.timeout = 1};
    struct kn_words words;
    struct kn_received received;
    Handle listener, client;

    connect(&listener, &client);
    crowd_call(client,
               KN_WORD(bench_Server_bench_iid, bench_Bench_Plain_mid,
                       sizeof(bench_Bench_Plain_req), 0, NK_MESSAGE_REQUEST),
               CORE_FOREVER);
    crowd_plan()->rax |= KN_LONG;
    crowd_plan()->r12 = (uintptr_t)&out;
    gather(MANY, 1, 14);
    kn_recv(listener, &words, &in, &ex, &received);
    disperse(MANY);
    KnHandleClose(client);
    KnHandleClose(listener);
}

/* ---- lending through a queue ---- */

#define SERVERS 8u
#define CHAIN   30u

static uint32_t own[SERVERS][CHAIN], server_word[SERVERS];
static uint32_t last[SERVERS]; /* thread at the near end of each chain */
static Handle listener_of_all;
static volatile uint32_t stopped;

/* Takes a request, answers when the word that the end of its chain owns is given to it. */
static int owing_server(void *context)
{
    unsigned i = (unsigned)(uintptr_t)context;
    struct kn_words request;
    struct kn_received received;

    if (kn_recv(listener_of_all, &request, NULL, NULL, &received) == rcOk) {
        core_futex_wait_owner(&server_word[i], 0, last[i], CORE_FOREVER);
        request.word |= (uint64_t)NK_MESSAGE_RESPONSE << 56;
        kn_reply(received.token, &request, NULL);
    }
    stopped++;
    return 0;
}

static void add_server(unsigned i)
{
    Tid tid;

    for (unsigned k = 0; k < CHAIN; k++) {
        if (k == 0) {
            crowd_wait_futex(&own[i][0], 0, CORE_FOREVER);
        } else {
            crowd_wait_owner(&own[i][k], 0, last[i]);
        }
        if (crowd_add(i * CHAIN + k, 1, &last[i]) != rcOk) {
            failed("no thread");
        }
        core_sleep_ns(200000);
    }
    if (KosThreadCreate(&tid, 2, 0, owing_server, (void *)(uintptr_t)i, 0) != rcOk) {
        failed("no server");
    }
}

/* Servers that owe a reply each where a caller queues whose priority changes, and wait for chains. */
static void lending_queue(void)
{
    Handle client;
    uint32_t woken, caller;

    stopped = 0;
    connect(&listener_of_all, &client);
    for (unsigned i = 0; i < SERVERS; i++) {
        add_server(i);
    }
    crowd_call(client, REQUEST, CORE_FOREVER);
    for (unsigned i = 0; i < SERVERS + 1; i++) {
        if (crowd_add(i, 1, &caller) != rcOk) {
            failed("no thread");
        }
        core_sleep_ns(1000000);
    }
    for (unsigned turn = 2; turn < 14; turn++) {
        core_set_priority(caller, turn);
    }
    for (unsigned turn = 14; turn-- > 1;) {
        core_set_priority(caller, turn);
    }
    for (unsigned i = 0; i < SERVERS; i++) {
        core_futex_wake(&server_word[i], 1, &woken);
        for (unsigned k = CHAIN; k-- > 0;) {
            core_futex_wake(&own[i][k], 1, &woken);
        }
    }
    for (unsigned i = 0; i < 1000 && stopped < SERVERS; i++) {
        core_sleep_ns(1000000);
    }
    if (stopped < SERVERS) {
        failed("servers are left");
    }
    KnHandleClose(client);
    KnHandleClose(listener_of_all);
    core_sleep_ns(10000000);
}

int callers_run(const char *mode)
{
    static const struct {
        const char *mode;
        void (*run)(void);
    } modes[] = {
        {"callers_closed", callers_closed},   {"callers_revoked", callers_revoked},
        {"callers_timeout", callers_timeout}, {"callers_refused", callers_refused},
        {"lending_queue", lending_queue},
    };

    for (unsigned i = 0; i < sizeof(modes) / sizeof(modes[0]); i++) {
        if (!strcmp(mode, modes[i].mode)) {
            modes[i].run();
            return has_failed;
        }
    }
    return -1;
}
