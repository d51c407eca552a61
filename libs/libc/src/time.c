/*
 * time.c: clocks, read from the page that the kernel keeps; and sleeping.
 */
#include <errno.h>
#include <time.h>

#include "layer.h"

#define NS_PER_SEC 1000000000ull

uint64_t kos_timespec_ns(const struct timespec *ts)
{
    if ((uint64_t)ts->tv_sec >= UINT64_MAX / NS_PER_SEC) {
        return UINT64_MAX / 2;
    }
    return (uint64_t)ts->tv_sec * NS_PER_SEC + (uint64_t)ts->tv_nsec;
}

static int read_clock(int clock, uint64_t *ns)
{
    switch (clock) {
    case CLOCK_MONOTONIC:
    case CLOCK_MONOTONIC_RAW:
    case CLOCK_MONOTONIC_COARSE:
    case CLOCK_BOOTTIME:
        *ns = KnUptimeNs();
        return 0;
    case CLOCK_REALTIME:
    case CLOCK_REALTIME_COARSE:
        *ns = KnSystemTimeNs();
        return 0;
    default:
        return -1;
    }
}

long kos_clock_gettime(int clock, struct timespec *ts)
{
    uint64_t ns;

    if (read_clock(clock, &ns)) {
        return -EINVAL;
    }
    ts->tv_sec = (time_t)(ns / NS_PER_SEC);
    ts->tv_nsec = (long)(ns % NS_PER_SEC);
    return 0;
}

long kos_clock_getres(int clock, struct timespec *ts)
{
    uint64_t ns;

    if (read_clock(clock, &ns)) {
        return -EINVAL;
    }
    if (ts) {
        *ts = (struct timespec){ .tv_nsec = 1 };
    }
    return 0;
}

long kos_nanosleep(int clock, int flags, const struct timespec *request, struct timespec *remain)
{
    uint64_t now, start, span;
    Retcode rc;

    if (request->tv_sec < 0 || request->tv_nsec < 0 || request->tv_nsec >= (long)NS_PER_SEC ||
        read_clock(clock, &start)) {
        return -EINVAL;
    }
    span = kos_timespec_ns(request);
    if (flags & TIMER_ABSTIME) {
        span = span > start ? span - start : 0;
    }
    if (span == 0) {
        return 0;
    }
    rc = KnSleepNs(span);
    if (rc == rcIpcInterrupt && remain && !(flags & TIMER_ABSTIME)) {
        read_clock(clock, &now);
        span = now - start < span ? span - (now - start) : 0;
        remain->tv_sec = (time_t)(span / NS_PER_SEC);
        remain->tv_nsec = (long)(span % NS_PER_SEC);
    }
    return kos_errno(rc);
}
