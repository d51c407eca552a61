/*
 * cond.c: condition variables: return codes, clocks, who is woken, and what a broadcast does.
 */
#include "suite.h"

#define WAITERS 8

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static volatile int waiting, go, woken, inside, met;

static void test_attributes(void)
{
    pthread_condattr_t a;
    clockid_t clock = 99;
    int shared = -1;

    CHECK_EQUAL("pthread_condattr_init", pthread_condattr_init(&a), 0);
    CHECK("the real-time clock", pthread_condattr_getclock(&a, &clock) == 0 &&
                                     clock == CLOCK_REALTIME);
    CHECK_EQUAL("pthread_condattr_setclock", pthread_condattr_setclock(&a, CLOCK_MONOTONIC), 0);
    CHECK("  it is kept", pthread_condattr_getclock(&a, &clock) == 0 && clock == CLOCK_MONOTONIC);
    CHECK_EQUAL("  no clock", pthread_condattr_setclock(&a, -5), EINVAL);
    CHECK_EQUAL("  a CPU-time clock", pthread_condattr_setclock(&a, CLOCK_PROCESS_CPUTIME_ID),
                EINVAL);
    CHECK("of one process", pthread_condattr_getpshared(&a, &shared) == 0 && shared == 0);
    CHECK_EQUAL("pthread_condattr_setpshared", pthread_condattr_setpshared(&a, 2), EINVAL);
    CHECK_EQUAL("pthread_condattr_destroy", pthread_condattr_destroy(&a), 0);
}

/* A timed wait: its code, and in *early whether it ended before its time. */
static int timed(pthread_cond_t *c, clockid_t clock, long ns, int *early)
{
    struct timespec at = in_ns(clock, ns), now;
    int err;

    pthread_mutex_lock(&mutex);
    do {
        err = pthread_cond_timedwait(c, &mutex, &at);
    } while (err == 0);
    clock_gettime(clock, &now);
    pthread_mutex_unlock(&mutex);
    *early = now.tv_sec < at.tv_sec || (now.tv_sec == at.tv_sec && now.tv_nsec < at.tv_nsec);
    return err;
}

static void test_times(void)
{
    pthread_mutex_t checking;
    struct timespec wrong = { .tv_nsec = 1000000000 };
    pthread_condattr_t a;
    pthread_cond_t c;
    int early, any = 0, good = 1;

    make_mutex(&checking, PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED);
    pthread_condattr_init(&a);
    pthread_condattr_setclock(&a, CLOCK_MONOTONIC);
    CHECK_EQUAL("pthread_cond_init", pthread_cond_init(&c, &a), 0);
    for (int i = 1; i <= 20; i++) { /* parts of a millisecond too */
        good &= timed(&cond, CLOCK_REALTIME, i * 130111, &early) == ETIMEDOUT;
        any |= early;
        good &= timed(&c, CLOCK_MONOTONIC, i * 130111, &early) == ETIMEDOUT;
        any |= early;
    }
    CHECK("pthread_cond_timedwait, both clocks", good);
    CHECK("  never early", !any);
    CHECK_EQUAL("  a time that has passed", timed(&c, CLOCK_MONOTONIC, -MS, &early), ETIMEDOUT);
    CHECK_EQUAL("  the beginning of time", timed(&c, CLOCK_MONOTONIC, -3600000 * MS, &early),
                ETIMEDOUT);
    pthread_mutex_lock(&mutex);
    CHECK_EQUAL("  a time out of range", pthread_cond_timedwait(&c, &mutex, &wrong), EINVAL);
    wrong.tv_nsec = -1;
    CHECK_EQUAL("  below it", pthread_cond_timedwait(&c, &mutex, &wrong), EINVAL);
    CHECK_EQUAL("  the mutex is still held", pthread_mutex_trylock(&mutex), EBUSY);
    pthread_mutex_unlock(&mutex);
    CHECK_EQUAL("  a mutex that is not held", pthread_cond_wait(&c, &checking), EPERM);
    CHECK_EQUAL("  the same, timed", pthread_cond_timedwait(&c, &checking, &wrong), EPERM);
    CHECK_EQUAL("signal to nobody", pthread_cond_signal(&c), 0);
    CHECK_EQUAL("broadcast to nobody", pthread_cond_broadcast(&c), 0);
    CHECK_EQUAL("  is not kept", timed(&c, CLOCK_MONOTONIC, MS, &early), ETIMEDOUT);
    CHECK_EQUAL("pthread_cond_destroy", pthread_cond_destroy(&c), 0);
}

