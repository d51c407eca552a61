/*
 * service/time.c: kl.core.Time: the wall clock.
 */
#include "core/time.h"
#include "service/kcall.h"

#include <arch/timer.h>
#include <kl/core/Core.edl.h>
#include <core_services.h>

#define NS_PER_S 1000000000ull
#define SECS_MAX (~0ull / NS_PER_S / 2)

Retcode service_time_setsystemtime(struct kcall *call, const kl_core_Time_SetSystemTime_req *req,
                                   kl_core_Time_SetSystemTime_res *res)
{
    (void)call;
    (void)res;
    if (req->secs < 0 || (uint64_t)req->secs > SECS_MAX || req->nsecs >= NS_PER_S)
        return rcInvalidArgument;
    time_set_wall_ns((uint64_t)req->secs * NS_PER_S + req->nsecs);
    return rcOk;
}

Retcode service_time_getsystemtime(struct kcall *call, const kl_core_Time_GetSystemTime_req *req,
                                   kl_core_Time_GetSystemTime_res *res)
{
    (void)call;
    (void)req;
    uint64_t ns = time_wall_ns();
    res->secs = (int64_t)(ns / NS_PER_S);
    res->nsecs = (uint32_t)(ns % NS_PER_S);
    return rcOk;
}

Retcode service_time_getuptime(struct kcall *call, const kl_core_Time_GetUpTime_req *req,
                               kl_core_Time_GetUpTime_res *res)
{
    (void)call;
    (void)req;
    res->nsecs = arch_time_ns();
    return rcOk;
}
