/*
 * time.c: coresrv/time/time_api.h.
 */
#include "suite.h"

#include <coresrv/time/time_api.h>
#include <string.h>
#include <time.h>

#define NS 1000000000ll

static int64_t ns_of(const RtlTimeSpec *t)
{
    return t->sec * NS + t->nsec;
}

static int64_t uptime(void)
{
    RtlTimeSpec t;

    KnGetUpTime(&t);
    return ns_of(&t);
}

static int64_t system_time(void)
{
    RtlTimeSpec t;

    KnGetSystemTime(&t);
    return ns_of(&t);
}

static void test_reading(void)
{
    RtlTimeSpec t = {-1, -1};
    int64_t last = uptime();
    int good = 1;

    CHECK_RC("KnGetUpTime", KnGetUpTime(&t), rcOk);
    CHECK("sound", t.sec >= 0 && t.nsec >= 0 && t.nsec < NS);
    CHECK_RC("KnGetUpTimeRes", KnGetUpTimeRes(&t), rcOk);
    CHECK("finer than a microsecond", t.sec == 0 && t.nsec >= 1 && t.nsec < 1000);
    CHECK_RC("KnGetSystemTimeRes", KnGetSystemTimeRes(&t), rcOk);
    CHECK("finer than a microsecond", t.sec == 0 && t.nsec >= 1 && t.nsec < 1000);
    CHECK_RC("KnGetSystemTime", KnGetSystemTime(&t), rcOk);
    CHECK("after 2020, so the machine's clock was read", t.sec > 1577836800);
    CHECK("KnGetMSecSinceStart", KnGetMSecSinceStart() >= (rtl_size_t)last / 1000000 &&
                                     KnGetMSecSinceStart() <= (rtl_size_t)uptime() / 1000000);
    for (int i = 0; i < 10000; i++) {
        int64_t now = uptime();
        good &= now >= last;
        last = now;
    }
    CHECK("the uptime never goes back", good);
    int64_t before = uptime();
    core_sleep_ns(20000000);
    CHECK("a sleep of 20 ms takes as long", uptime() - before >= 20000000);
    CHECK_RC("KnGetUpTime: null", KnGetUpTime(NULL), rcInvalidArgument);
    CHECK_RC("KnGetUpTimeRes: null", KnGetUpTimeRes(NULL), rcInvalidArgument);
    CHECK_RC("KnGetSystemTime: null", KnGetSystemTime(NULL), rcInvalidArgument);
    CHECK_RC("KnGetSystemTimeRes: null", KnGetSystemTimeRes(NULL), rcInvalidArgument);
}

static void test_setting(void)
{
    RtlTimeSpec t = {1000000000, 5}, bad[] = {{-1, 0}, {5, -1}, {5, NS}, {1ll << 60, 0}};
    struct timespec posix;
    RtlRtcTime date;

    CHECK_RC("KnSetSystemTime", KnSetSystemTime(&t), rcOk);
    CHECK("it is that, or little more", system_time() >= 1000000000 * NS + 5 &&
                                            system_time() < 1000000010 * NS);
    clock_gettime(CLOCK_REALTIME, &posix);
    CHECK("the C library agrees", posix.tv_sec >= 1000000000 && posix.tv_sec < 1000000010);
    for (int i = 0; i < 4; i++) {
        CHECK_RC("a time that is none", KnSetSystemTime(&bad[i]), rcInvalidArgument);
    }
    CHECK_RC("no time", KnSetSystemTime(NULL), rcInvalidArgument);
    CHECK("nothing has changed", system_time() < 1000000010 * NS);
    CHECK_RC("KnGetRtcTime", KnGetRtcTime(&date), rcOk);
    CHECK("9 September 2001, a Sunday, 01:46", date.year == 101 && date.month == 8 &&
                                                   date.mday == 9 && date.wday == 0 &&
                                                   date.hour == 1 && date.min == 46);
    t = (RtlTimeSpec){1709210096, 789000000};
    KnSetSystemTime(&t);
    KnGetRtcTime(&date);
    CHECK("29 February 2024, a Thursday, 12:34:56", date.year == 124 && date.month == 1 &&
                                                        date.mday == 29 && date.wday == 4 &&
                                                        date.hour == 12 && date.min == 34 &&
                                                        date.sec >= 56 && date.msec < 1000);
    t = (RtlTimeSpec){0, 0};
    KnSetSystemTime(&t);
    KnGetRtcTime(&date);
    CHECK("the first day", date.year == 70 && date.month == 0 && date.mday == 1 && date.wday == 4);
    CHECK_RC("KnGetRtcTime: null", KnGetRtcTime(NULL), rcFail);
}

