/*
 * handle.c: handles of the calling process (coresrv/handle/handle_api.h).
 */
#include "core_call.h"
#include "notice.h"

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

Retcode KnHandleCreateUserObject(rtl_uint32_t type, rtl_uint32_t rights, void *context,
                                 Handle *handle)
{
    return KnHandleCreateUserObjectEx(type, rights, context, INVALID_HANDLE, 0, handle);
}

Retcode KnHandleCreateUserObjectEx(rtl_uint32_t type, rtl_uint32_t rights, void *context,
                                   Handle ipcChannel, nk_iid_t riid, Handle *handle)
{
    kl_core_Handle_CreateUserObject_req req = {
        .type = type,
        .rights = rights,
        .context = (uintptr_t)context,
        .ipcChannel = ipcChannel,
        .riid = riid,
    };
    kl_core_Handle_CreateUserObject_res res;
    rtl_uint32_t least = ipcChannel == INVALID_HANDLE ? 0 : OCAP_IPC_CALL | OCAP_HANDLE_TRANSFER;
    Retcode rc;

    if (!handle || (rights & least) != least) {
        return rcInvalidArgument;
    }
    rc = CORE_CALL(handle_Handle, Handle, CreateUserObject, req, res);
    if (rc == rcOk) {
        *handle = res.handle;
    }
    return rc;
}

Retcode KnHandleCreateBadge(Notice notice, rtl_uintptr_t eventId, void *context, Handle *handle)
{
    kl_core_Handle_CreateBadge_req req = {.eventId = eventId, .context = (uintptr_t)context};
    kl_core_Handle_CreateBadge_res res;
    Retcode rc;

    if (!notice || !handle) {
        return rcInvalidArgument;
    }
    req.notice = notice->handle;
    rc = CORE_CALL(handle_Handle, Handle, CreateBadge, req, res);
    if (rc == rcOk) {
        *handle = res.handle;
    }
    return rc;
}

Retcode KnHandleCopy(Handle inHandle, rtl_uint32_t newRightsMask, Handle copyBadge,
                     Handle *outHandle)
{
    kl_core_Handle_Copy_req req = {
        .inHandle = inHandle,
        .newRightsMask = newRightsMask,
        .copyBadge = copyBadge,
    };
    kl_core_Handle_Copy_res res;
    Retcode rc;

    if (!outHandle) {
        return rcInvalidArgument;
    }
    rc = CORE_CALL(handle_Handle, Handle, Copy, req, res);
    if (rc == rcOk) {
        *outHandle = res.outHandle;
    }
    return rc;
}

Retcode KnHandleRevoke(Handle handle)
{
    kl_core_Handle_Revoke_req req = {.handle = handle};
    kl_core_Handle_Revoke_res res;

    return CORE_CALL(handle_Handle, Handle, Revoke, req, res);
}

Retcode KnHandleRevokeSubtree(Handle handle, Handle badge)
{
    kl_core_Handle_RevokeSubtree_req req = {.handle = handle, .badge = badge};
    kl_core_Handle_RevokeSubtree_res res;

    return CORE_CALL(handle_Handle, Handle, RevokeSubtree, req, res);
}

Retcode KnHandleGetSidByHandle(Handle handle, nk_sid_t *sid)
{
    kl_core_Handle_GetSidByHandle_req req = {.handle = handle};
    kl_core_Handle_GetSidByHandle_res res;
    Retcode rc;

    if (!sid) {
        return rcInvalidArgument;
    }
    rc = CORE_CALL(handle_Handle, Handle, GetSidByHandle, req, res);
    if (rc == rcOk) {
        *sid = res.sid;
    }
    return rc;
}

Retcode KnHandleSecurityConnect(Handle *handle)
{
    kl_core_Handle_SecurityConnect_req req = {0};
    kl_core_Handle_SecurityConnect_res res;
    Retcode rc;

    if (!handle) {
        return rcInvalidArgument;
    }
    rc = CORE_CALL(handle_Handle, Handle, SecurityConnect, req, res);
    if (rc == rcOk) {
        *handle = res.handle;
    }
    return rc;
}
