/*
 * coresrv/time/time_api.h: the clocks. Reading the time needs no kernel call.
 */
#ifndef CORESRV_TIME_TIME_API_H
#define CORESRV_TIME_TIME_API_H

#include <kos/base.h>
#include <rtl/rtc.h>

__RTL_BEGIN_DECLS

/* Milliseconds since the system started. */
rtl_size_t KnGetMSecSinceStart(void);
/* Time since the system started. rcOk; here and below rcInvalidArgument for a null pointer. */
Retcode KnGetUpTime(RtlTimeSpec *time);
/* The smallest difference that KnGetUpTime can show. */
Retcode KnGetUpTimeRes(RtlTimeSpec *res);
/* Time since 1970-01-01 00:00:00 UTC: from the machine's clock at the start, then as it is set. */
Retcode KnGetSystemTime(RtlTimeSpec *time);
Retcode KnGetSystemTimeRes(RtlTimeSpec *res);
/* Sets the system time, for all processes. rcInvalidArgument: before 1970, too late for 64 bits of
 * nanoseconds, or nanoseconds out of range. */
Retcode KnSetSystemTime(RtlTimeSpec *time);
/* Lets the system time gain `adj` (with negative seconds: lose), at most an hour, gradually: it
 * runs `slew` microseconds a second faster or slower, 1..500000, zero for 500. It never goes back.
 * *prev (may be null): what was left of an earlier adjustment, which ends. rcInvalidArgument: out
 * of range. */
Retcode KnSetSystemTimeAdj(const RtlTimeSpec *adj, rtl_uint32_t slew, RtlTimeSpec *prev);
/* What is left of the adjustment under way; zero if there is none. */
Retcode KnGetSystemTimeAdj(RtlTimeSpec *adj);
/* The system time as a calendar date in UTC. rcFail: a null pointer. */
Retcode KnGetRtcTime(RtlRtcTime *rt);

__RTL_END_DECLS

#endif
