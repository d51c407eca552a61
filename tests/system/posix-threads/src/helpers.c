/*
 * helpers.c: see suite.h.
 */
#include "suite.h"

struct timespec in_ns(clockid_t clock, long ns)
{
    struct timespec ts;

    clock_gettime(clock, &ts);
    ns += ts.tv_nsec;
    ts.tv_sec += ns / 1000000000;
    ts.tv_nsec = ns % 1000000000;
    if (ts.tv_nsec < 0) {
        ts.tv_nsec += 1000000000;
        ts.tv_sec--;
    }
    return ts;
}

pthread_t begin(void *(*routine)(void *), void *arg)
{
    pthread_t thread = NULL;

    if (pthread_create(&thread, NULL, routine, arg)) {
        CHECK("a thread is created", 0);
    }
    return thread;
}

void *end(pthread_t thread)
{
    struct timespec at = in_ns(CLOCK_REALTIME, 0);
    void *result = NULL;

    at.tv_sec += 10;
    return pthread_timedjoin_np(thread, &result, &at) ? NOT_ENDED : result;
}

void wait_blocked(volatile Tid *tid)
{
    KnThreadInfo info;
    uint32_t n = 0;

    /* Not in step with a thread that sleeps a millisecond again and again: it would always be about to wake. */
    while (!*tid || KnThreadGetInfo(INVALID_HANDLE, *tid, &info) != rcOk ||
           info.state != KnThreadBlocked) {
        KosThreadSleep(1 + n++ % 3);
    }
}

void make_mutex(pthread_mutex_t *mutex, int type, int protocol, int robust)
{
    pthread_mutexattr_t attr;

    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, type);
    pthread_mutexattr_setprotocol(&attr, protocol);
    pthread_mutexattr_setrobust(&attr, robust);
    pthread_mutex_init(mutex, &attr);
}

struct call {
    int (*function)(void *);
    void *arg;
};

static void *run_call(void *arg)
{
    struct call *call = arg;

    return (void *)(intptr_t)call->function(call->arg);
}

int in_other(int (*function)(void *), void *arg)
{
    struct call call = { function, arg };

    return (int)(intptr_t)end(begin(run_call, &call));
}
