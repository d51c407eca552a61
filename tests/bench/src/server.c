/*
 * server.c: the other process: a loop of ReplyRecv, as the first argument says.
 */
#include "core.h"
#include "hoard.h"
#include "measure.h"
#include "task.h"

#include <bench/Server.edl.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <coresrv/nk/transport-kos.h>
#include <kos/thread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tessera/call.h>

#define RESPONSE ((uint64_t)NK_MESSAGE_RESPONSE << 56)

/* Echoes payloads that travel in registers. */
static int serve_short(Handle listener)
{
    struct kn_words words;
    struct kn_received received;
    Retcode rc = kn_recv(listener, &words, NULL, NULL, &received);
    uint64_t token = received.token;

    while (rc == rcOk) {
        words.word |= RESPONSE;
        rc = kn_reply_recv_short(&token, listener, &words);
    }
    return 1;
}

/* Echoes payloads in memory: the answer is the request's own buffer. */
static int serve_long(Handle listener)
{
    static bench_Server_entity_req req;
    struct kn_buf in = {.head = (uintptr_t)&req, .head_size = sizeof(req)};
    struct kn_buf out = in;
    struct kn_words words;
    struct kn_received received;
    Retcode rc = kn_recv(listener, &words, &in, NULL, &received);

    while (rc == rcOk) {
        words.word |= RESPONSE;
        rc = kn_reply_recv(received.token, listener, &words, &out, &in, &received);
    }
    return 1;
}

/* Echoes payloads in registers with Recv and Reply apart. */
static int serve_apart(Handle listener)
{
    struct kn_words words;
    struct kn_received received;

    while (kn_recv(listener, &words, NULL, NULL, &received) == rcOk) {
        words.word |= RESPONSE;
        kn_reply(received.token, &words, NULL);
    }
    return 1;
}

static int serve_short_thread(void *context)
{
    return serve_short((Handle)(uintptr_t)context);
}

/* Is server and client itself, of threads of one priority. */
static int serve_same(void)
{
    struct kn_words words;
    uint64_t failed = 0;
    Handle listener = INVALID_HANDLE, server, client;
    Tid tid;

    measure_mode();
    if (!is_timed() && !measure_is_exact()) {
        return 1;
    }
    if (core_connect(INVALID_HANDLE, &listener, &server, &client) != rcOk ||
        KosThreadCreate(&tid, CHILD_PRIORITY, 0, serve_short_thread, (void *)(uintptr_t)listener,
                        0) != rcOk) {
        return 1;
    }
    BENCH("ipc.roundtrip.8.same_as", 2000u,
          kn_set_words(&words, KN_WORD(bench_Server_bench_iid, bench_Bench_Small_mid,
                                       sizeof(bench_Bench_Small_req), 0, NK_MESSAGE_REQUEST),
                       i_, 0, 0, 0, 0),
          failed |= (uint64_t)kn_call_short(client, &words), failed |= words.payload[0] ^ i_);
    return failed != 0;
}

/* Echoes up to 64 KiB: what came is what goes back. */
static int serve_bulk(Handle listener)
{
    static uint64_t data[65536 / 8];
    static bench_Server_entity_req req;
    struct kn_buf in = {.head = (uintptr_t)&req, .head_size = sizeof(req),
                        .arena = (uintptr_t)data, .arena_size = sizeof(data)};
    struct kn_buf out = in;
    struct kn_words words;
    struct kn_received received;
    Retcode rc = kn_recv(listener, &words, &in, NULL, &received);

    while (rc == rcOk) {
        words.word |= RESPONSE;
        out.arena_size = (uint32_t)received.arena_used;
        rc = kn_reply_recv(received.token, listener, &words, &out, &in, &received);
    }
    return 1;
}

