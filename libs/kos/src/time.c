/*
 * time.c: the clocks (coresrv/time/time_api.h), read from the page that the kernel keeps.
 */
#include "core_call.h"

#include <coresrv/time/time_api.h>
#include <kos/internal.h>

#define NS_PER_SEC 1000000000ull
#define NS_PER_MS  1000000ull

#define PAGE ((const volatile struct kn_time_page *)(uintptr_t)kn_start_info->time_page)

static uint64_t uptime_of(const volatile struct kn_time_page *page)
{
    return page->base_ns + (uint64_t)((unsigned __int128)(__builtin_ia32_rdtsc() - page->base_tsc) *
                                          page->mult >>
                                      page->shift);
}

/* What is added to the uptime for the system time: tessera/start.h. */
static uint64_t wall_offset(const volatile struct kn_time_page *page, uint64_t uptime)
{
    uint64_t since = uptime - page->adj_start_ns;
    uint64_t done = since >= page->adj_duration_ns ? page->adj_total_ns
                                                   : since * page->adj_slew / 1000000;

    return page->wall_offset_ns + (page->adj_is_back ? -done : done);
}

/* The kernel changes the page now and then: what is read while it does is read again. */
static inline uint64_t read_clock(int is_wall)
{
    const volatile struct kn_time_page *page = PAGE;
    uint64_t ns;
    uint32_t seq;

    do {
        seq = __atomic_load_n(&page->seq, __ATOMIC_ACQUIRE);
        ns = uptime_of(page);
        if (is_wall) {
            ns += wall_offset(page, ns);
        }
        __atomic_thread_fence(__ATOMIC_ACQUIRE);
    } while ((seq & 1) || seq != page->seq);
    return ns;
}

uint64_t KnUptimeNs(void)
{
    return read_clock(0);
}

uint64_t KnSystemTimeNs(void)
{
    return read_clock(1);
}

static void split(uint64_t ns, RtlTimeSpec *time)
{
    time->sec = (rtl_time_t)(ns / NS_PER_SEC);
    time->nsec = (rtl_nsecs_t)(ns % NS_PER_SEC);
}

static int is_valid(const RtlTimeSpec *time)
{
    return time && time->nsec >= 0 && (uint64_t)time->nsec < NS_PER_SEC;
}

rtl_size_t KnGetMSecSinceStart(void)
{
    return KnUptimeNs() / NS_PER_MS;
}

Retcode KnGetUpTime(RtlTimeSpec *time)
{
    if (!time) {
        return rcInvalidArgument;
    }
    split(KnUptimeNs(), time);
    return rcOk;
}

Retcode KnGetUpTimeRes(RtlTimeSpec *res)
{
    uint64_t hz = PAGE->tsc_hz;

    if (!res) {
        return rcInvalidArgument;
    }
    split(hz && hz < NS_PER_SEC ? (NS_PER_SEC + hz - 1) / hz : 1, res);
    return rcOk;
}

Retcode KnGetSystemTime(RtlTimeSpec *time)
{
    if (!time) {
        return rcInvalidArgument;
    }
    split(KnSystemTimeNs(), time);
    return rcOk;
}

Retcode KnGetSystemTimeRes(RtlTimeSpec *res)
{
    return KnGetUpTimeRes(res);
}

Retcode KnSetSystemTime(RtlTimeSpec *time)
{
    kl_core_Time_SetSystemTime_req req;
    kl_core_Time_SetSystemTime_res res;

    if (!is_valid(time)) {
        return rcInvalidArgument;
    }
    req = (kl_core_Time_SetSystemTime_req){.secs = time->sec, .nsecs = (nk_uint32_t)time->nsec};
    return CORE_CALL(time_Time, Time, SetSystemTime, req, res);
}

Retcode KnSetSystemTimeAdj(const RtlTimeSpec *adj, rtl_uint32_t slew, RtlTimeSpec *prev)
{
    kl_core_Time_SetSystemTimeAdj_req req;
    kl_core_Time_SetSystemTimeAdj_res res;
    Retcode rc;

    if (!is_valid(adj)) {
        return rcInvalidArgument;
    }
    req = (kl_core_Time_SetSystemTimeAdj_req){
        .sec = adj->sec, .nsec = (nk_uint32_t)adj->nsec, .slew = slew};
    rc = CORE_CALL(time_Time, Time, SetSystemTimeAdj, req, res);
    if (rc == rcOk && prev) {
        *prev = (RtlTimeSpec){.sec = res.prevSec, .nsec = res.prevNsec};
    }
    return rc;
}

Retcode KnGetSystemTimeAdj(RtlTimeSpec *adj)
{
    kl_core_Time_GetSystemTimeAdj_req req = {0};
    kl_core_Time_GetSystemTimeAdj_res res;
    Retcode rc;

    if (!adj) {
        return rcInvalidArgument;
    }
    rc = CORE_CALL(time_Time, Time, GetSystemTimeAdj, req, res);
    if (rc == rcOk) {
        *adj = (RtlTimeSpec){.sec = res.sec, .nsec = res.nsec};
    }
    return rc;
}

/* Days since 1970-01-01 as a date of the Gregorian calendar. Counts in eras of 400 years that begin
 * on March 1st, so that the leap day is the last of its year. */
static void date_of_days(int64_t days, RtlRtcTime *rt)
{
    int64_t from_march = days + 719468; /* since 0000-03-01 */
    int64_t era = (from_march >= 0 ? from_march : from_march - 146096) / 146097;
    int64_t day = from_march - era * 146097;
    int64_t year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
    int64_t day_of_year = day - (365 * year + year / 4 - year / 100);
    int64_t month = (5 * day_of_year + 2) / 153; /* 0 = March */

    rt->mday = (rtl_uint32_t)(day_of_year - (153 * month + 2) / 5 + 1);
    rt->month = (rtl_uint32_t)(month < 10 ? month + 2 : month - 10);
    rt->year = (rtl_int32_t)(year + era * 400 + (month >= 10) - 1900);
    rt->wday = (rtl_uint32_t)((days % 7 + 11) % 7);
}

Retcode KnGetRtcTime(RtlRtcTime *rt)
{
    RtlTimeSpec now;
    int64_t second;

    if (!rt) {
        return rcFail;
    }
    KnGetSystemTime(&now);
    second = now.sec % 86400;
    rt->msec = (rtl_uint32_t)((uint64_t)now.nsec / NS_PER_MS);
    rt->sec = (rtl_uint32_t)(second % 60);
    rt->min = (rtl_uint32_t)(second / 60 % 60);
    rt->hour = (rtl_uint32_t)(second / 3600);
    date_of_days(now.sec / 86400, rt);
    return rcOk;
}
