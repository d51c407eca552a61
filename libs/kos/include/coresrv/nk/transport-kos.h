/*
 * coresrv/nk/transport-kos.h: the transport over the kernel's channels.
 *
 * An object serves one thread at a time. Several threads may serve one listener, each with its own
 * transport and buffers.
 */
#ifndef CORESRV_NK_TRANSPORT_KOS_H
#define CORESRV_NK_TRANSPORT_KOS_H

#include <kos/base.h>
#include <nk/transport.h>

__RTL_BEGIN_DECLS

typedef struct NkKosTransport {
    struct nk_transport base;
    Handle handle;          /* client, server, listener or callable handle */
    Handle sync;            /* IPC sync object that interrupts waiting, or INVALID_HANDLE */
    rtl_uint64_t token;     /* private: names the request to reply to; zero when none is owed */
} NkKosTransport;

/* With an IPC sync object; see NkKosTransportSync_Init. */
typedef NkKosTransport NkKosTransportSync;

/* Binds a transport to a handle, which stays the caller's. The last two parameters are not used. */
#ifdef __cplusplus
void NkKosTransport_Init(NkKosTransport *transport, Handle handle, void *buf = NK_NULL,
                         nk_size_t size = 0);
#else
void NkKosTransport_Init(NkKosTransport *transport, Handle handle, void *buf, nk_size_t size);
#endif

/* The same; calls and receives that wait end with NK_EAGAIN when `sync` is set. */
void NkKosTransportSync_Init(NkKosTransport *transport, Handle handle, Handle sync);

/* Answers the last request and waits for the next one, in one system call. `req` and `res` may
 * share memory, arenas as well. Returns what nk_transport_recv() would, or the reply's error, in
 * which case nothing was received. Without a request to answer it only receives. */
nk_err_t NkKosTransport_ReplyRecv(NkKosTransport *transport, const struct nk_message *res,
                                  const struct nk_arena *res_arena, struct nk_message *req,
                                  struct nk_arena *req_arena);

/* Copies a string with its terminator into an arena and fills *desc. NK_EOK, or NK_ENOMEM. */
nk_err_t NkKosCopyStringToArena(struct nk_arena *arena, nk_ptr_t *desc, const char *str);

/* What a transport makes of a kernel's return code; the table stands in nk/errno.h. */
nk_err_t NkKosErrorFromRetcode(Retcode rc);

__RTL_END_DECLS

#endif
