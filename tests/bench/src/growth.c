/*
 * growth.c: whether costs stay flat as the system grows.
 *
 * While there are more and more handles, subscriptions, threads, channels and processes, and rules for
 * other methods, four things are measured: a round trip of 8 bytes, the look-up of a handle, its closing,
 * and waking a process that waits for an event. Names: growth.WHAT.HOW_MANY.MEASURE.
 */
#include "core.h"
#include "measure.h"
#include "task.h"

#include <bench/Server.edl.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <kos/thread.h>
#include <stdio.h>
#include <stdlib.h>
#include <tessera/call.h>

#define N      1000u
#define RIGHTS (OCAP_HANDLE_GENERAL | OCAP_HANDLE_SPEC(1))

static struct child echo, waiter;
static Handle woken; /* what the waiter is subscribed to */
static Handle base;  /* of the handles that are looked up and closed */
static Handle *held; /* what grows, as far as it is handles */
static unsigned held_count;

static const char *figure(const char *what, unsigned count, const char *measure)
{
    static char name[64];

    snprintf(name, sizeof(name), "growth.%s.%u.%s", what, count, measure);
    return name;
}

static uint64_t request(uint16_t method, size_t size, uint8_t handles)
{
    return KN_WORD(bench_Server_bench_iid, method, size, handles, NK_MESSAGE_REQUEST);
}

static void measure_round_trip(const char *name, Handle client)
{
    const uint64_t word = request(bench_Bench_Small_mid, sizeof(bench_Bench_Small_req), 0);
    struct kn_words words;
    uint64_t failed = 0;

    BENCH(name, N, kn_set_words(&words, word, i_, 0, 0, 0, 0),
          failed |= (uint64_t)kn_call_short(client, &words), failed |= words.payload[0] ^ i_);
    if (failed) {
        fprintf(stderr, "bench: %s: wrong answers\n", name);
    }
}

static void measure(const char *what, unsigned count)
{
    Handle handle = INVALID_HANDLE;
    nk_sid_t sid;
    int bad = 0;

    measure_round_trip(figure(what, count, "roundtrip"), echo.client);
    BENCH(figure(what, count, "lookup"), N, (void)0, bad |= KnHandleGetSidByHandle(base, &sid),
          (void)0);
    BENCH(figure(what, count, "close"), N,
          bad |= KnHandleCopy(base, OCAP_HANDLE_COPY, INVALID_HANDLE, &handle),
          bad |= KnHandleClose(handle), (void)0);
    BENCH(figure(what, count, "wake"), N, (void)0,
          bad |= KnNoticeSetObjectEvent(woken, OBJECT_EVENT_USER(1)), (void)0);
    if (bad) {
        fprintf(stderr, "bench: growth.%s.%u: a call failed\n", what, count);
    }
}

static int make_handle(void)
{
    return KnHandleCopy(base, OCAP_HANDLE_COPY | OCAP_HANDLE_GET_EVENT, INVALID_HANDLE,
                        &held[held_count]);
}

static Notice notice;

static int make_subscription(void)
{
    Retcode rc = KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RIGHTS, NULL, &held[held_count]);

    return rc == rcOk ? KnNoticeSubscribeToObject(notice, held[held_count], OBJECT_EVENT_USER(1), 1)
                      : rc;
}

static Handle listener, server_end;

static int make_channel(void)
{
    Handle again;

    return core_connect(listener, listener ? &again : &listener, &server_end, &held[held_count]);
}

static int make_process(void)
{
    struct child child;
    Retcode rc = child_create(&child, "bench.Server", CHILD_PRIORITY);

    held[held_count] = child.task;
    return rc;
}

static uint32_t closed_door;

static int wait_for_ever(void *context)
{
    (void)context;
    core_futex_wait(&closed_door, 0, CORE_FOREVER, NULL);
    return 0;
}

static int make_thread(void)
{
    Tid tid;

    held[held_count] = INVALID_HANDLE;
    return KosThreadCreate(&tid, CHILD_PRIORITY + 1, 4096, wait_for_ever, NULL, 0);
}

static void drop_held(void)
{
    while (held_count > 0) {
        Handle handle = held[--held_count];

        if (handle != INVALID_HANDLE) {
            KnHandleClose(handle);
        }
    }
}

/* Measures at 0, 10, 100 ... `most` things that `make` makes. */
static void grow(const char *what, unsigned most, int (*make)(void))
{
    if (!is_wanted(figure(what, most, "roundtrip")) && !is_wanted("growth")) {
        return;
    }
    for (unsigned count = 0; count <= most; count = count ? count * 10 : 10) {
        for (; held_count < count; held_count++) {
            int rc = make();

            if (rc != rcOk) {
                fprintf(stderr, "bench: growth.%s: number %u: 0x%x\n", what, held_count, (unsigned)rc);
                drop_held();
                return;
            }
        }
        measure(what, count);
    }
    drop_held();
}

/* Rules for another method: of one class none, of others ten, a hundred, a thousand. */
static void rules(void)
{
    static const struct {
        const char *class;
        unsigned count;
    } classes[] = {{"bench.Plain", 0}, {"bench.Rules10", 10}, {"bench.Rules100", 100},
                   {"bench.Server", 1000}};

    for (unsigned i = 0; i < sizeof(classes) / sizeof(classes[0]); i++) {
        struct child server;

        if (child_serve(&server, classes[i].class, "short", CHILD_PRIORITY) == rcOk) {
            measure_round_trip(figure("rules", classes[i].count, "roundtrip"), server.client);
            child_drop(&server);
        }
    }
}

/* A process of higher priority that waits for events of `woken`. */
static int start_waiter(void)
{
    bench_Bench_Give_req give;
    bench_Bench_Give_res res;
    struct kn_buf out = {.head = (uintptr_t)&give, .head_size = sizeof(give)};
    struct kn_buf in = {.head = (uintptr_t)&res, .head_size = sizeof(res)};
    struct kn_words words = {request(bench_Bench_Give_mid, sizeof(give), bench_Bench_Give_req_handles),
                             {0}};
    struct kn_received received;

    nk_req_reset(&give);
    give.h = nk_handle_desc(woken, OCAP_HANDLE_GET_EVENT | OCAP_HANDLE_TRANSFER);
    if (child_serve(&waiter, "bench.Server", "notice", 20) != rcOk ||
        kn_call(waiter.client, &words, &out, &in, NULL, &received) != rcOk) {
        return 0;
    }
    core_sleep_ns(1000000);
    return 1;
}

void bench_growth(void)
{
    held = malloc(100000 * sizeof(*held));
    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RIGHTS, NULL, &woken);
    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RIGHTS, NULL, &base);
    if (!held || KnNoticeCreate(&notice) != rcOk || !start_waiter() ||
        child_serve(&echo, "bench.Plain", "short", CHILD_PRIORITY) != rcOk) {
        fprintf(stderr, "bench: growth: no processes\n");
        return;
    }
    grow("handles", 100000, make_handle);
    grow("subscriptions", 100000, make_subscription);
    grow("channels", 10000, make_channel);
    grow("processes", 1000, make_process);
    rules();
    grow("threads", 10000, make_thread);
}
