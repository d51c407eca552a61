/*
 * child.c: one of a pair: `serve` and `talk` come to an end by themselves; `work` goes on until it is
 * killed, or until it likes.
 */
#include "core.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/thread.h>
#include <stdlib.h>
#include <stress/Child.edl.h>
#include <string.h>
#include <tessera/call.h>
#include <tessera/flags.h>

#define RW    (VMM_FLAG_READ | VMM_FLAG_WRITE)
#define BYTES 200000u
#define WORK  stress_Child_work_iid

#define REQUEST(method, handles)                                                                   \
    KN_WORD(WORK, stress_Work_##method##_mid, sizeof(stress_Work_##method##_req), handles,         \
            NK_MESSAGE_REQUEST)
#define RESPONSE(method, handles)                                                                  \
    KN_WORD(WORK, stress_Work_##method##_mid, sizeof(stress_Work_##method##_res), handles,         \
            NK_MESSAGE_RESPONSE)

static Handle listener, outgoing;
static uint32_t word;
static _Thread_local uint64_t state;

static uint32_t below(uint32_t n)
{
    state ^= state << 13;
    state ^= state >> 7;
    state ^= state << 17;
    return (uint32_t)(state >> 20) % n;
}

/* ---- the client's side ---- */

static Retcode call_add(uint32_t a)
{
    struct kn_words words = {REQUEST(Add, 0), {a}};
    struct kn_received received;
    Retcode rc = kn_call(outgoing, &words, NULL, NULL, NULL, &received);

    return rc == rcOk && (uint32_t)words.payload[0] != a + 1 ? rcFail : rc;
}

static Retcode call_long(uint32_t size, uint64_t ms)
{
    static char there[BYTES], back[BYTES];
    stress_Work_Copy_req req = {.given = {0, size}};
    stress_Work_Copy_res res;
    struct kn_words words = {REQUEST(Copy, 0), {0}};
    struct kn_received received;
    struct kn_buf out = {.head = (uintptr_t)&req, .head_size = sizeof(req),
                         .arena = (uintptr_t)there, .arena_size = size};
    struct kn_buf in = {.head = (uintptr_t)&res, .head_size = sizeof(res),
                        .arena = (uintptr_t)back, .arena_size = BYTES};
    struct kn_ex ex = {.timeout = ms};

    return kn_call(outgoing, &words, &out, &in, &ex, &received);
}

/* Sends memory of its own; what comes back may be the same handle. */
static Retcode call_share(void)
{
    Handle memory;
    stress_Work_Share_req req = {.memory = {.rights = 0x7fffffff}};
    stress_Work_Share_res res;
    struct kn_words words = {REQUEST(Share, 1), {0}};
    struct kn_received received;
    struct kn_buf out = {.head = (uintptr_t)&req, .head_size = sizeof(req)};
    struct kn_buf in = {.head = (uintptr_t)&res, .head_size = sizeof(res)};

    if (KnPmmMdlCreate(8192, RW, &memory) != rcOk) {
        return rcFail;
    }
    req.memory.handle = memory;
    Retcode rc = kn_call(outgoing, &words, &out, &in, NULL, &received);
    if (below(2)) {
        KnHandleRevoke(memory);
    } else {
        core_close(memory);
    }
    return rc;
}

/* ---- the server's side ---- */

static void answer_copy(uint64_t token, struct kn_words *words, uint64_t used, char *arena)
{
    stress_Work_Copy_res res = {.got = {0, (nk_size_t)used}};
    struct kn_buf out = {.head = (uintptr_t)&res, .head_size = sizeof(res),
                         .arena = (uintptr_t)arena, .arena_size = (uint32_t)used};

    words->word = RESPONSE(Copy, 0);
    kn_reply(token, words, &out);
}

static void answer_share(uint64_t token, struct kn_words *words, Handle memory)
{
    stress_Work_Share_res res = {.back = {.handle = memory, .rights = 0x7fffffff}};
    struct kn_buf out = {.head = (uintptr_t)&res, .head_size = sizeof(res)};
    void *at;

    if (KnPmmMdlMap(memory, 0, 4096, NULL, RW, &at) == rcOk) {
        *(volatile char *)at = 1;
        if (below(2)) {
            core_vm_free((uint64_t)(uintptr_t)at, 4096);
        }
    }
    words->word = RESPONSE(Share, 1);
    kn_reply(token, words, &out);
    core_close(memory);
}

