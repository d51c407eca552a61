/*
 * security.c: the transport to the security module (coresrv/nk/transport-kos-security.h).
 */
#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos-security.h>
#include <coresrv/nk/transport-kos.h>

static nk_err_t security_call(struct nk_transport *base, const struct nk_message *req,
                              const struct nk_arena *req_arena, struct nk_message *res,
                              struct nk_arena *res_arena)
{
    NkKosSecurityTransport *transport = (NkKosSecurityTransport *)base;
    NkKosTransport question;

    if (transport->handle == INVALID_HANDLE) {
        return NK_ENOTCONN;
    }
    NkKosTransport_Init(&question, transport->handle, NK_NULL, 0);
    return nk_transport_call(&question.base, req, req_arena, res, res_arena);
}

/* Nobody asks through it. */
static nk_err_t no_recv(struct nk_transport *base, struct nk_message *req, struct nk_arena *arena)
{
    (void)base;
    (void)req;
    (void)arena;
    return NK_ENOMSG;
}

static nk_err_t no_reply(struct nk_transport *base, const struct nk_message *res,
                         const struct nk_arena *arena)
{
    (void)base;
    (void)res;
    (void)arena;
    return NK_ENOMSG;
}

static const struct nk_transport_ops ops = {
    .call = security_call,
    .recv = no_recv,
    .reply = no_reply,
};

nk_err_t NkKosSecurityTransport_Init(NkKosSecurityTransport *transport)
{
    transport->base.ops = &ops;
    transport->handle = INVALID_HANDLE;
    return NkKosErrorFromRetcode(KnHandleSecurityConnect(&transport->handle));
}

void NkKosSecurityTransport_Fini(NkKosSecurityTransport *transport)
{
    if (transport->handle != INVALID_HANDLE) {
        KnHandleClose(transport->handle);
    }
    transport->handle = INVALID_HANDLE;
}
