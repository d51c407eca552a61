/*
 * sched.c: priorities above the process's ceiling, which fake_kos.c has at 20.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>

#include "../check.h"

static void *run(void *arg)
{
    *(int *)arg = 1;
    return arg;
}

int main(void)
{
    struct sched_param high = { .sched_priority = 21 }, allowed = { .sched_priority = 20 };
    pthread_attr_t attr;
    pthread_t t;
    int ran = 0, policy;

    CHECK("pthread_setschedparam", pthread_setschedparam(pthread_self(), SCHED_RR, &high) == EPERM);
    CHECK("  nothing is changed",
          pthread_getschedparam(pthread_self(), &policy, &high) == 0 && policy == SCHED_OTHER);
    high.sched_priority = 21;
    CHECK("sched_setscheduler", sched_setscheduler(0, SCHED_FIFO, &high) == -1 && errno == EPERM);
    CHECK("the ceiling itself", sched_setscheduler(0, SCHED_RR, &allowed) == SCHED_OTHER);
    CHECK("sched_setparam", sched_setparam(0, &high) == -1 && errno == EPERM);
    CHECK("pthread_setschedprio", pthread_setschedprio(pthread_self(), 21) == EPERM);
    pthread_attr_init(&attr);
    pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attr, SCHED_RR);
    pthread_attr_setschedparam(&attr, &high);
    CHECK("pthread_create", pthread_create(&t, &attr, run, &ran) == EPERM && !ran);
    pthread_attr_setschedparam(&attr, &allowed);
    CHECK("  and at the ceiling",
          pthread_create(&t, &attr, run, &ran) == 0 && pthread_join(t, NULL) == 0 && ran);
    return check_report();
}