/* One request; what the kernel said of the Recv. */
static Retcode serve_one(char *arena, uint64_t ms)
{
    stress_Child_entity_req req;
    struct kn_words words;
    struct kn_received received;
    struct kn_buf in = {.head = (uintptr_t)&req, .head_size = sizeof(req),
                        .arena = (uintptr_t)arena, .arena_size = BYTES};
    struct kn_ex ex = {.timeout = ms};
    Retcode rc = kn_recv(listener, &words, &in, &ex, &received);

    if (rc != rcOk) {
        return rc;
    }
    switch (KN_WORD_MID(words.word)) {
    case stress_Work_Add_mid:
        words = (struct kn_words){RESPONSE(Add, 0), {(uint32_t)words.payload[0] + 1}};
        kn_reply(received.token, &words, NULL);
        break;
    case stress_Work_Copy_mid:
        answer_copy(received.token, &words, received.arena_used, arena);
        break;
    case stress_Work_Share_mid:
        answer_share(received.token, &words, ((const stress_Work_Share_req *)&req)->memory.handle);
        break;
    default:
        break;
    }
    return rc;
}

/* ---- a short life ---- */

#define TALKS 5 /* requests of one that talks */

static int serve(void)
{
    static char arena[BYTES];

    for (int i = 0; i < TALKS; i++) {
        if (serve_one(arena, 60000) != rcOk) {
            return 1;
        }
    }
    return 0;
}

static int talk(void)
{
    for (uint32_t i = 0; i < 3; i++) {
        if (call_add(i) != rcOk) {
            return 1;
        }
    }
    return call_long(5000, 10000) == rcOk && call_share() == rcOk ? 0 : 2;
}

/* ---- work ---- */

static void use_memory(void)
{
    uint64_t va, size = (1 + below(40)) * 4096ull;

    if (core_vm_allocate(0, size, RW | VMM_FLAG_RESERVE | VMM_FLAG_COMMIT |
                                      (below(2) ? VMM_FLAG_LOCKED : 0), &va) != rcOk) {
        return;
    }
    *(volatile char *)(uintptr_t)va = 1;
    core_vm_protect(va, 4096, VMM_FLAG_READ);
    if (below(4)) {
        core_vm_free(va, size);
    }
}

static int end_soon(void *context)
{
    (void)context;
    return 0;
}

static void use_objects(void)
{
    Notice notice;
    Handle a, b, c;
    Tid tid;

    switch (below(4)) {
    case 0:
        KosThreadCreate(&tid, 15, 16384, end_soon, NULL, 0);
        break;
    case 1:
        if (KnNoticeCreate(&notice) == rcOk) {
            KnNoticeSubscribeToObject(notice, listener ? listener : outgoing, 1, 1);
            KnNoticeRelease(notice);
        }
        break;
    case 2:
        core_connect(INVALID_HANDLE, &a, &b, &c);
        break;
    default:
        KnHandleCopy(listener ? listener : outgoing, NK_RIGHTS_SAME, INVALID_HANDLE, &a);
    }
}

static void wait_somehow(void)
{
    uint32_t woken;

    switch (below(3)) {
    case 0:
        core_sleep_ns(below(200000));
        break;
    case 1:
        core_futex_wait(&word, 0, below(2), NULL);
        break;
    default:
        core_futex_wake(&word, 10, &woken);
    }
}

static void work_once(char *arena)
{
    switch (below(outgoing ? 12 : 10)) {
    case 0:
        use_memory();
        break;
    case 1:
        use_objects();
        break;
    case 2:
        wait_somehow();
        break;
    case 3:
        if (below(60) == 0) {
            exit(0);
        }
        break;
    default:
        if (listener) {
            serve_one(arena, 1 + below(3));
        } else if (below(3)) {
            call_add(below(1000));
        } else if (below(2)) {
            call_long(below(BYTES), below(4));
        } else {
            call_share();
        }
    }
}

static int work(void *context)
{
    char *arena = malloc(BYTES);

    state = (uintptr_t)context * 0x9e3779b97f4a7c15ull | 1;
    for (int i = 0; i < 100000 && arena; i++) {
        work_once(arena);
    }
    return 0;
}

/* argv: mode, listener, outgoing, seed. */
int main(int argc, char **argv)
{
    Tid tid;

    if (argc < 5) {
        return 99;
    }
    listener = (Handle)atoi(argv[2]);
    outgoing = (Handle)atoi(argv[3]);
    uintptr_t seed = (uintptr_t)atoi(argv[4]);
    state = seed | 1;
    if (!strcmp(argv[1], "serve")) {
        return serve();
    } else if (!strcmp(argv[1], "talk")) {
        return talk();
    }
    KosThreadCreate(&tid, 15, 65536, work, (void *)(seed + 1), 0);
    return work((void *)seed);
}
