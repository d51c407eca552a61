/*
 * handle.c: handles of the calling process (coresrv/handle/handle_api.h).
 */
#include "core_call.h"

#include <coresrv/handle/handle_api.h>

static void give(Handle *out, Handle handle)
{
    if (out) {
        *out = handle;
    }
}

Retcode KnHandleClose(Handle handle)
{
    kl_core_Handle_Close_req req = {.handle = handle};
    kl_core_Handle_Close_res res;

    return CORE_CALL(handle_Handle, Handle, Close, req, res);
}

Retcode KnHandleConnect(Handle listener, Handle *outListener, Handle *outServer, Handle *outClient)
{
    kl_core_Handle_Connect_req req = {.listener = listener};
    kl_core_Handle_Connect_res res;
    Retcode rc = CORE_CALL(handle_Handle, Handle, Connect, req, res);

    if (rc == rcOk) {
        give(outListener, res.outListener);
        give(outServer, res.outServer);
        give(outClient, res.outClient);
    }
    return rc;
}

Retcode KnHandleConnectEx(Handle server, Handle client, Handle serverListener,
                          Handle *outListener, Handle *outServer, Handle *outClient)
{
    kl_core_Handle_ConnectEx_req req = {
        .server = server,
        .client = client,
        .serverListener = serverListener,
    };
    kl_core_Handle_ConnectEx_res res;
    Retcode rc = CORE_CALL(handle_Handle, Handle, ConnectEx, req, res);

    if (rc == rcOk) {
        give(outListener, res.outListener);
        give(outServer, res.outServer);
        give(outClient, res.outClient);
    }
    return rc;
}

Retcode KnHandleCreateListener(Handle *listener)
{
    kl_core_Handle_CreateListener_req req;
    kl_core_Handle_CreateListener_res res;
    Retcode rc = CORE_CALL(handle_Handle, Handle, CreateListener, req, res);

    if (rc == rcOk) {
        give(listener, res.listener);
    }
    return rc;
}
