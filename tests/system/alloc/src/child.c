/*
 * child.c: the echo server, or its client, which returns the number of the step that failed.
 */
#include <alloc/Server.edl.h>
#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/alloc.h>
#include <kos/thread.h>
#include <pthread.h>
#include <stdlib.h>
#include <string.h>
#include <tessera/flags.h>

#include "core.h"

#define BYTES 100000u
#define RW    (VMM_FLAG_READ | VMM_FLAG_WRITE)

static char req_memory[131072], res_memory[131072];

#define METHOD(name)                                                                               \
    static nk_err_t name(struct alloc_Echo *self, const alloc_Echo_##name##_req *req,              \
                         const struct nk_arena *req_arena, alloc_Echo_##name##_res *res,           \
                         struct nk_arena *res_arena)

METHOD(Short)
{
    (void)self;
    (void)req_arena;
    (void)res_arena;
    res->taken = req->given;
    return NK_EOK;
}

METHOD(Long)
{
    (void)self;
    (void)req_arena;
    (void)res_arena;
    memcpy(res->taken, req->given, sizeof(res->taken));
    return NK_EOK;
}

METHOD(Arena)
{
    nk_size_t n = 0;
    const nk_uint8_t *given = nk_arena_get(nk_uint8_t, req_arena, &req->given, &n);

    (void)self;
    return nk_arena_store(nk_uint8_t, res_arena, &res->taken, given, n);
}

METHOD(Nested)
{
    (void)self;
    (void)res_arena;
    nk_arena_get(nk_ptr_t, req_arena, &req->names, &res->count);
    return NK_EOK;
}

static int serve(Handle listener)
{
    static const struct alloc_Echo_ops ops = {
        .Short = Short, .Long = Long, .Arena = Arena, .Nested = Nested};
    static struct alloc_Echo echo = {&ops};
    static alloc_Server_entity_req req;
    static alloc_Server_entity_res res;
    struct nk_arena in = NK_ARENA_INITIALIZER(req_memory, req_memory + sizeof(req_memory));
    struct nk_arena out = NK_ARENA_INITIALIZER(res_memory, res_memory + sizeof(res_memory));
    alloc_Server_entity entity;
    NkKosTransport transport;

    alloc_Server_entity_init(&entity, &echo);
    NkKosTransport_Init(&transport, listener, NK_NULL, 0);
    for (;;) {
        nk_req_reset(&req);
        nk_arena_reset(&in);
        nk_arena_reset(&out);
        nk_err_t err = nk_transport_recv(&transport.base, &req.base_, &in);
        if (err == NK_ENOTCONN || err == NK_EINVAL) {
            return 0;
        }
        if (err == NK_EOK) {
            alloc_Server_entity_dispatch(&entity, &req.base_, &in, &res.base_, &out);
            nk_transport_reply(&transport.base, &res.base_, &out);
        }
    }
}

static int call_all(struct alloc_Echo *echo)
{
    struct nk_arena in = NK_ARENA_INITIALIZER(req_memory, req_memory + sizeof(req_memory));
    struct nk_arena out = NK_ARENA_INITIALIZER(res_memory, res_memory + sizeof(res_memory));
    alloc_Echo_Short_req small = {.given = 1};
    alloc_Echo_Short_res small_res;
    alloc_Echo_Long_req large = {.given = {1}};
    alloc_Echo_Long_res large_res;
    alloc_Echo_Arena_req bytes;
    alloc_Echo_Arena_res bytes_res;
    alloc_Echo_Nested_req nested;
    alloc_Echo_Nested_res nested_res;

    if (alloc_Echo_Short(echo, &small, NULL, &small_res, NULL) != NK_EOK || small_res.taken != 1) {
        return 1;
    }
    if (alloc_Echo_Long(echo, &large, NULL, &large_res, NULL) != NK_EOK ||
        large_res.taken[0] != 1) {
        return 2;
    }
    nk_uint8_t *p = nk_arena_alloc(nk_uint8_t, &in, &bytes.given, BYTES);
    memset(p, 7, BYTES);
    if (alloc_Echo_Arena(echo, &bytes, &in, &bytes_res, &out) != NK_EOK ||
        bytes_res.taken.size != BYTES || res_memory[BYTES - 1] != 7) {
        return 3;
    }
    nk_arena_reset(&in);
    nk_ptr_t *names = nk_arena_alloc(nk_ptr_t, &in, &nested.names, 2);
    NkKosCopyStringToArena(&in, &names[0], "one");
    NkKosCopyStringToArena(&in, &names[1], "two");
    if (alloc_Echo_Nested(echo, &nested, &in, &nested_res, NULL) != NK_EOK ||
        nested_res.count != 2) {
        return 4;
    }
    return 0;
}

