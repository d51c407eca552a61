/*
 * coresrv/time/time_api.h: the clocks. Reading them needs no kernel call.
 */
#ifndef CORESRV_TIME_TIME_API_H
#define CORESRV_TIME_TIME_API_H

#include <kos/base.h>
#include <rtl/rtc.h>

__RTL_BEGIN_DECLS

/* Milliseconds since the system started. */
rtl_size_t KnGetMSecSinceStart(void);
/* Time since the system started; always rcOk. */
Retcode KnGetUpTime(RtlTimeSpec *time);
Retcode KnGetUpTimeRes(RtlTimeSpec *res);
/* Time since 1970-01-01 00:00:00 UTC; always rcOk. */
Retcode KnGetSystemTime(RtlTimeSpec *time);
Retcode KnGetSystemTimeRes(RtlTimeSpec *res);
/* rcInvalidArgument: nanoseconds out of range. */
Retcode KnSetSystemTime(RtlTimeSpec *time);
/* The system time as a calendar date in UTC; rcFail if the year does not fit. */
Retcode KnGetRtcTime(RtlRtcTime *rt);

__RTL_END_DECLS

#endif
