/*
 * thread_control.c: the kernel's thread methods for programs (coresrv/thread/thread_api.h).
 */
#include "core_call.h"

#include <coresrv/thread/thread_api.h>
#include <kos/internal.h>

#define NS_PER_MS 1000000ull

Retcode KnSleep(rtl_uint32_t mdelay)
{
    return KnSleepNs(mdelay == INFINITE_TIMEOUT ? KN_INFINITE : mdelay * NS_PER_MS);
}

Retcode KnThreadOpenCurrent(Handle *thread, rtl_uint32_t *tid)
{
    kl_core_Thread_OpenCurrent_req req = {0};
    kl_core_Thread_OpenCurrent_res res;
    Retcode rc;

    if (!thread || !tid) {
        return rcInvalidArgument;
    }
    rc = CORE_CALL_LONG(thread_Thread, Thread, OpenCurrent, req, res, NULL);
    if (rc == rcOk) {
        *thread = res.thread.handle;
        *tid = res.tid;
    }
    return rc;
}

Retcode KnThreadAlert(Handle thread, rtl_uint32_t tid)
{
    kl_core_Thread_Alert_req req = {.thread = thread, .tid = tid};
    kl_core_Thread_Alert_res res;

    return CORE_CALL(thread_Thread, Thread, Alert, req, res);
}

Retcode KnThreadGetInfo(Handle thread, rtl_uint32_t tid, KnThreadInfo *info)
{
    kl_core_Thread_GetInfo_req req = {.thread = thread, .tid = tid};
    kl_core_Thread_GetInfo_res res;
    Retcode rc;

    if (!info) {
        return rcInvalidArgument;
    }
    rc = CORE_CALL(thread_Thread, Thread, GetInfo, req, res);
    if (rc == rcOk) {
        *info = (KnThreadInfo){
            .tid = res.number,
            .state = (KnThreadState)res.state,
            .priority = res.priority,
            .effectivePriority = res.effectivePriority,
            .exitCode = res.exitCode,
        };
    }
    return rc;
}

Retcode KnThreadSetPriority(rtl_uint32_t tid, rtl_uint32_t priority)
{
    kl_core_Thread_SetPriority_req req = {.tid = tid, .priority = priority};
    kl_core_Thread_SetPriority_res res;

    return CORE_CALL(thread_Thread, Thread, SetPriority, req, res);
}

Retcode KnThreadSuspend(void)
{
    kl_core_Thread_Suspend_req req = {0};
    kl_core_Thread_Suspend_res res;

    return CORE_CALL(thread_Thread, Thread, Suspend, req, res);
}

Retcode KnThreadResume(rtl_uint32_t tid)
{
    kl_core_Thread_Resume_req req = {.tid = tid};
    kl_core_Thread_Resume_res res;

    return CORE_CALL(thread_Thread, Thread, Resume, req, res);
}

Retcode KnThreadWait(rtl_uint32_t tid, rtl_uint32_t msec, rtl_int32_t *exitCode)
{
    kl_core_Thread_Wait_req req = {.tid = tid};
    kl_core_Thread_Wait_res res;
    Retcode rc;

    req.delay = msec == INFINITE_TIMEOUT ? KN_INFINITE : msec;
    rc = CORE_CALL(thread_Thread, Thread, Wait, req, res);
    if (rc == rcOk && exitCode) {
        *exitCode = res.exitCode;
    }
    return rc;
}

Retcode KnThreadGetPriorityRaw(uint32_t tid, uint32_t *priority)
{
    KnThreadInfo info;
    Retcode rc = KnThreadGetInfo(INVALID_HANDLE, tid, &info);

    if (rc == rcOk && info.state == KnThreadEnded) {
        rc = rcResourceNotFound;
    }
    if (rc == rcOk) {
        *priority = info.priority;
    }
    return rc;
}

Retcode KnThreadTerminateRaw(uint32_t tid, int code)
{
    kl_core_Thread_Terminate_req req = {.tid = tid, .code = code};
    kl_core_Thread_Terminate_res res;

    return CORE_CALL(thread_Thread, Thread, Terminate, req, res);
}
