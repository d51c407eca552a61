/*
 * service/time.c: kl.core.Time: the wall clock.
 */
#include "core/time.h"
#include "service/kcall.h"

#include <arch/timer.h>
#include <kl/core/Core.edl.h>
#include <core_services.h>

#define NS_PER_S 1000000000ull
#define SLEW_DEFAULT 500u
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

/* As seconds, rounded down, and nanoseconds. */
static void split(struct time_adjustment a, int64_t *sec, uint32_t *nsec)
{
    int64_t s = (int64_t)(a.ns / NS_PER_S);
    uint32_t n = (uint32_t)(a.ns % NS_PER_S);
    *sec = a.is_back ? -s - (n != 0) : s;
    *nsec = a.is_back && n ? (uint32_t)NS_PER_S - n : n;
}

Retcode service_time_setsystemtimeadj(struct kcall *call,
                                      const kl_core_Time_SetSystemTimeAdj_req *req,
                                      kl_core_Time_SetSystemTimeAdj_res *res)
{
    const int64_t limit = (int64_t)(TIME_ADJUST_MAX / NS_PER_S);
    uint32_t slew = req->slew ? req->slew : SLEW_DEFAULT;
    (void)call;
    if (req->nsec >= NS_PER_S || req->sec > limit || req->sec < -limit || slew > TIME_SLEW_MAX)
        return rcInvalidArgument;
    int64_t ns = req->sec * (int64_t)NS_PER_S + req->nsec;
    struct time_adjustment a = {(uint64_t)(ns < 0 ? -ns : ns), ns < 0};
    if (a.ns > TIME_ADJUST_MAX)
        return rcInvalidArgument;
    split(time_adjustment_left(), &res->prevSec, &res->prevNsec);
    time_adjust(a, slew);
    return rcOk;
}

Retcode service_time_getsystemtimeadj(struct kcall *call,
                                      const kl_core_Time_GetSystemTimeAdj_req *req,
                                      kl_core_Time_GetSystemTimeAdj_res *res)
{
    (void)call;
    (void)req;
    split(time_adjustment_left(), &res->sec, &res->nsec);
    return rcOk;
}