/* How much the system clock gains on the uptime in so many milliseconds. */
static int64_t gain(uint64_t ms)
{
    int64_t up = uptime(), wall = system_time();

    core_sleep_ns(ms * 1000000);
    int64_t up_after = uptime();
    return system_time() - wall - (up_after - up);
}

static void test_adjusting(void)
{
    RtlTimeSpec t = {1000000000, 0}, adj = {0, 20000000}, prev = {7, 7}, left;
    const RtlTimeSpec back = {-1, NS - 10000000}, bad[] = {{3601, 0}, {-3601, 0}, {0, -1}, {0, NS}};
    int64_t last, good = 1;

    KnSetSystemTime(&t);
    CHECK_RC("KnGetSystemTimeAdj", KnGetSystemTimeAdj(&left), rcOk);
    CHECK_EQUAL("nothing is under way", ns_of(&left), 0);
    CHECK_RC("KnSetSystemTimeAdj", KnSetSystemTimeAdj(&adj, 100000, &prev), rcOk);
    CHECK_EQUAL("before it there was none", ns_of(&prev), 0);
    int64_t gained = gain(50);
    CHECK("50 ms at a tenth: 5 ms gained, or a little more", gained >= 5000000 && gained < 9000000);
    KnGetSystemTimeAdj(&left);
    CHECK("the rest is left", ns_of(&left) > 5000000 && ns_of(&left) <= 15000000);
    core_sleep_ns(250000000);
    KnGetSystemTimeAdj(&left);
    CHECK_EQUAL("in the end nothing is left", ns_of(&left), 0);
    CHECK_EQUAL("and the clock runs as before", gain(20), 0);
    CHECK_RC("backwards", KnSetSystemTimeAdj(&back, 500000, NULL), rcOk);
    last = system_time();
    for (int i = 0; i < 20000; i++) {
        int64_t now = system_time();
        good &= now >= last;
        last = now;
    }
    CHECK("the clock never goes back", good);
    CHECK_RC("another one in its place", KnSetSystemTimeAdj(&adj, 0, &prev), rcOk);
    CHECK("what was left is negative, at most the whole", ns_of(&prev) <= 0 && ns_of(&prev) >= -10000000);
    KnGetSystemTimeAdj(&left);
    CHECK("at 500 microseconds a second", ns_of(&left) > 19000000 && ns_of(&left) <= 20000000);
    KnSetSystemTime(&t);
    KnGetSystemTimeAdj(&left);
    CHECK_EQUAL("setting the time ends it", ns_of(&left), 0);
    for (int i = 0; i < 4; i++) {
        CHECK_RC("out of range", KnSetSystemTimeAdj(&bad[i], 500, NULL), rcInvalidArgument);
    }
    CHECK_RC("too fast", KnSetSystemTimeAdj(&adj, 500001, NULL), rcInvalidArgument);
    CHECK_RC("no adjustment", KnSetSystemTimeAdj(NULL, 500, NULL), rcInvalidArgument);
    CHECK_RC("KnGetSystemTimeAdj: null", KnGetSystemTimeAdj(NULL), rcInvalidArgument);
}

void test_time(void)
{
    test_reading();
    test_setting();
    test_adjusting();
}
