/*
 * clock.c: time goes forward, and a sleep is at least as long as asked.
 */
#include "suite.h"

#include <coresrv/time/time_api.h>
#include <time.h>

static void test_forward(void)
{
    uint64_t last = now_ns();
    struct timespec ts, previous = {0};
    RtlTimeSpec up;
    int good = 1;

    for (int i = 0; i < 20000; i++) {
        uint64_t now = now_ns();

        good &= now >= last;
        last = now;
    }
    CHECK("uptime goes forward", good);
    for (int i = 0; i < 20000; i++) {
        clock_gettime(CLOCK_MONOTONIC, &ts);
        good &= ts.tv_sec > previous.tv_sec ||
                (ts.tv_sec == previous.tv_sec && ts.tv_nsec >= previous.tv_nsec);
        previous = ts;
    }
    CHECK("the monotonic clock goes forward", good);
    KnGetUpTime(&up);
    uint64_t published = (uint64_t)up.sec * 1000000000ull + (uint64_t)up.nsec;
    uint64_t kernel = now_ns();
    CHECK("the time page agrees with the kernel",
          published <= kernel && kernel - published < 20 * MS);
}

static void test_sleeps(void)
{
    static const unsigned lengths[] = {1, 2, 5, 10, 33, 100};

    for (unsigned i = 0; i < sizeof(lengths) / sizeof(lengths[0]); i++) {
        char name[64];
        uint64_t start = now_ns();

        KosThreadSleep(lengths[i]);
        uint64_t took = now_ns() - start;
        snprintf(name, sizeof(name), "a sleep of %u ms", lengths[i]);
        CHECK(name, took >= lengths[i] * MS && took < lengths[i] * MS + 200 * MS);
    }
    uint64_t start = now_ns();
    CHECK_RC("a sleep of a nanosecond", core_sleep_ns(1), rcOk);
    CHECK("is short", now_ns() - start < 50 * MS);
    start = now_ns();
    CHECK_RC("a sleep of nothing", core_sleep_ns(0), rcOk);
    CHECK("yields", now_ns() - start < 50 * MS);
    struct timespec ts = {0, 15000000};
    start = now_ns();
    CHECK_EQUAL("nanosleep", nanosleep(&ts, NULL), 0);
    CHECK("of 15 ms", now_ns() - start >= 15 * MS);
}

static int sleep_and_note(void *context)
{
    uint64_t *times = context;

    KosThreadSleep((rtl_uint32_t)times[0]);
    times[1] = now_ns();
    return 0;
}

/* Deadlines in another order than they were set. */
static void test_order(void)
{
    static const unsigned lengths[] = {40, 10, 30, 20, 50, 10};
    uint64_t times[6][2], start = now_ns();
    int good = 1;
    Tid tid;

    for (int i = 0; i < 6; i++) {
        times[i][0] = lengths[i];
        times[i][1] = 0;
        KosThreadCreate(&tid, 20, 0, sleep_and_note, times[i], 0);
    }
    KosThreadSleep(120);
    for (int i = 0; i < 6; i++) {
        good &= times[i][1] >= start + lengths[i] * MS;
        good &= KosCpuCount() > 1 || times[i][1] < start + lengths[i] * MS + 60 * MS;
    }
    CHECK("six sleeps at once", good);
}

static void test_wall_clock(void)
{
    RtlTimeSpec now, set = {.sec = 1700000000, .nsec = 5}, bad = {.sec = 1, .nsec = 1000000000};
    time_t start = time(NULL);

    CHECK("the year is not 1970", start > 1600000000);
    CHECK_RC("KnSetSystemTime", KnSetSystemTime(&set), rcOk);
    CHECK_RC("KnGetSystemTime", KnGetSystemTime(&now), rcOk);
    CHECK("it is what was set", now.sec == 1700000000 || now.sec == 1700000001);
    CHECK("time() agrees", time(NULL) - 1700000000 <= 1);
    CHECK_RC("too many nanoseconds", KnSetSystemTime(&bad), rcInvalidArgument);
    uint64_t before = now_ns();
    set.sec = 1600000000;
    KnSetSystemTime(&set);
    CHECK("uptime does not care", now_ns() >= before);
}

void test_clock(void)
{
    test_forward();
    test_sleeps();
    test_order();
    test_wall_clock();
}
