/*
 * main.c: runs all of it and tells how much it was.
 */
#include "stress.h"

#include <coresrv/hal/hal_api.h>

uint64_t operations;

int scale(void)
{
    static int value;
    char text[16];

    if (!value) {
        value = KnHalGetEnv("scale", text, sizeof(text)) == rcOk ? atoi(text) : 1;
    }
    return value > 0 ? value : 1;
}

void interfere(uint32_t *seed)
{
    uint32_t r = next_random(seed) % 128;

    if (r == 0) {
        core_sleep_ns(20000);
    } else if (r < 10) {
        sched_yield();
    }
}

struct timespec ahead(long ns)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    ns += ts.tv_nsec;
    ts.tv_sec += ns / 1000000000;
    ts.tv_nsec = ns % 1000000000;
    return ts;
}

void *join_within(pthread_t thread, int seconds)
{
    struct timespec at = ahead(0);
    void *result = NULL;

    at.tv_sec += seconds;
    return pthread_timedjoin_np(thread, &result, &at) ? (void *)-2 : result;
}

pthread_t begin_at(int priority, void *(*routine)(void *), void *arg)
{
    struct sched_param p = { .sched_priority = priority };
    pthread_attr_t attr;
    pthread_t thread = NULL;

    pthread_attr_init(&attr);
    pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attr, SCHED_RR);
    pthread_attr_setschedparam(&attr, &p);
    if (pthread_create(&thread, &attr, routine, arg)) {
        CHECK("a thread is created", 0);
    }
    return thread;
}

void run(const char *name, void *(*routine)(void *), int count, int is_mixed)
{
    pthread_t threads[16];
    int ended = 0, good = 0;

    for (int i = 0; i < count; i++) {
        threads[i] = begin_at(is_mixed ? 8 + i : 12, routine, (void *)(intptr_t)i);
    }
    for (int i = 0; i < count; i++) {
        void *result = join_within(threads[i], 120 * scale());

        ended += result != (void *)-2;
        good += result == NULL;
    }
    CHECK_EQUAL(name, ended, count);
    CHECK_EQUAL("  and nothing was broken", good, count);
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

int main(void)
{
    stress_locks();
    stress_queues();
    stress_races();
    stress_ends();
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
    printf("%llu operations\n", (unsigned long long)operations);
    finish();
}
