/*
 * notice.c: notification receivers (coresrv/handle/notice_api.h).
 */
#include "notice.h"

#include "core_call.h"
#include "object.h"

#include <coresrv/handle/handle_api.h>
#include <kos/objects.h>

static void notice_destroy(void *object)
{
    Notice notice = object;

    if (notice->handle != INVALID_HANDLE) {
        KnHandleClose(notice->handle);
    }
}

Retcode KnNoticeCreate(Notice *notice)
{
    kl_core_Notice_Create_req req;
    kl_core_Notice_Create_res res;
    Notice made;
    Retcode rc;

    if (!notice) {
        return rcInvalidArgument;
    }
    made = object_create(sizeof(*made), notice_destroy);
    if (!made) {
        return rcOutOfMemory;
    }
    rc = CORE_CALL(notice_Notice, Notice, Create, req, res);
    if (rc != rcOk) {
        KosPutObject(made);
        return rc;
    }
    made->handle = res.notify;
    *notice = made;
    return rcOk;
}

Retcode KnNoticeRelease(Notice notice)
{
    if (!notice) {
        return rcInvalidArgument;
    }
    KosPutObject(notice);
    return rcOk;
}

Retcode KnNoticeSubscribeToObject(Notice notice, Handle object, rtl_uint32_t evMask,
                                  rtl_uintptr_t evId)
{
    kl_core_Notice_SubscribeToObject_req req = {.object = object, .evMask = evMask, .evId = evId};
    kl_core_Notice_SubscribeToObject_res res;

    if (!notice) {
        return rcInvalidArgument;
    }
    req.notify = notice->handle;
    return CORE_CALL(notice_Notice, Notice, SubscribeToObject, req, res);
}

Retcode KnNoticeUnsubscribeFromEvent(Notice notice, Handle object, rtl_uintptr_t evId)
{
    kl_core_Notice_UnsubscribeFromEvent_req req = {.object = object, .evId = evId};
    kl_core_Notice_UnsubscribeFromEvent_res res;

    if (!notice) {
        return rcInvalidArgument;
    }
    req.notify = notice->handle;
    return CORE_CALL(notice_Notice, Notice, UnsubscribeFromEvent, req, res);
}

Retcode KnNoticeUnsubscribeFromObject(Notice notice, Handle object)
{
    kl_core_Notice_UnsubscribeFromObject_req req = {.object = object};
    kl_core_Notice_UnsubscribeFromObject_res res;

    if (!notice) {
        return rcInvalidArgument;
    }
    req.notify = notice->handle;
    return CORE_CALL(notice_Notice, Notice, UnsubscribeFromObject, req, res);
}

/* One notification; the handle, not the Notice: another thread may release it meanwhile. */
static Retcode get_one(Handle handle, rtl_uint64_t msec, EventDesc *event)
{
    kl_core_Notice_GetEvent_req req = {.notify = handle, .delay = msec};
    kl_core_Notice_GetEvent_res res;
    Retcode rc = CORE_CALL(notice_Notice, Notice, GetEvent, req, res);

    if (rc == rcOk) {
        event->eventId = (rtl_uintptr_t)res.eventId;
        event->eventMask = res.eventMask;
    }
    return rc;
}

Retcode KnNoticeGetEvent(Notice notice, rtl_uint64_t msec, rtl_size_t countMax, EventDesc *events,
                         rtl_size_t *count)
{
    rtl_size_t n = 1;
    Handle handle;
    Retcode rc;

    if (!notice || !events || !count || !countMax) {
        return rcInvalidArgument;
    }
    handle = notice->handle;
    rc = get_one(handle, msec == INFINITE_TIMEOUT ? KN_INFINITE : msec, &events[0]);
    if (rc != rcOk) {
        return rc;
    }
    while (n < countMax && get_one(handle, 0, &events[n]) == rcOk) {
        n++;
    }
    *count = n;
    return rcOk;
}

Retcode KnNoticeDropAndWake(Notice notice)
{
    kl_core_Notice_DropAndWake_req req;
    kl_core_Notice_DropAndWake_res res;

    if (!notice) {
        return rcInvalidArgument;
    }
    req.notify = notice->handle;
    return CORE_CALL(notice_Notice, Notice, DropAndWake, req, res);
}

Retcode KnNoticeSetObjectEvent(Handle object, rtl_uint32_t evMask)
{
    kl_core_Notice_SetObjectEvent_req req = {.object = object, .evMask = evMask};
    kl_core_Notice_SetObjectEvent_res res;

    return CORE_CALL(notice_Notice, Notice, SetObjectEvent, req, res);
}
