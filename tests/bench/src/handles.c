/*
 * handles.c: handles, badges, notifications.
 *
 * handle.revoke.N is what one of N descendants costs; ipc.handle.N what one of N handles adds to a
 * message of the same size without any.
 */
#include "core.h"
#include "measure.h"
#include "task.h"

#include <bench/Server.edl.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <stdio.h>
#include <string.h>
#include <tessera/call.h>

#define CLASS "bench.Server"
#define N     2000u

#define RIGHTS (OCAP_HANDLE_GENERAL | OCAP_HANDLE_SPEC(1))

static Handle make(void)
{
    Handle handle = INVALID_HANDLE;

    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RIGHTS, NULL, &handle);
    return handle;
}

static void simple(void)
{
    Handle root = make(), handle = INVALID_HANDLE;
    nk_sid_t sid;
    int bad = 0;

    BENCH("handle.copy", N, (void)0,
          bad |= KnHandleCopy(root, OCAP_HANDLE_COPY, INVALID_HANDLE, &handle),
          KnHandleClose(handle));
    BENCH("handle.close", N, KnHandleCopy(root, OCAP_HANDLE_COPY, INVALID_HANDLE, &handle),
          bad |= KnHandleClose(handle), (void)0);
    BENCH("handle.lookup_miss", N, (void)0,
          bad |= KnHandleGetSidByHandle(handle, &sid) != rcInvalidArgument, (void)0);
    if (bad) {
        fprintf(stderr, "bench: handle: a call failed\n");
    }
    KnHandleClose(root);
}

/* One handle with `count` children, revoked so many times. */
static void revoke(const char *name, unsigned count, unsigned turns)
{
    static Handle children[10000];

    if (!is_wanted(name)) {
        return;
    }
    bench_begin(name);
    for (unsigned turn = 0; turn <= turns; turn++) {
        Handle root = make();
        Retcode rc = rcOk;

        for (unsigned i = 0; i < count && rc == rcOk; i++) {
            rc = KnHandleCopy(root, OCAP_HANDLE_COPY, INVALID_HANDLE, &children[i]);
        }
        uint64_t from = read_counter();
        Retcode revoked = KnHandleRevoke(root);
        uint64_t to = read_counter();

        for (unsigned i = 0; i < count; i++) {
            KnHandleClose(children[i]);
        }
        if (rc != rcOk || revoked != rcOk) {
            fprintf(stderr, "bench: %s: a call failed\n", name);
            return;
        }
        if (turn > 0) { /* the first one grows the table */
            bench_part(from, to, count);
        }
    }
    bench_end();
}

/* A badge from its creation to the second of its two events. */
static void badge_cycle(void)
{
    Handle root = make(), badge, child;
    EventDesc event[2];
    rtl_size_t count;
    Notice notice;
    int bad = 0;

    if (!is_wanted("handle.badge_cycle") || KnNoticeCreate(&notice) != rcOk) {
        return;
    }
    BENCH("handle.badge_cycle", N, (void)0,
          (bad |= KnHandleCreateBadge(notice, 7, NULL, &badge),
           bad |= KnHandleCopy(root, OCAP_HANDLE_COPY, badge, &child),
           bad |= KnHandleClose(child), bad |= KnNoticeGetEvent(notice, 0, 1, event, &count),
           bad |= KnHandleClose(badge), bad |= KnNoticeGetEvent(notice, 0, 1, event + 1, &count)),
          bad |= event[0].eventMask != EVENT_BADGE_CLOSED ||
                 event[1].eventMask != EVENT_OBJECT_DESTROYED);
    if (bad) {
        fprintf(stderr, "bench: handle.badge_cycle: a call failed\n");
    }
    KnNoticeRelease(notice);
    KnHandleClose(root);
}

/* ---- handles in messages ---- */

union message {
    bench_Bench_Give_req one;
    bench_Bench_Give7_req seven;
    uint64_t words[32];
};