/* Keeps handles until it is told to drop them. */
static int serve_handles(Handle listener)
{
    static bench_Server_entity_req req;
    struct kn_buf in = {.head = (uintptr_t)&req, .head_size = sizeof(req)};
    struct kn_buf out = in;
    struct kn_words words;
    struct kn_received received;
    Handle kept[7];
    unsigned count = 0;
    Retcode rc = kn_recv(listener, &words, &in, NULL, &received);

    while (rc == rcOk) {
        uint16_t method = (uint16_t)(words.word >> 16);

        if (method == bench_Bench_Give_mid) {
            kept[count++] = nk_get_handle(&((const bench_Bench_Give_req *)(const void *)&req)->h);
        } else if (method == bench_Bench_Give7_mid) {
            for (; count < 7; count++) {
                kept[count] =
                    nk_get_handle(&((const bench_Bench_Give7_req *)(const void *)&req)->h[count]);
            }
        } else if (method == bench_Bench_Drop_mid) {
            while (count > 0) {
                KnHandleClose(kept[--count]);
            }
        }
        words.word = (words.word & 0xffffffffu) | (uint64_t)KN_HEADER_BYTES << 32 | RESPONSE;
        rc = kn_reply_recv(received.token, listener, &words, &out, &in, &received);
    }
    return 1;
}

/* Waits for events of the resource that it is given. */
static int serve_notice(Handle listener)
{
    bench_Bench_Give_req req;
    struct kn_buf in = {.head = (uintptr_t)&req, .head_size = sizeof(req)};
    struct kn_words words;
    struct kn_received received;
    EventDesc event;
    rtl_size_t count;
    Notice notice;

    if (KnNoticeCreate(&notice) != rcOk ||
        kn_recv(listener, &words, &in, NULL, &received) != rcOk ||
        KnNoticeSubscribeToObject(notice, nk_get_handle(&req.h), OBJECT_EVENT_USER(1), 1) != rcOk) {
        return 1;
    }
    words.word = (words.word & 0xffffffffu) | (uint64_t)KN_HEADER_BYTES << 32 | RESPONSE;
    kn_reply(received.token, &words, NULL);
    while (KnNoticeGetEvent(notice, INFINITE_TIMEOUT, 1, &event, &count) == rcOk) {
    }
    return 1;
}

static nk_err_t small(struct bench_Bench *self, const bench_Bench_Small_req *req,
                      const struct nk_arena *req_arena, bench_Bench_Small_res *res,
                      struct nk_arena *res_arena)
{
    (void)self;
    (void)req_arena;
    (void)res_arena;
    res->taken = req->given;
    return NK_EOK;
}

static nk_err_t store(struct bench_Bench *self, const bench_Bench_Store_req *req,
                      const struct nk_arena *req_arena, bench_Bench_Store_res *res,
                      struct nk_arena *res_arena)
{
    (void)self;
    (void)res_arena;
    nk_arena_get(nk_uint8_t, req_arena, &req->data, &res->size);
    return NK_EOK;
}

/* The generated dispatcher on the transport. */
static int serve_nk(Handle listener)
{
    static const struct bench_Bench_ops ops = {.Small = small, .Store = store};
    static struct bench_Bench bench = {&ops};
    static char memory[bench_Server_entity_req_arena_size];
    static bench_Server_entity_req req;
    static bench_Server_entity_res res;
    struct nk_arena arena = NK_ARENA_INITIALIZER(memory, memory + sizeof(memory));
    bench_Server_entity entity;
    NkKosTransport transport;

    NkKosTransport_Init(&transport, listener, NK_NULL, 0);
    bench_Server_entity_init(&entity, &bench);
    for (;;) {
        nk_req_reset(&req);
        nk_arena_reset(&arena);
        if (NkKosTransport_ReplyRecv(&transport, &res.base_, NULL, &req.base_, &arena) != NK_EOK) {
            return 1;
        }
        bench_Server_entity_dispatch(&entity, &req.base_, &arena, &res.base_, NULL);
    }
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    Handle listener = argc > 2 ? (Handle)strtoul(argv[2], NULL, 10) : INVALID_HANDLE;

    if (!strcmp(mode, "short")) {
        return serve_short(listener);
    }
    if (!strcmp(mode, "long")) {
        return serve_long(listener);
    }
    if (!strcmp(mode, "apart")) {
        return serve_apart(listener);
    }
    if (!strcmp(mode, "same") || !strcmp(mode, "same quiet")) {
        measure_quiet(mode[4] != 0);
        return serve_same();
    }
    if (!strcmp(mode, "bulk")) {
        return serve_bulk(listener);
    }
    if (!strcmp(mode, "handles")) {
        return serve_handles(listener);
    }
    if (!strcmp(mode, "notice")) {
        return serve_notice(listener);
    }
    if (!strcmp(mode, "nk")) {
        return serve_nk(listener);
    }
    return hoard_run(mode, listener);
}
