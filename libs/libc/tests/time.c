/*
 * time.c: clocks, sleeping, and the calendar.
 */
#include <errno.h>
#include <poll.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/select.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#include "check.h"

#define MS 1000000ll

static long long now_ns(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

/* True if `ns` has passed since `start`, and not absurdly more. */
static int has_passed(long long start, long long ns)
{
    long long span = now_ns() - start;

    return span >= ns && span < ns + 2000 * MS;
}

static void test_clocks(void)
{
    struct timespec a, b;
    struct timeval tv;
    int goes_back = 0;

    clock_gettime(CLOCK_MONOTONIC, &a);
    for (int i = 0; i < 10000; i++) {
        clock_gettime(CLOCK_MONOTONIC, &b);
        goes_back |= b.tv_sec < a.tv_sec || (b.tv_sec == a.tv_sec && b.tv_nsec < a.tv_nsec);
        a = b;
    }
    CHECK("the clock never goes back", !goes_back);
    CHECK("realtime", clock_gettime(CLOCK_REALTIME, &a) == 0 && gettimeofday(&tv, NULL) == 0 &&
                          tv.tv_sec - a.tv_sec <= 1);
    CHECK("boot time", clock_gettime(CLOCK_BOOTTIME, &a) == 0);
    CHECK("resolution", clock_getres(CLOCK_MONOTONIC, &a) == 0 && a.tv_nsec == 1);
    CHECK("no such clock", clock_gettime(99, &a) == -1 && errno == EINVAL);
}

static void test_sleeping(void)
{
    long long start = now_ns();
    struct timespec ts = { 0, 20 * MS }, bad = { 0, -1 }, at;
    struct timeval tv = { 0, 10000 };

    CHECK("nanosleep 20 ms", nanosleep(&ts, NULL) == 0 && has_passed(start, 20 * MS));
    start = now_ns();
    CHECK("usleep 5 ms", usleep(5000) == 0 && has_passed(start, 5 * MS));
    start = now_ns();
    clock_gettime(CLOCK_MONOTONIC, &at);
    at.tv_nsec += 10 * MS;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    CHECK("sleep until", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == 0 &&
                             has_passed(start, 10 * MS));
    start = now_ns();
    CHECK("a time that has passed", clock_nanosleep(CLOCK_MONOTONIC, TIMER_ABSTIME, &at, NULL) == 0);
    CHECK("poll as a sleep", poll(NULL, 0, 10) == 0 && has_passed(start, 10 * MS));
    start = now_ns();
    CHECK("select as a sleep", select(0, NULL, NULL, NULL, &tv) == 0 && has_passed(start, 10 * MS));
    CHECK("a malformed time", nanosleep(&bad, NULL) == -1 && errno == EINVAL);
}

static void test_poll(void)
{
    struct pollfd fds[2] = { { .fd = 1, .events = POLLOUT | POLLIN }, { .fd = 9, .events = POLLIN } };
    fd_set set;

    CHECK("poll: the console can be written", poll(fds, 1, -1) == 1 && fds[0].revents == POLLOUT);
    CHECK("poll: no such descriptor", poll(fds, 2, 0) == 2 && fds[1].revents == POLLNVAL);
    FD_ZERO(&set);
    FD_SET(1, &set);
    CHECK("select", select(2, NULL, &set, NULL, NULL) == 1 && FD_ISSET(1, &set));
    FD_SET(9, &set);
    CHECK("select: no such descriptor", select(10, &set, NULL, NULL, NULL) == -1 && errno == EBADF);
}

static void test_calendar(void)
{
    time_t when = 951782400; /* 29 February 2000 */
    struct tm tm;
    char text[64];

    gmtime_r(&when, &tm);
    CHECK("gmtime", tm.tm_year == 100 && tm.tm_mon == 1 && tm.tm_mday == 29 && tm.tm_wday == 2);
    strftime(text, sizeof text, "%Y-%m-%d %H:%M:%S", &tm);
    CHECK("strftime", strcmp(text, "2000-02-29 00:00:00") == 0);
    CHECK("mktime", mktime(&tm) == when);
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    localtime_r(&when, &tm);
    CHECK("localtime with TZ", tm.tm_hour == 1);
}

int main(void)
{
    test_clocks();
    test_sleeping();
    test_poll();
    test_calendar();
    return check_report();
}