static void *thread_main(void *context)
{
    return context;
}

/* Handles, resources, badges, receivers and shared memory. */
static int use_objects(void)
{
    Handle object, copy, badge, memory, clone;
    Notice notice;
    void *at, *other;

    if (KnNoticeCreate(&notice) != rcOk ||
        KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, 0x1f, NULL, &object) != rcOk ||
        KnHandleCopy(object, NK_RIGHTS_SAME, INVALID_HANDLE, &copy) != rcOk ||
        KnHandleCreateBadge(notice, 7, NULL, &badge) != rcOk ||
        KnNoticeSubscribeToObject(notice, object, 1u << 16, 1) != rcOk ||
        KnNoticeSetObjectEvent(object, 1u << 16) != rcOk ||
        KnNoticeUnsubscribeFromObject(notice, object) != rcOk || KnHandleRevoke(object) != rcOk) {
        return 9;
    }
    if (KnPmmMdlCreate(5 * 4096, RW | VMM_FLAG_LOCKED, &memory) != rcOk ||
        KnPmmMdlMap(memory, 0, 5 * 4096, NULL, RW, &at) != rcOk ||
        KnPmmMdlClone(memory, &clone) != rcOk ||
        KnPmmMdlMap(clone, 4096, 4096, NULL, RW, &other) != rcOk) {
        return 10;
    }
    memset(at, 3, 5 * 4096);
    memset(other, 4, 4096);
    core_close(copy);
    core_close(badge);
    core_close(clone);
    return KnNoticeRelease(notice) == rcOk && core_close(memory) == rcOk ? 0 : 11;
}

/* A process of its own, with a start block that is set in steps; it never runs. */
static int use_process(void)
{
    static char block[60000];
    Handle task, same, server, client;

    if (core_task_create("inner", "alloc.Server", "Child", 0, 15, 4u << 20, &task) != rcOk) {
        return 12;
    }
    int is_good = core_connect_ex(task, INVALID_HANDLE, 0, &same, &server, &client) == rcOk &&
                  core_task_set_start(task, block, sizeof(block)) == rcOk;
    core_close(task);
    return is_good ? 0 : 13;
}

/* What else asks the kernel for memory. */
static int use_services(void)
{
    pthread_t thread;
    Handle listener, server, client;
    void *result = NULL;
    uint32_t word = 1;

    if (pthread_create(&thread, NULL, thread_main, &word)) {
        return 5;
    }
    pthread_join(thread, &result);
    if (core_connect(INVALID_HANDLE, &listener, &server, &client) != rcOk) {
        return 6;
    }
    core_close(client);
    core_close(listener);
    void *memory = malloc(1u << 20);
    if (!memory) {
        return 7;
    }
    memset(memory, 1, 1u << 16);
    free(memory);
    core_futex_wait(&word, 1, 1, NULL);
    if (result != &word) {
        return 8;
    }
    int failed = use_objects();
    return failed ? failed : use_process();
}

int main(int argc, char **argv)
{
    Handle handle = argc > 2 ? (Handle)strtoul(argv[2], NULL, 10) : INVALID_HANDLE;

    if (argc > 1 && !strcmp(argv[1], "serve")) {
        return serve(handle);
    }
    struct alloc_Echo_proxy proxy;
    NkKosTransport transport;
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    alloc_Echo_proxy_init(&proxy, &transport.base, alloc_Server_echo_iid);
    int failed = call_all(&proxy.base);
    return failed ? failed : use_services();
}
