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

uint64_t kos_deadline(uint64_t ns)
{
    uint64_t now = KnUptimeNs();

    return ns > UINT64_MAX - 1 - now ? UINT64_MAX - 1 : now + ns;
}

void kos_time_left(uint64_t end, struct timespec *ts)
{
    uint64_t now = KnUptimeNs(), left = end > now ? end - now : 0;

    ts->tv_sec = (time_t)(left / NS_PER_SEC);
    ts->tv_nsec = (long)(left % NS_PER_SEC);
}

int kos_is_timespec(const struct timespec *ts)
{
    return ts->tv_sec >= 0 && ts->tv_nsec >= 0 && ts->tv_nsec < (long)NS_PER_SEC;
}

/* A system time that is set ends or prolongs the wait for one: it is looked at each second. */
static long sleep_until(int clock, uint64_t end)
{
    uint64_t now;
    long r = 0;

    while (r == 0 && read_clock(clock, &now) == 0 && now < end) {
        uint64_t span = end - now;

        if (clock == CLOCK_REALTIME && span > NS_PER_SEC) {
            span = NS_PER_SEC;
        }
        if (KnSleepNs(span) == rcIpcInterrupt) {
            r = kos_interrupt(KOS_NO_RESTART);
        }
    }
    return r;
}

long kos_nanosleep(int clock, int flags, const struct timespec *request, struct timespec *remain)
{
    uint64_t now;
    long r;

    if (!kos_is_timespec(request) || (flags & ~TIMER_ABSTIME) || read_clock(clock, &now)) {
        return -EINVAL;
    }
    if (flags & TIMER_ABSTIME) {
        return sleep_until(clock, kos_timespec_ns(request));
    }
    now = kos_deadline(kos_timespec_ns(request)); /* setting the system time changes nothing */
    r = sleep_until(CLOCK_MONOTONIC, now);
    if (r == -EINTR && remain) {
        kos_time_left(now, remain);
    }
    return r;
}

/* The system time is everybody's: the policy decides who may set it. */
long kos_clock_settime(int clock, const struct timespec *ts)
{
    uint64_t ns;
    RtlTimeSpec time = { .sec = (rtl_int64_t)ts->tv_sec, .nsec = (rtl_uint32_t)ts->tv_nsec };
    Retcode rc;

    if (!kos_is_timespec(ts) || read_clock(clock, &ns)) {
        return -EINVAL;
    }
    if (clock != CLOCK_REALTIME) {
        return -EPERM;
    }
    rc = KnSetSystemTime(&time);
    return rc == rcSecurityDisallow ? -EPERM : kos_errno(rc);
}
