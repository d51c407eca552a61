/*
 * time.c: <time.h>, <sys/time.h>, <utime.h>: clocks, sleeping, the calendar. Timers: timers.c.
 */
#include "suite.h"

#include <locale.h>
#include <stdlib.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000ll

static long long now(void)
{
    struct timespec ts;

    clock_gettime(CLOCK_MONOTONIC, &ts);
    return ts.tv_sec * 1000000000ll + ts.tv_nsec;
}

static void test_clocks(void)
{
    struct timespec ts, res;
    struct timeval tv;
    time_t seconds = time(NULL), same;

    HOLDS(clock_gettime(CLOCK_REALTIME, &ts) == 0 && ts.tv_sec >= seconds && ts.tv_sec <= seconds + 2);
    HOLDS(gettimeofday(&tv, NULL) == 0 && tv.tv_sec >= seconds && tv.tv_usec < 1000000);
    HOLDS(time(&same) == same && timespec_get(&ts, TIME_UTC) == TIME_UTC && timespec_get(&ts, 99) == 0);
    HOLDS(clock_getres(CLOCK_MONOTONIC, &res) == 0 && res.tv_sec == 0 && res.tv_nsec >= 1);
    HOLDS(clock_getres(CLOCK_REALTIME, NULL) == 0);
    errno = 0;
    HOLDS(clock_gettime(77, &ts) == -1 && errno == EINVAL && clock_getres(77, &res) == -1);
    HOLDS(difftime(5, 3) == 2);
}

/* The time is set an hour ahead and back; uptime goes on. */
static void test_setting(void)
{
    struct timespec at, bad = {1000000000, -1}, late = {1000000000, 1000000000}, seen;
    struct timeval tv, delta = {0, 200000}, left = {1, 1};
    long long start = now();

    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_sec += 3600;
    HOLDS(clock_settime(CLOCK_REALTIME, &at) == 0 && clock_gettime(CLOCK_REALTIME, &seen) == 0 &&
          seen.tv_sec >= at.tv_sec && seen.tv_sec <= at.tv_sec + 2);
    HOLDS(now() - start < 3000000000ll);
    errno = 0;
    HOLDS(clock_settime(CLOCK_REALTIME, &bad) == -1 && errno == EINVAL);
    HOLDS(clock_settime(CLOCK_REALTIME, &late) == -1 && clock_settime(77, &at) == -1 && errno == EINVAL);
    errno = 0;
    HOLDS(clock_settime(CLOCK_MONOTONIC, &at) == -1 && errno == EPERM);
    gettimeofday(&tv, NULL);
    tv.tv_sec -= 3600;
    HOLDS(settimeofday(&tv, NULL) == 0 && time(NULL) - tv.tv_sec < 3);
    HOLDS(adjtime(&delta, &left) == 0 && left.tv_sec == 0 && left.tv_usec == 0);
    HOLDS(adjtime(NULL, &left) == 0 && left.tv_sec == 0 && left.tv_usec > 0 && left.tv_usec <= 200000);
    delta.tv_usec = -300000;
    HOLDS(adjtime(&delta, NULL) == 0 && adjtime(NULL, &left) == 0 && left.tv_sec <= 0);
    HOLDS(left.tv_sec * 1000000 + left.tv_usec < 0 && left.tv_sec * 1000000 + left.tv_usec >= -300000);
}

static void test_sleeping(void)
{
    struct timespec ms = {0, 2 * MS}, bad = {0, 1000000000}, minus = {-1, 0}, at;
    long long start = now();

    HOLDS(nanosleep(&ms, NULL) == 0 && now() - start >= 2 * MS);
    start = now();
    HOLDS(usleep(1000) == 0 && now() - start >= MS);
    HOLDS(sleep(0) == 0);
    errno = 0;
    HOLDS(nanosleep(&bad, NULL) == -1 && errno == EINVAL && nanosleep(&minus, NULL) == -1);
    clock_gettime(CLOCK_REALTIME, &at);
    at.tv_nsec += 2 * MS;
    at.tv_sec += at.tv_nsec / 1000000000;
    at.tv_nsec %= 1000000000;
    start = now();
    HOLDS(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &at, NULL) == 0 && now() - start >= MS);
    HOLDS(clock_nanosleep(CLOCK_REALTIME, TIMER_ABSTIME, &at, NULL) == 0);
    HOLDS(clock_nanosleep(CLOCK_MONOTONIC, 0, &ms, NULL) == 0);
    HOLDS(clock_nanosleep(CLOCK_MONOTONIC, 0, &bad, NULL) == EINVAL);
    HOLDS(clock_nanosleep(77, 0, &ms, NULL) == EINVAL);
    HOLDS(clock_nanosleep(CLOCK_PROCESS_CPUTIME_ID, 0, &ms, NULL) != 0);
}

static void test_calendar(void)
{
    locale_t c = newlocale(LC_ALL_MASK, "C", (locale_t)0);
    time_t when = 951782400; /* 29 February 2000 */
    struct tm tm, *there;
    char text[64];

    HOLDS(gmtime_r(&when, &tm) == &tm && tm.tm_year == 100 && tm.tm_mon == 1 && tm.tm_mday == 29);
    there = gmtime(&when);
    HOLDS(there->tm_wday == 2 && there->tm_yday == 59);
    HOLDS(strftime(text, sizeof text, "%Y-%m-%d", &tm) == 10 && strcmp(text, "2000-02-29") == 0);
    HOLDS(strftime(text, 4, "%Y-%m-%d", &tm) == 0 && strftime_l(text, sizeof text, "%A", &tm, c) == 7);
    HOLDS(strcmp(asctime(&tm), "Tue Feb 29 00:00:00 2000\n") == 0 && asctime_r(&tm, text) == text);
    setenv("TZ", "CET-1CEST,M3.5.0,M10.5.0/3", 1);
    tzset();
    HOLDS(localtime_r(&when, &tm) == &tm && tm.tm_hour == 1 && localtime(&when)->tm_hour == 1);
    HOLDS(mktime(&tm) == when);
    HOLDS(strncmp(ctime(&when), "Tue Feb 29 01:00:00", 19) == 0 && ctime_r(&when, text) == text);
    unsetenv("TZ");
    tzset();
    HOLDS(strptime("2000-02-29 12", "%Y-%m-%d %H", &tm) != NULL && tm.tm_hour == 12 && tm.tm_mon == 1);
    HOLDS(!strptime("x", "%d", &tm));
    freelocale(c);
}

void run_time(void)
{
    test_clocks();
    test_setting();
    test_sleeping();
    test_calendar();
}