static void *wait_once(void *arg)
{
    pthread_mutex_lock(&mutex);
    waiting++;
    while (go == 0) {
        pthread_cond_wait(&cond, &mutex);
    }
    go--;
    woken++;
    pthread_mutex_unlock(&mutex);
    return arg;
}

static void start(pthread_t *threads, void *(*routine)(void *), int count)
{
    waiting = go = woken = met = 0;
    for (int i = 0; i < count; i++) {
        threads[i] = begin(routine, NULL);
    }
    while (waiting < count) {
        KosThreadSleep(1);
    }
    pthread_mutex_lock(&mutex); /* after that all of them wait */
    pthread_mutex_unlock(&mutex);
}

static void test_signal(void)
{
    pthread_t threads[WAITERS];
    int one_each = 1, ended = 0;

    start(threads, wait_once, WAITERS);
    for (int i = 1; i <= WAITERS; i++) {
        pthread_mutex_lock(&mutex);
        go++;
        pthread_cond_signal(&cond);
        pthread_mutex_unlock(&mutex);
        while (woken < i) {
            KosThreadSleep(1);
        }
        one_each &= woken == i;
    }
    for (int i = 0; i < WAITERS; i++) {
        ended += end(threads[i]) == NULL;
    }
    CHECK("a signal wakes one", one_each);
    CHECK_EQUAL("  and in the end all", ended, WAITERS);
}

/* Woken by a broadcast, each holds the mutex for a while. */
static void *wait_and_hold(void *arg)
{
    pthread_mutex_lock(&mutex);
    waiting++;
    while (go == 0) {
        pthread_cond_wait(&cond, &mutex);
    }
    met += inside++;
    for (volatile int i = 0; i < 2000; i++) {
    }
    sched_yield();
    inside--;
    woken++;
    pthread_mutex_unlock(&mutex);
    return arg;
}

static void test_broadcast(int type, int protocol)
{
    pthread_t threads[WAITERS];
    char name[60];
    int ended = 0;

    snprintf(name, sizeof name, "a broadcast wakes all (mutex of type %d%s)", type,
             protocol ? ", inheriting" : "");
    make_mutex(&mutex, type, protocol, PTHREAD_MUTEX_STALLED);
    start(threads, wait_and_hold, WAITERS);
    pthread_mutex_lock(&mutex);
    go = 1;
    pthread_cond_broadcast(&cond);
    sched_yield();
    CHECK_EQUAL("  nobody comes before the mutex is free", woken, 0);
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < WAITERS; i++) {
        ended += end(threads[i]) == NULL;
    }
    CHECK_EQUAL(name, ended, WAITERS);
    CHECK_EQUAL("  one after the other", met, 0);
    pthread_mutex_init(&mutex, NULL);
}

/* ---- the order: by priority, then by age ---- */

static char order[8];