/* One long Call with the message in `req`; zero if all is well. */
static int call(struct child *server, union message *req, uint64_t word)
{
    static union message res;
    struct kn_buf out = {.head = (uintptr_t)req, .head_size = KN_WORD_SIZE(word)};
    struct kn_buf in = {.head = (uintptr_t)&res, .head_size = sizeof(res)};
    struct kn_words words = {word, {0}};
    struct kn_received received;

    return kn_call(server->client, &words, &out, &in, NULL, &received);
}

#define REQUEST(method)                                                                            \
    KN_WORD(bench_Server_bench_iid, bench_Bench_##method##_mid,                                    \
            sizeof(bench_Bench_##method##_req), bench_Bench_##method##_req_handles,                \
            NK_MESSAGE_REQUEST)

/* Samples of the cost of a message; `drop` makes the server close what it got, outside the measure. */
static void messages(struct child *server, union message *req, uint64_t word, int has_handles)
{
    union message drop = {0};
    int bad = 0;

    drop.words[2] = REQUEST(Drop);
    for (unsigned i = 0; i < N; i++) {
        req->words[2] = word;
        uint64_t from = read_counter();
        bad |= call(server, req, word);
        uint64_t to = read_counter();

        bench_sample(from, to);
        if (has_handles) {
            bad |= call(server, &drop, drop.words[2]);
        }
    }
    if (bad) {
        fprintf(stderr, "bench: ipc.handle: a call failed\n");
    }
}

/* What each of `count` handles adds to a message of the same size. */
static void transfer(const char *name, struct child *server, union message *plain, uint64_t plain_word,
                     union message *handles, uint64_t word, unsigned count)
{
    if (!is_wanted(name)) {
        return;
    }
    bench_begin(name);
    messages(server, plain, plain_word, 0);
    uint64_t base = bench_median();
    bench_begin(name);
    messages(server, handles, word, 1);
    bench_less(base, count);
    bench_end();
}

static void transfers(void)
{
    union message plain = {0}, handles = {0};
    struct child server;
    Handle root = make();

    if (!is_wanted("ipc.handle") && !is_wanted("ipc.handle.1") && !is_wanted("ipc.handle.7")) {
        return;
    }
    if (child_serve(&server, CLASS, "handles", CHILD_PRIORITY) != rcOk) {
        fprintf(stderr, "bench: ipc.handle: no server\n");
        return;
    }
    handles.one.h = nk_handle_desc(root, OCAP_HANDLE_TRANSFER);
    transfer("ipc.handle.1", &server, &plain, REQUEST(Plain), &handles, REQUEST(Give), 1);
    for (int i = 0; i < 7; i++) {
        handles.seven.h[i] = nk_handle_desc(root, OCAP_HANDLE_TRANSFER);
    }
    transfer("ipc.handle.7", &server, &plain, REQUEST(Plain7), &handles, REQUEST(Give7), 7);
    child_drop(&server);
    KnHandleClose(root);
}

/* An event of a resource, to a process of higher priority that waits for it and then again. */
static void wake_and_back(void)
{
    union message give = {0};
    struct child server;
    Handle root = make();
    int bad = 0;

    if (!is_wanted("notice.wake_and_back")) {
        return;
    }
    if (child_serve(&server, CLASS, "notice", 20) != rcOk) {
        fprintf(stderr, "bench: notice.wake_and_back: no server\n");
        return;
    }
    give.words[2] = REQUEST(Give);
    give.one.h = nk_handle_desc(root, OCAP_HANDLE_GET_EVENT | OCAP_HANDLE_TRANSFER);
    bad |= call(&server, &give, give.words[2]);
    core_sleep_ns(1000000);
    BENCH("notice.wake_and_back", N, (void)0,
          bad |= KnNoticeSetObjectEvent(root, OBJECT_EVENT_USER(1)), (void)0);
    if (bad) {
        fprintf(stderr, "bench: notice.wake_and_back: a call failed\n");
    }
    child_drop(&server);
    KnHandleClose(root);
}

void bench_handles(void)
{
    simple();
    revoke("handle.revoke.1", 1, 1000);
    revoke("handle.revoke.100", 100, 1000);
    revoke("handle.revoke.10000", 10000, 10);
    badge_cycle();
    transfers();
    wake_and_back();
}
