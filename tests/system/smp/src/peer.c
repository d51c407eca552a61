/*
 * peer.c: the child: does what the suite tells it.
 */
#include "busy.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/thread.h>
#include <smp/Peer.edl.h>
#include <stdlib.h>
#include <string.h>
#include <tessera/call.h>

#define METHOD(name)                                                                               \
    static nk_err_t name(struct smp_Work *self __attribute__((unused)),                            \
                         const smp_Work_##name##_req *req __attribute__((unused)),                 \
                         const struct nk_arena *req_arena __attribute__((unused)),                 \
                         smp_Work_##name##_res *res,                                               \
                         struct nk_arena *res_arena __attribute__((unused)))

METHOD(Where)
{
    res->cpu = KosCpuCurrent();
    return NK_EOK;
}

METHOD(Add)
{
    res->sum = req->a + req->b;
    return NK_EOK;
}

METHOD(Sum)
{
    nk_size_t n = 0;
    const nk_uint8_t *given = nk_arena_get(nk_uint8_t, req_arena, &req->given, &n);

    res->sum = 0;
    for (nk_size_t i = 0; given && i < n; i++) {
        res->sum += given[i];
    }
    return NK_EOK;
}

METHOD(Keep)
{
    res->number = nk_get_handle(&req->h);
    return NK_EOK;
}

METHOD(Give)
{
    res->h = nk_handle_desc(req->number, req->rights);
    return NK_EOK;
}

METHOD(Copy)
{
    Handle copy = INVALID_HANDLE;

    res->rc = KnHandleCopy(req->number, NK_RIGHTS_SAME, INVALID_HANDLE, &copy);
    res->copy = copy;
    return NK_EOK;
}

METHOD(Close)
{
    res->rc = KnHandleClose(req->number);
    return NK_EOK;
}

METHOD(Revoke)
{
    res->rc = KnHandleRevoke(req->number);
    return NK_EOK;
}

METHOD(Map)
{
    void *va = NULL;

    res->rc = KnPmmMdlMap(req->number, 0, 4096, NULL, VMM_FLAG_READ | VMM_FLAG_WRITE, &va);
    res->va = (uintptr_t)va;
    return NK_EOK;
}

METHOD(Start)
{
    res->rc = busy_start(req->kind, req->threads, req->board, req->va);
    return NK_EOK;
}

METHOD(Lose)
{
    res->rc = busy_lose(req->how, req->threads, req->board);
    return NK_EOK;
}

/* Echoes payloads in registers. */
static int serve_short(void *listener)
{
    Handle own = (Handle)(uintptr_t)listener;
    struct kn_words words;
    struct kn_received received;
    Retcode rc = kn_recv(own, &words, NULL, NULL, &received);
    uint64_t token = received.token;

    while (rc == rcOk) {
        words.word |= (uint64_t)NK_MESSAGE_RESPONSE << 56;
        rc = kn_reply_recv_short(&token, own, &words);
    }
    return 0;
}

/* The same in two threads, which may run anywhere. */
static int serve_in_two(uintptr_t listener)
{
    Tid tid;

    KosThreadSetAffinity(KosThreadCurrentId(), ~0ull);
    if (KosThreadCreate(&tid, ThreadPriorityNormal, 0, serve_short, (void *)listener, 0) != rcOk) {
        return 1;
    }
    return serve_short((void *)listener);
}

static char req_memory[smp_Peer_entity_req_arena_size] __attribute__((aligned(4096)));

int main(int argc, char **argv)
{
    static const struct smp_Work_ops ops = {
        .Where = Where, .Add = Add, .Sum = Sum, .Keep = Keep, .Give = Give, .Copy = Copy,
        .Close = Close, .Revoke = Revoke, .Map = Map, .Start = Start, .Lose = Lose};
    static struct smp_Work work = {&ops};
    struct nk_arena in = NK_ARENA_INITIALIZER(req_memory, req_memory + sizeof(req_memory));
    smp_Peer_entity entity;
    smp_Peer_entity_req req;
    smp_Peer_entity_res res;
    NkKosTransport transport;

    if (argc > 2 && !strcmp(argv[1], "short")) {
        return serve_in_two(strtoul(argv[2], NULL, 10));
    }
    smp_Peer_entity_init(&entity, &work);
    NkKosTransport_Init(&transport, argc > 2 ? (Handle)strtoul(argv[2], NULL, 10) : 0, NK_NULL, 0);
    for (;;) {
        nk_req_reset(&req);
        nk_arena_reset(&in);
        nk_err_t err = nk_transport_recv(&transport.base, &req.base_, &in);
        if (err == NK_ENOTCONN || err == NK_EINVAL) {
            return 0;
        }
        if (err == NK_EOK) {
            smp_Peer_entity_dispatch(&entity, &req.base_, &in, &res.base_, NK_NULL);
            nk_transport_reply(&transport.base, &res.base_, NK_NULL);
        }
    }
}
