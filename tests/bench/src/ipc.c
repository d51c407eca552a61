/*
 * ipc.c: round trips between two processes.
 */
#include "core.h"
#include "measure.h"
#include "task.h"

#include <bench/Server.edl.h>
#include <coresrv/nk/transport-kos.h>
#include <stdio.h>
#include <string.h>
#include <tessera/call.h>

#define CLASS "bench.Server"
#define N     2000u
#define BULK  65536u
#define TEXT  16000u

#define REQUEST(method)                                                                            \
    KN_WORD(bench_Server_bench_iid, bench_Bench_##method##_mid,                                    \
            sizeof(bench_Bench_##method##_req), 0, NK_MESSAGE_REQUEST)

static int serve(struct child *server, const char *mode)
{
    Retcode rc = child_serve(server, CLASS, mode, CHILD_PRIORITY);

    if (rc != rcOk) {
        fprintf(stderr, "bench: no server: 0x%x\n", (unsigned)rc);
    }
    return rc == rcOk;
}

/* Eight bytes each way, to a server of this class; request's word. */
static void round_trip_short(const char *name, const char *class, uint64_t request)
{
    struct child server;
    struct kn_words words;
    uint64_t failed = 0;

    if (!is_wanted(name) || child_serve(&server, class, "short", CHILD_PRIORITY) != rcOk) {
        return;
    }
    BENCH(name, N, (words = (struct kn_words){request, {i_, 0, 0, 0, 0}}),
          failed |= (uint64_t)kn_call_short(server.client, &words),
          failed |= words.payload[0] ^ i_);
    if (failed) {
        fprintf(stderr, "bench: %s: wrong answers\n", name);
    }
    child_drop(&server);
}

/* What the policy adds: nothing but constant grants for the server's class, a rule about a field, a step of
 * a Flow, and constant grants beside a thousand rules for another method. */
static void round_trip_judged(void)
{
    round_trip_short("ipc.roundtrip.8.constant", "bench.Plain", REQUEST(Small));
    round_trip_short("ipc.roundtrip.8.assert", CLASS, REQUEST(Assert));
    round_trip_short("ipc.roundtrip.8.flow", CLASS, REQUEST(Flow));
    round_trip_short("ipc.roundtrip.8.rules1000", CLASS, REQUEST(Small));
}

/* A message of `size` bytes with the header, echoed by the server. */
static void round_trip_long(const char *name, uint64_t word)
{
    static uint64_t req[128], res[128];
    struct kn_buf out = {.head = (uintptr_t)req, .head_size = KN_WORD_SIZE(word)};
    struct kn_buf in = {.head = (uintptr_t)res, .head_size = sizeof(res)};
    struct child server;
    struct kn_words words = {0};
    struct kn_received received;
    uint64_t failed = 0;
    unsigned last = KN_WORD_SIZE(word) / 8 - 1;

    if (!is_wanted(name) || !serve(&server, "long")) {
        return;
    }
    BENCH(name, N, (words.word = word, req[2] = word, req[last] = i_),
          failed |= (uint64_t)kn_call(server.client, &words, &out, &in, NULL, &received),
          failed |= res[last] ^ i_);
    if (failed) {
        fprintf(stderr, "bench: %s: wrong answers\n", name);
    }
    child_drop(&server);
}

/* Eight bytes each way between two threads of one process, which measures that itself. */
static void round_trip_same(void)
{
    static const char name[] = "ipc.roundtrip.8.same_as";
    struct child child;

    if (!is_wanted(name) || !serve(&child, measure_is_quiet() ? "same quiet" : "same")) {
        return;
    }
    if (child_wait(&child, CORE_FOREVER) != 0) {
        fprintf(stderr, "bench: %s: wrong answers\n", name);
    }
    child_drop(&child);
}

/* Eight bytes each way, to a server that receives and replies in two calls, as servers do that were
 * written with Call, Recv and Reply apart. */
static void round_trip_apart(void)
{
    static const char name[] = "ipc.roundtrip.8.three_calls";
    struct child server;
    struct kn_words words;
    uint64_t failed = 0;

    if (!is_wanted(name) || !serve(&server, "apart")) {
        return;
    }
    BENCH(name, N, kn_set_words(&words, REQUEST(Small), i_, 0, 0, 0, 0),
          failed |= (uint64_t)kn_call_short(server.client, &words), failed |= words.payload[0] ^ i_);
    if (failed) {
        fprintf(stderr, "bench: %s: wrong answers\n", name);
    }
    child_drop(&server);
}

/* 64 KiB each way in arenas that no rule reads. */
static void round_trip_bulk(void)
{
    static const char name[] = "ipc.roundtrip.65536";
    static uint64_t there[BULK / 8], back[BULK / 8];
    bench_Bench_Bulk_req req;
    bench_Bench_Bulk_res res;
    struct kn_buf out = {.head = (uintptr_t)&req, .head_size = sizeof(req),
                         .arena = (uintptr_t)there, .arena_size = BULK};
    struct kn_buf in = {.head = (uintptr_t)&res, .head_size = sizeof(res),
                        .arena = (uintptr_t)back, .arena_size = BULK};
    struct kn_words words = {0};
    struct kn_received received;
    struct nk_arena arena = NK_ARENA_INITIALIZER(there, there + BULK / 8);
    struct child server;
    uint64_t failed = 0;

    if (!is_wanted(name) || !serve(&server, "bulk")) {
        return;
    }
    nk_req_reset(&req);
    nk_arena_alloc(nk_uint8_t, &arena, &req.data, BULK);
    BENCH(name, N, (words.word = REQUEST(Bulk), there[0] = i_, there[BULK / 8 - 1] = ~(uint64_t)i_),
          failed |= (uint64_t)kn_call(server.client, &words, &out, &in, NULL, &received),
          failed |= (back[0] ^ i_) | (back[BULK / 8 - 1] ^ ~(uint64_t)i_));
    if (failed) {
        fprintf(stderr, "bench: %s: wrong answers\n", name);
    }
    child_drop(&server);
}

/* Of a text as long as rules can read, each byte is judged. */
static void judged_text(void)
{
    static uint8_t there[TEXT], back[TEXT];
    bench_Bench_Text_req req = {.data = {0, TEXT}};
    bench_Bench_Text_res res;
    struct kn_buf out = {.head = (uintptr_t)&req, .head_size = sizeof(req),
                         .arena = (uintptr_t)there, .arena_size = TEXT};
    struct kn_buf in = {.head = (uintptr_t)&res, .head_size = sizeof(res),
                        .arena = (uintptr_t)back, .arena_size = TEXT};
    struct kn_words words = {0};
    struct kn_received received;
    struct child server;
    uint64_t failed = 0;

    if (!is_wanted("ipc.text.16000") || !serve(&server, "bulk")) {
        return;
    }
    memset(there, 'a', TEXT);
    there[TEXT - 1] = 'c';
    BENCH("ipc.text.16000", N / 10, words.word = REQUEST(Text),
          failed |= (uint64_t)kn_call(server.client, &words, &out, &in, NULL, &received),
          failed |= back[TEXT - 1] ^ 'c');
    if (failed) {
        fprintf(stderr, "bench: ipc.text: wrong answers\n");
    }
    child_drop(&server);
}

static void nk_method(void)
{
    static char memory[bench_Bench_Store_req_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(memory, memory + sizeof(memory));
    bench_Bench_Small_req req;
    bench_Bench_Small_res res;
    bench_Bench_Store_req store_req;
    bench_Bench_Store_res store_res;
    struct bench_Bench_proxy proxy;
    NkKosTransport transport;
    struct child server;
    nk_err_t err = NK_EOK;

    if ((!is_wanted("ipc.nk_method") && !is_wanted("ipc.arena")) || !serve(&server, "nk")) {
        return;
    }
    NkKosTransport_Init(&transport, server.client, NK_NULL, 0);
    bench_Bench_proxy_init(&proxy, &transport.base, bench_Server_bench_iid);
    req.given = 8;
    BENCH("ipc.nk_method", N, (void)0,
          err |= bench_Bench_Small(&proxy.base, &req, NULL, &res, NULL), err |= res.taken != 8);
    nk_arena_alloc(nk_uint8_t, &arena, &store_req.data, 4096);
    BENCH("ipc.arena.4096", N, (void)0,
          err |= bench_Bench_Store(&proxy.base, &store_req, &arena, &store_res, NULL),
          err |= store_res.size != 4096);
    nk_arena_reset(&arena);
    nk_arena_alloc(nk_uint8_t, &arena, &store_req.data, 65536);
    BENCH("ipc.arena.65536", N / 2, (void)0,
          err |= bench_Bench_Store(&proxy.base, &store_req, &arena, &store_res, NULL),
          err |= store_res.size != 65536);
    if (err) {
        fprintf(stderr, "bench: ipc.nk_method: wrong answers\n");
    }
    child_drop(&server);
}

void bench_ipc(void)
{
    round_trip_short("ipc.roundtrip.8", CLASS, REQUEST(Small));
    round_trip_judged();
    round_trip_same();
    round_trip_apart();
    round_trip_long("ipc.roundtrip.80", REQUEST(Middle));
    round_trip_long("ipc.roundtrip.960", REQUEST(Large));
    round_trip_long("ipc.roundtrip.80.assert", REQUEST(MiddleAssert));
    round_trip_long("ipc.roundtrip.960.assert", REQUEST(LargeAssert));
    round_trip_bulk();
    judged_text();
    nk_method();
}
