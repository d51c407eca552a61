/*
 * rtl/rtc.h: points in time.
 */
#ifndef RTL_RTC_H
#define RTL_RTC_H

#include <rtl/types.h>

typedef rtl_int64_t rtl_time_t;  /* seconds */
typedef rtl_int64_t rtl_nsecs_t; /* nanoseconds */

typedef struct RtlTimeSpec {
    rtl_time_t sec;   /* since 1970-01-01 00:00 UTC, or what the call names */
    rtl_nsecs_t nsec; /* 0..999999999 */
} RtlTimeSpec;

typedef struct RtlRtcTime {
    rtl_uint32_t msec;  /* 0..999 */
    rtl_uint32_t sec;   /* 0..59 */
    rtl_uint32_t min;   /* 0..59 */
    rtl_uint32_t hour;  /* 0..23 */
    rtl_uint32_t mday;  /* 1..31 */
    rtl_uint32_t month; /* 0..11 */
    rtl_int32_t year;   /* since 1900 */
    rtl_uint32_t wday;  /* 0..6, 0 = Sunday */
} RtlRtcTime;

#endif
