/*
 * dispatch.c: the ready-made server loop of coresrv/nk/transport-kos-dispatch.h.
 */
#include <coresrv/nk/transport-kos-dispatch.h>
#include <stdlib.h>

/* The four buffers of a loop, in one allocation. */
struct buffers {
    char *memory;
    struct nk_message *req, *res;
    struct nk_arena req_arena, res_arena;
};

static size_t round_up(size_t size)
{
    return (size + 15) & ~(size_t)15;
}

static nk_err_t allocate(struct buffers *buffers, const NkKosDispatchInfo *info)
{
    size_t req = round_up(info->reqSize), res = round_up(info->resSize);
    size_t req_arena = round_up(info->reqArenaSize), res_arena = round_up(info->resArenaSize);
    char *at = malloc(req + res + req_arena + res_arena);

    if (!at) {
        return NK_ENOMEM;
    }
    buffers->memory = at;
    buffers->req = (struct nk_message *)(void *)at;
    at += req;
    buffers->res = (struct nk_message *)(void *)at;
    at += res;
    nk_arena_init(&buffers->req_arena, at, at + req_arena);
    at += req_arena;
    nk_arena_init(&buffers->res_arena, at, at + res_arena);
    return NK_EOK;
}

nk_err_t NkKosDoDispatch(Handle handle, const NkKosDispatchInfo *info)
{
    NkKosTransport transport;
    struct buffers b;
    nk_err_t err = allocate(&b, info);

    if (err != NK_EOK) {
        return err;
    }
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    nk_message_reset_(b.req, info->reqSize, NK_MESSAGE_REQUEST);
    err = nk_transport_recv(&transport.base, b.req, &b.req_arena);
    while (err == NK_EOK) {
        nk_iid_t iid = b.req->iid;
        nk_mid_t mid = b.req->mid;

        nk_message_reset_(b.res, info->resSize, NK_MESSAGE_RESPONSE);
        nk_arena_reset(&b.res_arena);
        err = info->dispatch(info->entity, b.req, &b.req_arena, b.res, &b.res_arena);
        if (err != NK_EOK) {
            nk_message_make_failed(b.res, err);
            nk_message_set_iid(b.res, iid);
            nk_message_set_mid(b.res, mid);
            nk_arena_reset(&b.res_arena);
        }
        nk_message_reset_(b.req, info->reqSize, NK_MESSAGE_REQUEST);
        err = NkKosTransport_ReplyRecv(&transport, b.res, &b.res_arena, b.req, &b.req_arena);
        if (err != NK_EOK && err != NK_ENOTCONN) {
            /* A response of ours that was refused is used up: go on with the next request. */
            err = nk_transport_recv(&transport.base, b.req, &b.req_arena);
        }
    }
    free(b.memory);
    return err;
}
