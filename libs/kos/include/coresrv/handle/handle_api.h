/*
 * coresrv/handle/handle_api.h: handles of the calling process.
 *
 * Handles of one resource form a tree: a copy, or the handle that a transfer makes in another process, is
 * a child of the one it came from and has no right that its parent lacks. Each function that takes a
 * handle answers rcHandleRevoked for one that was revoked and rcInvalidArgument for a number that names
 * none (any more); rcSecurityDisallow where the handle lacks the right that is named here.
 * Functions that make handles may also answer rcQuotaExceeded and rcOutOfMemory. Out parameters are
 * untouched on failure.
 */
#ifndef CORESRV_HANDLE_HANDLE_API_H
#define CORESRV_HANDLE_HANDLE_API_H

#include <coresrv/handle/notice_api.h>
#include <kos/base.h>
#include <services/ocap.h>

__RTL_BEGIN_DECLS

/* Gives a handle up, also a revoked one. Its descendants stay valid and belong to its parent.
 * rcSecurityDisallow for the handle of the kernel itself. */
Retcode KnHandleClose(Handle handle);

/*
 * Makes a resource of this program and its first handle. type: HANDLE_TYPE_USER_FIRST to
 * HANDLE_TYPE_USER_LAST; rights: general ones of services/ocap.h and OCAP_HANDLE_SPEC(); context: what
 * this process is told when a descendant of the handle comes back to it, unless a badge went with the
 * transfer. rcInvalidArgument: another type, or bit 31 in rights.
 */
Retcode KnHandleCreateUserObject(rtl_uint32_t type, rtl_uint32_t rights, void *context,
                                 Handle *handle);

/*
 * The same for a callable handle, by which clients call the endpoint `riid` of this process without
 * another channel: they put it into NkKosTransport_Init() and INVALID_RIID into the proxy's init. The
 * server finds rights and context in base_.self of the request (nk_is_handle_dereferenced(),
 * nk_get_badge_op()). ipcChannel: a listener or server handle (OCAP_IPC_RECV), or INVALID_HANDLE for a
 * resource that is not callable. rights: at least OCAP_IPC_CALL | OCAP_HANDLE_TRANSFER with a channel,
 * else rcInvalidArgument. rcInvalidArgument also for an endpoint that the process does not have,
 * rcNotConnected for a channel that is closed.
 */
Retcode KnHandleCreateUserObjectEx(rtl_uint32_t type, rtl_uint32_t rights, void *context,
                                   Handle ipcChannel, nk_iid_t riid, Handle *handle);

/*
 * Makes a resource transfer context (a badge): sent with one transfer, or given to one copy, it ties what
 * that produces to `context`. `notice` is subscribed to its EVENT_BADGE_CLOSED (nothing of the transfer is
 * left: close the badge's handle) and EVENT_OBJECT_DESTROYED (free the context) with the entry eventId.
 */
Retcode KnHandleCreateBadge(Notice notice, rtl_uintptr_t eventId, void *context, Handle *handle);

/*
 * Makes a child of inHandle (OCAP_HANDLE_COPY) in this process. newRightsMask: a part of its rights, else
 * rcSecurityDisallow; NK_RIGHTS_SAME for all. copyBadge: a badge that was not used, else
 * rcInvalidArgument; INVALID_HANDLE for none.
 */
Retcode KnHandleCopy(Handle inHandle, rtl_uint32_t newRightsMask, Handle copyBadge,
                     Handle *outHandle);

/* Closes the handle and revokes all its descendants, in whatever process, before it returns: every call on
 * one of them answers rcHandleRevoked, and a Call that waits on one ends with it. */
Retcode KnHandleRevoke(Handle handle);

/* Revokes what the transfer (or copy) of the handle that `badge` went with produced; the handle stays.
 * rcInvalidArgument: the badge was not used, or not below this handle. rcOk if nothing is left of it. */
Retcode KnHandleRevokeSubtree(Handle handle, Handle badge);

/* The security identifier of the resource, one for all its handles (OCAP_HANDLE_GET_SID). */
Retcode KnHandleGetSidByHandle(Handle handle, nk_sid_t *sid);

/*
 * Makes a channel inside the calling process. With listener INVALID_HANDLE a new listener is made and
 * *outServer is the same handle; otherwise the channel joins the channels of `listener`
 * (OCAP_IPC_LISTEN). The handles are the caller's. Out parameters may be null when nobody wants the
 * handle's number.
 */
Retcode KnHandleConnect(Handle listener, Handle *outListener, Handle *outServer,
                        Handle *outClient);

/*
 * Makes a channel between two processes that have not started; `server` and `client` are process
 * handles (OCAP_TASK_CONTROL), INVALID_HANDLE for the caller itself. `serverListener` is a listener in
 * the server's table, or INVALID_HANDLE to make one. The numbers that come out belong to the tables of
 * those processes. rcInvalidOperation: one of them has started.
 */
Retcode KnHandleConnectEx(Handle server, Handle client, Handle serverListener,
                          Handle *outListener, Handle *outServer, Handle *outClient);

/* Makes a listener without channels, for callable handles say. */
Retcode KnHandleCreateListener(Handle *listener);

/* A handle of the security module, to ask it through the security interfaces of the caller's class;
 * NkKosSecurityTransport does. It cannot be transferred. rcInvalidArgument: a null pointer.
 * rcQuotaExceeded, rcOutOfMemory. */
Retcode KnHandleSecurityConnect(Handle *handle);

__RTL_END_DECLS

#endif
