/*
 * main.c: calls that make handles; one line each: the code, and by how much handles and objects became more.
 */
#include "core.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <kl/core/Core.edl.h>
#include <stdio.h>
#include <string.h>

static Handle listener, user, memory, notice, thread, end, same;

static Retcode open_current(void)
{
    kl_core_Thread_OpenCurrent_req req;
    kl_core_Thread_OpenCurrent_res res;

    memset(&res, 0, sizeof(res));
    nk_req_reset(&req);
    nk_req_reset(&res);
    nk_msg_set_method_id(&req, kl_core_Core_thread_Thread_iid, kl_core_Thread_OpenCurrent_mid);
    Retcode rc = core_call(&req.base_, NULL, &res.base_, NULL);
    thread = nk_get_handle(&res.thread);
    return rc;
}

static Retcode make_badge(void)
{
    kl_core_Handle_CreateBadge_req req;
    kl_core_Handle_CreateBadge_res res;

    memset(&res, 0, sizeof(res));
    nk_req_reset(&req);
    nk_req_reset(&res);
    nk_msg_set_method_id(&req, kl_core_Core_handle_Handle_iid, kl_core_Handle_CreateBadge_mid);
    req.notice = notice;
    req.eventId = req.context = 1;
    return core_call(&req.base_, NULL, &res.base_, NULL);
}

static Retcode make_notice(void)
{
    kl_core_Notice_Create_req req;
    kl_core_Notice_Create_res res;

    memset(&res, 0, sizeof(res));
    nk_req_reset(&req);
    nk_req_reset(&res);
    nk_msg_set_method_id(&req, kl_core_Core_notice_Notice_iid, kl_core_Notice_Create_mid);
    Retcode rc = core_call(&req.base_, NULL, &res.base_, NULL);
    notice = res.notify;
    return rc;
}

#define SHOW(name, call)                                                                           \
    do {                                                                                           \
        struct counters before_, after_;                                                           \
        core_counters(&before_);                                                                   \
        Retcode rc_ = (call);                                                                      \
        core_counters(&after_);                                                                    \
        fprintf(stderr, "%s: 0x%x, handles %+d, objects %+d\n", name, (unsigned)rc_,               \
                (int)(after_.handles - before_.handles), (int)(after_.objects - before_.objects)); \
    } while (0)

int main(void)
{
    static const char bytes[100];
    Handle made;
    nk_sid_t sid;

    core_fill_handle_table();
    make_notice();
    KnHandleCreateListener(&listener);
    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_GENERAL, NULL, &user);
    KnPmmMdlCreate(4096, VMM_FLAG_READ | VMM_FLAG_WRITE, &memory);
    SHOW("Copy", KnHandleCopy(user, OCAP_HANDLE_GET_SID, INVALID_HANDLE, &made));
    SHOW("Connect", KnHandleConnect(listener, &same, &end, &made));
    SHOW("CreateBadge", make_badge());
    SHOW("OpenCurrent", open_current());
    SHOW("MdlClone", KnPmmMdlClone(memory, &made));
    SHOW("MdlCreateFromBuf", KnPmmMdlCreateFromBuf(bytes, 100, VMM_FLAG_READ, &made));
    SHOW("GetSidByHandle", KnHandleGetSidByHandle(listener, &sid)); /* the listener is still there */
    SHOW("Revoke", KnHandleRevoke(user));
    core_reset(0);
}
