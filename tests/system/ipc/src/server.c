/*
 * server.c: the child: a server, written in the way that its first argument says.
 */
#include "suite.h"

#include "serve.h"

static char req_memory[ipc_Server_entity_req_arena_size] __attribute__((aligned(4096)));
static char res_memory[ipc_Server_entity_res_arena_size] __attribute__((aligned(4096)));
static ipc_Server_entity_req req;
static ipc_Server_entity_res res;

/* Recv, dispatch, Reply. */
static int serve_transport(Handle listener, ipc_Server_entity *entity)
{
    struct nk_arena in = NK_ARENA_INITIALIZER(req_memory, req_memory + sizeof(req_memory));
    struct nk_arena out = NK_ARENA_INITIALIZER(res_memory, res_memory + sizeof(res_memory));
    NkKosTransport transport;

    NkKosTransport_Init(&transport, listener, NK_NULL, 0);
    for (;;) {
        nk_req_reset(&req);
        nk_arena_reset(&in);
        nk_arena_reset(&out);
        nk_err_t err = nk_transport_recv(&transport.base, &req.base_, &in);
        if (err == NK_ENOTCONN) {
            return 0;
        }
        if (err != NK_EOK) {
            continue;
        }
        ipc_Server_entity_dispatch(entity, &req.base_, &in, &res.base_, &out);
        nk_transport_reply(&transport.base, &res.base_, &out);
    }
}

/* The same with one system call a request. */
static int serve_reply_recv(Handle listener, ipc_Server_entity *entity)
{
    struct nk_arena in = NK_ARENA_INITIALIZER(req_memory, req_memory + sizeof(req_memory));
    struct nk_arena out = NK_ARENA_INITIALIZER(res_memory, res_memory + sizeof(res_memory));
    NkKosTransport transport;

    NkKosTransport_Init(&transport, listener, NK_NULL, 0);
    for (;;) {
        nk_req_reset(&req);
        nk_arena_reset(&in);
        nk_err_t err = NkKosTransport_ReplyRecv(&transport, &res.base_, &out, &req.base_, &in);
        if (err == NK_ENOTCONN) {
            return 0;
        }
        if (err == NK_EOK) {
            nk_arena_reset(&out);
            ipc_Server_entity_dispatch(entity, &req.base_, &in, &res.base_, &out);
        }
    }
}

static int serve_dispatch(Handle listener, ipc_Server_entity *entity)
{
    NkKosDispatchInfo info = NK_ENTITY_DISPATCH_INFO_INITIALIZER(ipc_Server, entity);

    NkKosDoDispatch(listener, &info);
    return 0;
}

int main(int argc, char **argv)
{
    ipc_Server_entity entity;
    const char *mode = argc > 1 ? argv[1] : "";
    Handle listener = argc > 2 ? (Handle)strtoul(argv[2], NULL, 10) : INVALID_HANDLE;

    ipc_Server_entity_init(&entity, serve_echo());
    if (!strcmp(mode, "transport")) {
        return serve_transport(listener, &entity);
    }
    if (!strcmp(mode, "reply-recv")) {
        return serve_reply_recv(listener, &entity);
    }
    if (!strcmp(mode, "dispatch")) {
        return serve_dispatch(listener, &entity);
    }
    if (!strcmp(mode, "both")) {
        return test_both(&entity);
    }
    fprintf(stderr, "FAIL child: no mode '%s'\n", mode);
    return 1;
}
