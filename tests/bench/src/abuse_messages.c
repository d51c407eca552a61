/*
 * abuse_messages.c: the largest messages, from and into memory that was never touched; denials and
 * texts.
 */
#include "abuse.h"

#include "core.h"
#include "crowd.h"
#include "task.h"

#include <bench/Server.edl.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/hal/hal_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <stdio.h>
#include <string.h>
#include <tessera/call.h>

#define CLASS  "bench.Server"
#define PAGE   4096u
#define ROOM   (1u << 17)
#define MEMORY (VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE)
#define REQUEST(method)                                                                            \
    KN_WORD(bench_Server_bench_iid, bench_Bench_##method##_mid,                                    \
            sizeof(bench_Bench_##method##_req), bench_Bench_##method##_req_handles,                \
            NK_MESSAGE_REQUEST)

/* Memory none of whose pages is there. */
static char *fresh(void)
{
    return KnVmAllocate(NULL, ROOM, MEMORY);
}

static Retcode send(const struct child *server, uint64_t word, char *head, char *arena,
                    uint32_t arena_size)
{
    static uint64_t response[64];
    struct kn_buf out = {.head = (uintptr_t)head, .head_size = KN_WORD_SIZE(word),
                         .arena = (uintptr_t)arena, .arena_size = arena_size};
    struct kn_buf in = {.head = (uintptr_t)response, .head_size = sizeof(response)};
    struct kn_words words = {word, {0}};
    struct kn_received received;

    memcpy(head + 16, &word, sizeof(word));
    return kn_call(server->client, &words, &out, &in, NULL, &received);
}

static void serve(struct child *server, const char *mode)
{
    if (child_serve(server, CLASS, mode, CHILD_PRIORITY) != rcOk) {
        abuse_failed("no server");
    }
}

/* 64 KiB of an arena, of which neither side has a page; the last page is whole in both. */
void abuse_arena(void)
{
    struct child server;

    serve(&server, "fresh");
    for (unsigned i = 0; i < 20; i++) {
        char *head = fresh(), *arena = fresh();
        bench_Bench_Store_req *req = (void *)head;

        if (!head || !arena) {
            abuse_failed("no memory");
            break;
        }
        req->data.offset = 0;
        req->data.size = bench_Bench_MaxBytes;
        if (send(&server, REQUEST(Store), head, arena + 8, bench_Bench_MaxBytes) != rcOk) {
            abuse_failed("no answer");
        }
        KnVmUnmap(head, ROOM);
        KnVmUnmap(arena, ROOM);
    }
    child_drop(&server);
}

/* A constant part of nearly 64 KiB, of which neither side has a page. */
void abuse_constant(void)
{
    struct child server;

    serve(&server, "fresh");
    for (unsigned i = 0; i < 20; i++) {
        char *head = fresh();

        if (!head) {
            abuse_failed("no memory");
            break;
        }
        if (send(&server, REQUEST(Huge), head + PAGE - 32, NULL, 0) != rcOk) {
            abuse_failed("no answer");
        }
        KnVmUnmap(head, ROOM);
    }
    child_drop(&server);
}

/* The most handles of a message, each at the end of a long path to somebody else. */
void abuse_handles_sent(void)
{
    enum { DEEP = 3000 };
    static Handle path[DEEP];
    static bench_Bench_Give7_req seven;
    struct child server;
    Handle root, at;
    uint64_t answer[8];
    struct kn_buf out = {.head = (uintptr_t)&seven, .head_size = sizeof(seven)};
    struct kn_buf in = {.head = (uintptr_t)answer, .head_size = sizeof(answer)};
    struct kn_words words;
    struct kn_received received;

    serve(&server, "handles");
    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_GENERAL, NULL, &root);
    at = root;
    for (unsigned i = 0; i < DEEP; i++) {
        KnHandleCopy(at, OCAP_HANDLE_GENERAL, INVALID_HANDLE, &path[i]);
        at = path[i];
    }
    for (unsigned turn = 0; turn < 20; turn++) {
        for (unsigned i = 0; i < 7; i++) {
            seven.h[i] = nk_handle_desc(path[DEEP - 1 - i * 10 - turn * 100], OCAP_HANDLE_GENERAL);
        }
        words.word = REQUEST(Give7);
        memcpy((char *)&seven + 16, &words.word, 8);
        if (kn_call(server.client, &words, &out, &in, NULL, &received) != rcOk) {
            abuse_failed("no answer");
        }
        memset(&seven, 0, sizeof(seven));
        words.word = REQUEST(Drop);
        out.head_size = sizeof(bench_Bench_Drop_req);
        memcpy((char *)&seven + 16, &words.word, 8);
        kn_call(server.client, &words, &out, &in, NULL, &received);
        out.head_size = sizeof(seven);
    }
    KnHandleRevoke(root);
    for (unsigned i = 0; i < DEEP; i++) {
        KnHandleClose(path[i]);
    }
    child_drop(&server);
}

