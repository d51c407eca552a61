/*
 * adjtime.c: a correction of the system time, spread over time.
 */
#include <errno.h>
#include <sys/time.h>

#include "layer.h"

#define US_PER_SEC 1000000

int adjtime(const struct timeval *delta, struct timeval *old)
{
    RtlTimeSpec prev = { 0 };
    Retcode rc;

    if (delta) {
        /* In whole seconds, downwards, and a positive rest. */
        long us = delta->tv_usec % US_PER_SEC, rest = us < 0 ? us + US_PER_SEC : us;
        RtlTimeSpec adj = { .sec = delta->tv_sec + delta->tv_usec / US_PER_SEC - (us < 0),
                            .nsec = (rtl_nsecs_t)rest * 1000 };

        rc = KnSetSystemTimeAdj(&adj, 0, &prev);
    } else {
        rc = KnGetSystemTimeAdj(&prev);
    }
    if (rc != rcOk) {
        errno = rc == rcSecurityDisallow ? EPERM : (int)-kos_errno(rc);
        return -1;
    }
    if (old) {
        *old = (struct timeval){ prev.sec, prev.nsec / 1000 };
    }
    return 0;
}
