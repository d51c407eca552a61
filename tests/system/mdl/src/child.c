/*
 * child.c: the peer: does what its parent tells it.
 */
#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/mutex.h>
#include <kos/thread.h>
#include <mdl/Peer.edl.h>
#include <stdlib.h>
#include <string.h>

#define METHOD(name)                                                                               \
    static nk_err_t name(struct mdl_Share *self __attribute__((unused)),                           \
                         const mdl_Share_##name##_req *req,                                        \
                         const struct nk_arena *req_arena __attribute__((unused)),                 \
                         mdl_Share_##name##_res *res,                                              \
                         struct nk_arena *res_arena __attribute__((unused)))

METHOD(Keep)
{
    res->handle = nk_get_handle(&req->memory);
    return NK_EOK;
}

METHOD(Give)
{
    res->memory = nk_handle_desc(req->handle, req->rights);
    return NK_EOK;
}

METHOD(Create)
{
    Handle handle = INVALID_HANDLE;

    res->rc = KnPmmMdlCreate(req->size, 0, &handle);
    res->handle = handle;
    return NK_EOK;
}

METHOD(Close)
{
    res->rc = KnHandleClose(req->handle);
    return NK_EOK;
}

METHOD(Map)
{
    void *va = NULL;

    res->rc = KnPmmMdlMap(req->handle, req->offset, req->size, NULL, (int)req->flags, &va);
    res->va = (uintptr_t)va;
    return NK_EOK;
}

METHOD(Protect)
{
    res->rc = KnVmProtect((void *)(uintptr_t)req->va, req->size, (int)req->flags);
    return NK_EOK;
}

METHOD(Unmap)
{
    res->rc = KnVmUnmap((void *)(uintptr_t)req->va, req->size);
    return NK_EOK;
}

METHOD(Peek)
{
    res->value = *(volatile uint64_t *)(uintptr_t)req->va;
    return NK_EOK;
}

METHOD(Poke)
{
    *(volatile uint64_t *)(uintptr_t)req->va = req->value;
    res->unused = 0;
    return NK_EOK;
}

METHOD(Count)
{
    volatile uint64_t *word = (volatile uint64_t *)(uintptr_t)req->va;
    KosMutex *mutex = (KosMutex *)(uintptr_t)(req->va + 64);

    for (res->done = 0; res->done < req->times; res->done++) {
        KosMutexLock(mutex);
        uint64_t value = *word;
        if (res->done % 7 == 0) {
            KosThreadSleep(0);
        }
        *word = value + 1;
        KosMutexUnlock(mutex);
    }
    return NK_EOK;
}

#define MUCH (8ull << 20)

/* Makes and drops memory until it is terminated. */
static int work(void)
{
    for (;;) {
        Handle handle = INVALID_HANDLE, clone = INVALID_HANDLE, moved = INVALID_HANDLE;
        void *va = KnVmAllocate(NULL, MUCH, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_LOCKED |
                                                VMM_FLAG_READ | VMM_FLAG_WRITE);

        if (!va || KnPmmMdlCreateFromBuf(va, MUCH, 0, &handle) != rcOk ||
            KnPmmMdlClone(handle, &clone) != rcOk ||
            KnPmmMdlCreateFromVm(va, MUCH, 0, &moved) != rcOk || KnHandleClose(handle) != rcOk ||
            KnHandleClose(clone) != rcOk || KnHandleRevoke(moved) != rcOk) {
            return 1;
        }
    }
}

int main(int argc, char **argv)
{
    if (argc > 1 && !strcmp(argv[1], "work")) {
        return work();
    }
    static const struct mdl_Share_ops ops = {
        .Keep = Keep, .Give = Give, .Create = Create, .Close = Close, .Map = Map,
        .Protect = Protect, .Unmap = Unmap, .Peek = Peek, .Poke = Poke, .Count = Count};
    static struct mdl_Share share = {&ops};
    mdl_Peer_entity entity;
    mdl_Peer_entity_req req;
    mdl_Peer_entity_res res;
    NkKosTransport transport;

    mdl_Peer_entity_init(&entity, &share);
    NkKosTransport_Init(&transport, argc > 2 ? (Handle)strtoul(argv[2], NULL, 10) : 0, NK_NULL, 0);
    for (;;) {
        nk_req_reset(&req);
        nk_err_t err = nk_transport_recv(&transport.base, &req.base_, NK_NULL);
        if (err == NK_ENOTCONN || err == NK_EINVAL) {
            return 0;
        }
        if (err == NK_EOK) {
            mdl_Peer_entity_dispatch(&entity, &req.base_, NK_NULL, &res.base_, NK_NULL);
            nk_transport_reply(&transport.base, &res.base_, NK_NULL);
        }
    }
}
