/*
 * coresrv/handle/handle_api.h: handles of the calling process.
 */
#ifndef CORESRV_HANDLE_HANDLE_API_H
#define CORESRV_HANDLE_HANDLE_API_H

#include <kos/base.h>
#include <services/ocap.h>

__RTL_BEGIN_DECLS

/* Gives a handle up. Its descendants stay valid. rcInvalidArgument: not a handle. */
Retcode KnHandleClose(Handle handle);

/*
 * Makes a channel inside the calling process. With listener INVALID_HANDLE a new listener is made
 * and *outServer is the same handle; otherwise the channel joins the channels of `listener`. The
 * handles are the caller's. Out parameters may be null when nobody wants the handle's number.
 */
Retcode KnHandleConnect(Handle listener, Handle *outListener, Handle *outServer,
                        Handle *outClient);

/*
 * Makes a channel between two processes that have not started; `server` and `client` are process
 * handles, INVALID_HANDLE for the caller itself. `serverListener` is a listener in the server's
 * table, or INVALID_HANDLE to make one. The numbers that come out belong to the tables of those
 * processes.
 */
Retcode KnHandleConnectEx(Handle server, Handle client, Handle serverListener,
                          Handle *outListener, Handle *outServer, Handle *outClient);

/* Makes a listener without channels. */
Retcode KnHandleCreateListener(Handle *listener);

__RTL_END_DECLS

#endif
