/*
 * hoard.c: takes all of one kind, and ends with it. See hoard.h.
 */
#include "hoard.h"

#include "core.h"
#include "crowd.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <string.h>
#include <tessera/call.h>

#define PAGE   4096ull
#define ROOM   (1u << 17)
#define MEMORY (VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE)

/* Receives each message into memory of which no page is there. */
static int serve_fresh(Handle listener)
{
    struct kn_words words;
    struct kn_received received;
    struct kn_buf in = {.head_size = 65528, .arena_size = 1 << 16};
    char *head = KnVmAllocate(NULL, ROOM, MEMORY), *arena = KnVmAllocate(NULL, ROOM, MEMORY);

    in.head = (uintptr_t)head + PAGE - 16;
    in.arena = (uintptr_t)arena + PAGE - 16;
    Retcode rc = kn_recv(listener, &words, &in, NULL, &received);
    while (rc == rcOk) {
        KnVmDecommit(head, ROOM);
        KnVmCommit(head, ROOM, 0);
        KnVmDecommit(arena, ROOM);
        KnVmCommit(arena, ROOM, 0);
        words.word = (words.word & 0xffffffffu) | (uint64_t)(KN_HEADER_BYTES + 8) << 32 |
                     (uint64_t)NK_MESSAGE_RESPONSE << 56;
        words.payload[0] = 0;
        rc = kn_reply_recv(received.token, listener, &words, NULL, &in, &received);
    }
    return 1;
}

/* 10,000 handles of one object, 5,000 listeners and as many channels. */
static int handles(void)
{
    Handle root, copy, listener, server, client;

    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_GENERAL, NULL, &root);
    for (unsigned i = 0; i < 10000; i++) {
        KnHandleCopy(root, OCAP_HANDLE_GENERAL, INVALID_HANDLE, &copy);
    }
    for (unsigned i = 0; i < 5000; i++) {
        core_connect(INVALID_HANDLE, &listener, &server, &client);
    }
    return 0;
}

static int threads(void)
{
    static uint32_t word;
    Handle listener, server, client;

    crowd_wait_futex(&word, 0, CORE_FOREVER);
    crowd_start(5000, 1, 14);
    core_connect(INVALID_HANDLE, &listener, &server, &client);
    crowd_call(client, 0, CORE_FOREVER);
    crowd_start(2000, 1, 14);
    return 0;
}

/* 5,000 regions of a page that was touched, and shared memory. */
static int regions(void)
{
    char *p = KnVmAllocate(NULL, 40000 * PAGE, VMM_FLAG_RESERVE | VMM_FLAG_READ | VMM_FLAG_WRITE);
    Handle mdl;
    void *at;

    for (unsigned i = 0; p && i < 5000; i++) {
        KnVmCommit(p + i * 8 * PAGE, PAGE, 0);
        p[i * 8 * PAGE] = 1;
    }
    KnPmmMdlCreate(4 * PAGE, VMM_FLAG_LOCKED, &mdl);
    for (unsigned i = 0; i < 2000; i++) {
        KnPmmMdlMap(mdl, 0, 4 * PAGE, NULL, VMM_FLAG_READ | VMM_FLAG_LOCKED, &at);
    }
    return 0;
}

/* Receivers with subscriptions to one object, and processes that never start. */
static int objects(void)
{
    Handle root, task;
    Notice notice;

    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_GENERAL, NULL, &root);
    for (unsigned i = 0; i < 1000; i++) {
        KnNoticeCreate(&notice);
        for (unsigned n = 0; n < 10; n++) {
            KnNoticeSubscribeToObject(notice, root, EVENT_OBJECT_DESTROYED, n);
        }
    }
    for (unsigned i = 0; i < 100; i++) {
        core_task_create("Child", "bench.Server", "Child", 0, 10, 0, &task);
    }
    return 0;
}

__attribute__((noinline)) static int go_down(volatile int depth)
{
    volatile char here[64];

    here[0] = (char)depth;
    if (depth == 0) {
        return *(volatile int *)16;
    }
    return go_down(depth - 1) + here[0];
}

int hoard_run(const char *mode, Handle listener)
{
    if (!strcmp(mode, "fresh")) {
        return serve_fresh(listener);
    }
    if (!strcmp(mode, "handles_hoard")) {
        return handles();
    }
    if (!strcmp(mode, "threads_hoard")) {
        return threads();
    }
    if (!strcmp(mode, "regions_hoard")) {
        return regions();
    }
    if (!strcmp(mode, "objects_hoard")) {
        return objects();
    }
    if (!strcmp(mode, "deep_fault")) {
        return go_down(60);
    }
    if (!strcmp(mode, "stack_fault")) {
        return go_down(1 << 30);
    }
    return callers_run(mode);
}
