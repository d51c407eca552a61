/*
 * timers.c: <time.h>, <sys/time.h>, <unistd.h>: timers that tell by signal, by thread or not at all; alarm.
 */
#include "suite.h"

#include <pthread.h>
#include <semaphore.h>
#include <signal.h>
#include <string.h>
#include <sys/time.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000l

static volatile int count, told;
static sem_t called;

static const struct itimerspec off;

static void on_alarm(int sig)
{
    told = sig;
    count++;
}

static void on_signal(int sig, siginfo_t *info, void *context)
{
    (void)context;
    told = info->si_code == SI_TIMER && info->si_signo == sig ? info->si_value.sival_int : -1;
    count++;
}

static void on_thread(union sigval value)
{
    told = value.sival_int;
    sem_post(&called);
}

static struct itimerspec in_ms(long first, long interval)
{
    return (struct itimerspec){{interval / 1000, interval % 1000 * MS}, {first / 1000, first % 1000 * MS}};
}

static void test_silent(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    struct itimerspec spec = in_ms(60000, 5000), now, before;
    timer_t timer, other;

    HOLDS(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0);
    HOLDS(timer_gettime(timer, &now) == 0 && memcmp(&now, &off, sizeof off) == 0);
    HOLDS(timer_settime(timer, 0, &spec, &before) == 0 && memcmp(&before, &off, sizeof off) == 0);
    HOLDS(timer_gettime(timer, &now) == 0 && now.it_value.tv_sec >= 50 && now.it_value.tv_sec <= 60);
    HOLDS(now.it_interval.tv_sec == 5 && timer_getoverrun(timer) == 0);
    HOLDS(timer_settime(timer, 0, &off, &before) == 0 && before.it_interval.tv_sec == 5);
    HOLDS(timer_gettime(timer, &now) == 0 && now.it_value.tv_sec == 0 && now.it_value.tv_nsec == 0);
    HOLDS(timer_create(CLOCK_MONOTONIC, &event, &other) == 0 && other != timer);
    HOLDS(timer_delete(timer) == 0 && timer_delete(other) == 0);
    errno = 0;
    HOLDS(timer_delete(timer) == -1 && errno == EINVAL && timer_gettime(timer, &now) == -1);
    HOLDS(timer_settime(timer, 0, &spec, NULL) == -1 && timer_getoverrun(timer) == -1 && errno == EINVAL);
}

static void test_bounds(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = 99};
    struct itimerspec spec = in_ms(1000, 0);
    timer_t timer, all[64];
    int made = 0;

    errno = 0;
    HOLDS(timer_create(CLOCK_MONOTONIC, &event, &timer) == -1 && errno == EINVAL);
    event.sigev_notify = 99;
    HOLDS(timer_create(CLOCK_MONOTONIC, &event, &timer) == -1 && errno == EINVAL);
    event.sigev_notify = SIGEV_NONE;
    HOLDS(timer_create(77, &event, &timer) == -1 && timer_create(CLOCK_PROCESS_CPUTIME_ID, &event, &timer) == -1);
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    spec.it_value.tv_nsec = 1000000000;
    HOLDS(timer_settime(timer, 0, &spec, NULL) == -1 && errno == EINVAL);
    spec.it_value.tv_nsec = -1;
    HOLDS(timer_settime(timer, 0, &spec, NULL) == -1);
    spec = in_ms(1000, 0);
    spec.it_interval.tv_nsec = 1000000000;
    HOLDS(timer_settime(timer, 0, &spec, NULL) == -1);
    spec.it_interval = (struct timespec){-1, 0};
    HOLDS(timer_settime(timer, 0, &spec, NULL) == -1 && timer_delete(timer) == 0);
    errno = 0;
    while (made < 64 && timer_create(CLOCK_MONOTONIC, &event, &all[made]) == 0) {
        made++;
    }
    HOLDS(made == sysconf(_SC_TIMER_MAX) && errno == EAGAIN);
    while (made > 0) {
        timer_delete(all[--made]);
    }
}

static void test_signals(void)
{
    struct sigaction sa = {.sa_sigaction = on_signal, .sa_flags = SA_SIGINFO};
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGUSR1, .sigev_value.sival_int = 33};
    struct itimerspec spec = in_ms(2, 0);
    struct timespec long_time = {60, 0};
    timer_t timer;

    sigaction(SIGUSR1, &sa, NULL);
    HOLDS(timer_create(CLOCK_REALTIME, &event, &timer) == 0);
    count = 0;
    HOLDS(timer_settime(timer, 0, &spec, NULL) == 0);
    while (!count && nanosleep(&long_time, NULL) == 0) {
    }
    HOLDS(count == 1 && told == 33);
    spec = in_ms(1, 1);
    count = 0;
    HOLDS(timer_settime(timer, 0, &spec, NULL) == 0);
    while (count < 5) {
        usleep(500);
    }
    CHECK("an interval tells again and again", count >= 5);
    timer_settime(timer, 0, &off, NULL);
    count = 0;
    usleep(5000);
    HOLDS(count == 0 && timer_delete(timer) == 0);
}

