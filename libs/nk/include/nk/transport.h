/*
 * nk/transport.h: what carries a message, as generated code sees it.
 *
 * A transport is an object that starts with struct nk_transport; the one for the kernel's channels
 * is NkKosTransport (coresrv/nk/transport-kos.h). Arenas may be NULL when nothing of variable size
 * goes that way.
 */
#ifndef NK_TRANSPORT_H
#define NK_TRANSPORT_H

#include <nk/arena.h>
#include <nk/assert.h>
#include <nk/compiler.h>
#include <nk/errno.h>
#include <nk/message.h>
#include <nk/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nk_transport;

struct nk_transport_ops {
    /* Sends a request and waits for its response. */
    nk_err_t (*call)(struct nk_transport *transport, const struct nk_message *req,
                     const struct nk_arena *req_arena, struct nk_message *res,
                     struct nk_arena *res_arena);
    /* Waits for a request. */
    nk_err_t (*recv)(struct nk_transport *transport, struct nk_message *req,
                     struct nk_arena *req_arena);
    /* Answers the request that recv returned last. */
    nk_err_t (*reply)(struct nk_transport *transport, const struct nk_message *res,
                      const struct nk_arena *res_arena);
};
typedef struct nk_transport_ops nk_transport_ops;

struct nk_transport {
    const struct nk_transport_ops *ops;
};
typedef struct nk_transport nk_transport;

/* The result is the transport's error, or what the method itself returned on the other side. */
static inline nk_err_t nk_transport_call(struct nk_transport *transport,
                                         const struct nk_message *req,
                                         const struct nk_arena *req_arena, struct nk_message *res,
                                         struct nk_arena *res_arena)
{
    nk_err_t err = transport->ops->call(transport, req, req_arena, res, res_arena);

    return err == NK_EOK ? nk_message_failure(res) : err;
}

static inline nk_err_t nk_transport_recv(struct nk_transport *transport, struct nk_message *req,
                                         struct nk_arena *req_arena)
{
    return transport->ops->recv(transport, req, req_arena);
}

static inline nk_err_t nk_transport_reply(struct nk_transport *transport,
                                          const struct nk_message *res,
                                          const struct nk_arena *res_arena)
{
    return transport->ops->reply(transport, res, res_arena);
}

#ifdef __cplusplus
}
#endif

#endif
