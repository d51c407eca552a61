/*
 * latency.c: how long somebody of high priority waits: for the processor after an interrupt, and for a
 * server that others keep busy.
 *
 * irq.to_user: from the last instruction of a thread that spins to the first one of the thread whose timer
 * interrupted it. latency.caller_wait: a call of high priority to a server of the lowest, which four
 * threads hand 64 KiB at a time, while others revoke, unmap and spin, all of priorities between the two.
 * Without lending it would never come back.
 */
#include "core.h"
#include "measure.h"
#include "task.h"

#include <bench/Server.edl.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/thread.h>
#include <stdio.h>
#include <tessera/call.h>

#define N          1000u
#define HIGH       20u
#define CLASS      "bench.Server"
#define PERIOD_NS  50000u
#define BULK_BYTES 65536u

static volatile uint64_t last;
static volatile int is_over;

static int sleeper(void *context)
{
    (void)context;
    for (unsigned i = 0; i < N; i++) {
        core_sleep_ns(PERIOD_NS);
        uint64_t now = read_counter();
        bench_sample(last, now);
    }
    is_over = 1;
    return 0;
}

static void irq_to_user(void)
{
    Tid tid;

    if (!is_wanted("irq.to_user")) {
        return;
    }
    is_over = 0;
    bench_begin("irq.to_user");
    KosThreadCreate(&tid, HIGH, 0, sleeper, NULL, 0);
    while (!is_over) {
        last = read_counter();
    }
    bench_end();
    KosThreadWait(tid, 1000);
}

/* ---- a busy server ---- */

static struct child server;
static unsigned failures;

#define REQUEST(method)                                                                            \
    KN_WORD(bench_Server_bench_iid, bench_Bench_##method##_mid,                                    \
            sizeof(bench_Bench_##method##_req), 0, NK_MESSAGE_REQUEST)

static int sender(void *context)
{
    static char data[BULK_BYTES];

    (void)context;
    while (!is_over) {
        bench_Bench_Store_req req = {.data = {0, BULK_BYTES}};
        uint64_t answer[8];
        struct kn_buf out = {.head = (uintptr_t)&req, .head_size = sizeof(req),
                             .arena = (uintptr_t)data, .arena_size = BULK_BYTES};
        struct kn_buf in = {.head = (uintptr_t)answer, .head_size = sizeof(answer)};
        struct kn_words words = {REQUEST(Store), {0}};
        struct kn_received received;

        failures += kn_call(server.client, &words, &out, &in, NULL, &received) != rcOk;
    }
    return 0;
}

static int revoker(void *context)
{
    Handle root, copy[200];

    (void)context;
    while (!is_over) {
        KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_GENERAL, NULL, &root);
        for (unsigned i = 0; i < 200; i++) {
            KnHandleCopy(root, OCAP_HANDLE_GENERAL, INVALID_HANDLE, &copy[i]);
        }
        KnHandleRevoke(root);
        for (unsigned i = 0; i < 200; i++) {
            KnHandleClose(copy[i]);
        }
    }
    return 0;
}

static int mapper(void *context)
{
    const rtl_size_t size = 1 << 20;

    (void)context;
    while (!is_over) {
        void *p = KnVmAllocate(NULL, size, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_LOCKED |
                                               VMM_FLAG_READ | VMM_FLAG_WRITE);
        if (p) {
            KnVmUnmap(p, size);
        }
    }
    return 0;
}

static int spinner(void *context)
{
    (void)context;
    while (!is_over) {
    }
    return 0;
}

static int (*const abusers[])(void *) = {sender, sender, sender, sender,
                                         revoker, mapper, spinner, spinner};
enum { ABUSERS = sizeof(abusers) / sizeof(abusers[0]), SENDERS = 4 };
static Tid tids[ABUSERS];

/* Starts the others (at its own priority: at theirs it would not come to start the next one), then calls now
 * and then, at moments that do not fit the others' turns. */
static int caller(void *context)
{
    (void)context;
    for (unsigned i = 0; i < ABUSERS; i++) {
        KosThreadCreate(&tids[i], i < SENDERS ? 10 : 8, 0, abusers[i], NULL, 0);
    }
    for (unsigned i = 0; i < N; i++) {
        struct kn_words words = {REQUEST(Small), {i}};

        core_sleep_ns(20000 + i * 7919 % 60000);
        uint64_t from = read_counter();
        Retcode rc = kn_call_short(server.client, &words);
        uint64_t to = read_counter();

        failures += rc != rcOk || words.payload[0] != i;
        bench_sample(from, to);
    }
    is_over = 1;
    return 0;
}

static void caller_wait(void)
{
    Tid tid;

    if (!is_wanted("latency.caller_wait") && !is_wanted("latency.caller_wait_max")) {
        return;
    }
    /* A first call sees to it that the server has come to receive: before, nobody lends it anything. */
    struct kn_words words = {REQUEST(Small), {0}};

    if (child_serve(&server, CLASS, "nk", 1) != rcOk ||
        kn_call_short(server.client, &words) != rcOk) {
        fprintf(stderr, "bench: latency.caller_wait: no server\n");
        return;
    }
    is_over = 0;
    failures = 0;
    bench_begin("latency.caller_wait");
    KosThreadCreate(&tid, HIGH, 0, caller, NULL, 0);
    KosThreadWait(tid, INFINITE_TIMEOUT);
    for (unsigned i = 0; i < ABUSERS; i++) {
        KosThreadWait(tids[i], INFINITE_TIMEOUT);
    }
    if (is_wanted("latency.caller_wait")) {
        bench_end();
    }
    bench_single("latency.caller_wait_max", bench_longest());
    if (failures) {
        fprintf(stderr, "bench: latency.caller_wait: %u calls failed\n", failures);
    }
    child_drop(&server);
}

void bench_latency(void)
{
    irq_to_user();
    caller_wait();
}