/* While the signal is blocked, expirations are counted. */
static void test_overrun(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
    struct itimerspec spec = in_ms(1, 1);
    struct timespec no_time = {0, 0};
    sigset_t set, old;
    siginfo_t info;
    timer_t timer;

    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    sigprocmask(SIG_BLOCK, &set, &old);
    timer_create(CLOCK_MONOTONIC, &event, &timer);
    timer_settime(timer, 0, &spec, NULL);
    usleep(20000);
    timer_settime(timer, 0, &off, NULL);
    errno = 0;
    HOLDS(sigtimedwait(&set, &info, &no_time) == -1 && errno == EAGAIN); /* setting forgets */
    timer_settime(timer, 0, &spec, NULL);
    usleep(20000);
    HOLDS(sigwaitinfo(&set, &info) == SIGRTMIN && info.si_overrun >= 5);
    HOLDS(timer_getoverrun(timer) >= info.si_overrun && timer_getoverrun(timer) < 1000);
    timer_delete(timer);
    errno = 0;
    HOLDS(sigtimedwait(&set, &info, &no_time) == -1 && errno == EAGAIN);
    sigprocmask(SIG_SETMASK, &old, NULL);
}

/* After the first time the next one is an interval away. */
static void test_interval(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_SIGNAL, .sigev_signo = SIGRTMIN};
    struct itimerspec spec = in_ms(1, 60000), now;
    struct timespec a_while = {0, 5 * MS};
    siginfo_t info;
    sigset_t set;
    timer_t timer;

    sigemptyset(&set);
    sigaddset(&set, SIGRTMIN);
    pthread_sigmask(SIG_BLOCK, &set, NULL);
    HOLDS(timer_create(CLOCK_MONOTONIC, &event, &timer) == 0 && timer_settime(timer, 0, &spec, NULL) == 0);
    HOLDS(sigwaitinfo(&set, &info) == SIGRTMIN && info.si_overrun == 0);
    HOLDS(timer_gettime(timer, &now) == 0 && now.it_value.tv_sec >= 50);
    HOLDS(sigtimedwait(&set, &info, &a_while) == -1 && errno == EAGAIN);
    HOLDS(timer_delete(timer) == 0);
    pthread_sigmask(SIG_UNBLOCK, &set, NULL);
}

static void test_threads(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_THREAD, .sigev_value.sival_int = 44,
                             .sigev_notify_function = on_thread};
    struct itimerspec spec;
    struct timespec at;
    pthread_attr_t attr;
    timer_t timer;

    sem_init(&called, 0, 0);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 32768);
    event.sigev_notify_attributes = &attr;
    HOLDS(timer_create(CLOCK_REALTIME, &event, &timer) == 0);
    clock_gettime(CLOCK_REALTIME, &at);
    spec = (struct itimerspec){{0, 0}, {at.tv_sec, at.tv_nsec}};
    told = 0;
    HOLDS(timer_settime(timer, TIMER_ABSTIME, &spec, NULL) == 0 && sem_wait(&called) == 0 && told == 44);
    spec = in_ms(1, 1);
    HOLDS(timer_settime(timer, 0, &spec, NULL) == 0 && sem_wait(&called) == 0 && sem_wait(&called) == 0);
    HOLDS(timer_delete(timer) == 0);
    usleep(5000);
    pthread_attr_destroy(&attr);
}

/* Setting the system time moves the end of an absolute timer of that clock, not that of a relative one. */
static void test_clock_set(void)
{
    struct sigevent event = {.sigev_notify = SIGEV_NONE};
    struct timespec at;
    struct itimerspec spec = in_ms(100000, 0), now;
    timer_t relative, absolute;

    timer_create(CLOCK_REALTIME, &event, &relative);
    timer_create(CLOCK_REALTIME, &event, &absolute);
    timer_settime(relative, 0, &spec, NULL);
    clock_gettime(CLOCK_REALTIME, &at);
    spec.it_value = (struct timespec){at.tv_sec + 100, at.tv_nsec};
    timer_settime(absolute, TIMER_ABSTIME, &spec, NULL);
    at.tv_sec += 50;
    clock_settime(CLOCK_REALTIME, &at);
    HOLDS(timer_gettime(relative, &now) == 0 && now.it_value.tv_sec > 80);
    HOLDS(timer_gettime(absolute, &now) == 0 && now.it_value.tv_sec > 30 && now.it_value.tv_sec <= 50);
    at.tv_sec -= 50;
    clock_settime(CLOCK_REALTIME, &at);
    timer_delete(relative);
    timer_delete(absolute);
}

static void test_alarm(void)
{
    struct itimerval spec = {{0, 0}, {0, 2000}}, now, before, bad = {{0, 0}, {0, 1000000}};

    signal(SIGALRM, on_alarm);
    HOLDS(alarm(100) == 0 && alarm(0) >= 99 && alarm(0) == 0);
    count = 0;
    HOLDS(setitimer(ITIMER_REAL, &spec, &before) == 0 && before.it_value.tv_sec == 0);
    while (!count && sleep(60) == 0) {
    }
    HOLDS(count == 1 && told == SIGALRM);
    spec = (struct itimerval){{0, 0}, {60, 0}};
    HOLDS(setitimer(ITIMER_REAL, &spec, NULL) == 0 && getitimer(ITIMER_REAL, &now) == 0);
    HOLDS(now.it_value.tv_sec >= 50 && now.it_value.tv_sec <= 60 && alarm(0) >= 50);
    errno = 0;
    HOLDS(setitimer(ITIMER_REAL, &bad, NULL) == -1 && errno == EINVAL && setitimer(99, &spec, NULL) == -1);
    HOLDS(setitimer(ITIMER_PROF, &spec, NULL) == -1 && getitimer(ITIMER_VIRTUAL, &now) == -1);
}

void run_timers(void)
{
    test_silent();
    test_bounds();
    test_signals();
    test_overrun();
    test_interval();
    test_threads();
    test_clock_set();
    test_alarm();
}