static void *wait_named(void *arg)
{
    struct sched_param p = { .sched_priority = *(char *)arg - 'a' + 1 };

    pthread_setschedparam(pthread_self(), SCHED_RR, &p);
    pthread_mutex_lock(&mutex);
    waiting++;
    while (go == 0) {
        pthread_cond_wait(&cond, &mutex);
    }
    strncat(order, arg, 1);
    woken++;
    go -= go < 10; /* a broadcast leaves it */
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void start_named(pthread_t *threads, const char *names)
{
    waiting = go = woken = 0;
    order[0] = '\0';
    for (int i = 0; names[i]; i++) {
        threads[i] = begin(wait_named, (void *)(uintptr_t)(names + i));
        while (waiting <= i) {
            KosThreadSleep(1);
        }
        pthread_mutex_lock(&mutex); /* after that it waits */
        pthread_mutex_unlock(&mutex);
    }
}

static void test_order(void)
{
    pthread_t threads[5];

    start_named(threads, "ecgag");
    for (int i = 1; i <= 5; i++) {
        pthread_mutex_lock(&mutex);
        go++;
        pthread_cond_signal(&cond);
        pthread_mutex_unlock(&mutex);
        while (woken < i) {
            KosThreadSleep(1);
        }
    }
    for (int i = 0; i < 5; i++) {
        end(threads[i]);
    }
    CHECK("signals wake by priority", !strcmp(order, "ggeca"));
    start_named(threads, "ecgag");
    pthread_mutex_lock(&mutex);
    go = 10;
    pthread_cond_broadcast(&cond);
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < 5; i++) {
        end(threads[i]);
    }
    CHECK("a broadcast too", !strcmp(order, "ggeca"));
}

/* A variable may be destroyed as soon as all who wait have been woken. */
static void *wait_on(void *arg)
{
    pthread_cond_t *c = arg;

    pthread_mutex_lock(&mutex);
    waiting++;
    while (go == 0) {
        pthread_cond_wait(c, &mutex);
    }
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void test_destroy(void)
{
    pthread_t threads[3];
    int ended = 0;

    for (int round = 0; round < 20; round++) {
        pthread_cond_t *c = malloc(sizeof *c);

        pthread_cond_init(c, NULL);
        waiting = go = 0;
        for (int i = 0; i < 3; i++) {
            threads[i] = begin(wait_on, c);
        }
        while (waiting < 3) {
            KosThreadSleep(1);
        }
        pthread_mutex_lock(&mutex);
        go = 1;
        pthread_cond_broadcast(c);
        pthread_mutex_unlock(&mutex);
        pthread_cond_destroy(c);
        memset(c, 0xa5, sizeof *c);
        free(c);
        for (int i = 0; i < 3; i++) {
            ended += end(threads[i]) == NULL;
        }
    }
    CHECK_EQUAL("destroyed right after a broadcast", ended, 60);
}

static pthread_mutex_t recursive;

static int signal_recursive(void *arg)
{
    int err = pthread_mutex_trylock(&recursive);

    (void)arg;
    go = 1;
    pthread_cond_signal(&cond);
    if (!err) {
        pthread_mutex_unlock(&recursive);
    }
    return err;
}

static void test_recursive(void)
{
    struct timespec at = in_ns(CLOCK_REALTIME, 2 * MS);

    make_mutex(&recursive, PTHREAD_MUTEX_RECURSIVE, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED);
    pthread_mutex_lock(&recursive);
    pthread_mutex_lock(&recursive);
    CHECK_EQUAL("a recursive mutex that is held twice",
                pthread_cond_timedwait(&cond, &recursive, &at), ETIMEDOUT);
    CHECK_EQUAL("  is still held", in_other(signal_recursive, NULL), EBUSY);
    CHECK("  twice", pthread_mutex_unlock(&recursive) == 0 &&
                         in_other(signal_recursive, NULL) == EBUSY &&
                         pthread_mutex_unlock(&recursive) == 0 &&
                         in_other(signal_recursive, NULL) == 0);
}

void test_cond(void)
{
    test_attributes();
    test_times();
    test_signal();
    for (int type = 0; type < 3; type++) {
        test_broadcast(type, PTHREAD_PRIO_NONE);
        test_broadcast(type, PTHREAD_PRIO_INHERIT);
    }
    test_order();
    test_destroy();
    test_recursive();
}