/* ---- denials ---- */

/* 300 that differ, with as much as is shown, then as many that do not. */
static void deny(const char *class, uint64_t word)
{
    struct child server;
    char *head = fresh(), *arena = fresh();
    bench_Bench_Note_req *req = (void *)head;

    if (child_serve(&server, class, "fresh", CHILD_PRIORITY) != rcOk || !head || !arena) {
        abuse_failed("no server");
        return;
    }
    memset(arena, 1, 4096);
    for (unsigned i = 0; i < 600; i++) {
        req->number = i < 300 ? i : 300;
        req->text.offset = 0;
        req->text.size = 4096;
        arena[4095] = 0;
        if (send(&server, word, head, arena, 4096) != rcSecurityDisallow) {
            abuse_failed("not denied");
            break;
        }
        if (i % 50 == 49) {
            core_sleep_ns(1000000000); /* more may be said again */
        }
    }
    KnVmUnmap(head, ROOM);
    KnVmUnmap(arena, ROOM);
    child_drop(&server);
}

void abuse_denied(void)
{
    deny(CLASS, REQUEST(Note));
}

/* No rule matches: the nearest is looked for among a thousand. */
void abuse_explained(void)
{
    deny("bench.Stranger", REQUEST(Note));
}

void abuse_malformed(void)
{
    struct child server;
    struct kn_words words;
    struct kn_received received;

    serve(&server, "short");
    for (unsigned i = 0; i < 300; i++) {
        words = (struct kn_words){KN_WORD(0, 100 + i, 32, 0, NK_MESSAGE_REQUEST), {0}};
        kn_call(server.client, &words, NULL, NULL, NULL, &received);
    }
    child_drop(&server);
}

/* ---- texts ---- */

void abuse_kernel_strings(void)
{
    static char name[1024], value[1024];
    Handle task;

    memset(name, 'x', sizeof(name) - 1);
    for (unsigned i = 0; i < 10; i++) {
        KnHalGetEnv(name, value, sizeof(value));
        KnHalGetEnv("bench", value, sizeof(value));
        KnHalGetEntropy(value, 256);
        core_task_create(name, name, name, 0, 15, 0, &task);
        core_task_create("name", "bench.Nobody", "nothing", 0, 15, 0, &task);
        core_task_create("name", CLASS, "nothing", 0, 15, 0, &task);
    }
}

/* More than the port takes, and lines of the kernel's own between them. */
void abuse_log(void)
{
    static char line[4001];
    Handle task;

    memset(line, ' ', sizeof(line) - 2);
    line[sizeof(line) - 2] = '\n';
    for (unsigned i = 0; i < 40; i++) {
        KnHalDebugWrite(line, sizeof(line) - 1);
        core_task_create(line, "bench.Nobody", "nothing", 0, 15, 0, &task);
    }
}
