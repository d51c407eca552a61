/*
 * attr.c: attributes of threads, and the default ones.
 */
#include "suite.h"

#include <limits.h>

static void test_detach(void)
{
    pthread_attr_t a;
    int state = -1;

    CHECK_EQUAL("pthread_attr_init", pthread_attr_init(&a), 0);
    CHECK("joinable by default",
          pthread_attr_getdetachstate(&a, &state) == 0 && state == PTHREAD_CREATE_JOINABLE);
    CHECK_EQUAL("pthread_attr_setdetachstate", pthread_attr_setdetachstate(&a, 1), 0);
    CHECK("  it is kept", pthread_attr_getdetachstate(&a, &state) == 0 && state == 1);
    CHECK_EQUAL("  no state", pthread_attr_setdetachstate(&a, 2), EINVAL);
    CHECK_EQUAL("pthread_attr_destroy", pthread_attr_destroy(&a), 0);
}

static void test_sizes(void)
{
    pthread_attr_t a;
    size_t size = 0;
    void *low;

    pthread_attr_init(&a);
    CHECK("pthread_attr_getstacksize", pthread_attr_getstacksize(&a, &size) == 0 && size >= 65536);
    CHECK_EQUAL("pthread_attr_setstacksize", pthread_attr_setstacksize(&a, PTHREAD_STACK_MIN), 0);
    CHECK("  it is kept", pthread_attr_getstacksize(&a, &size) == 0 && size == PTHREAD_STACK_MIN);
    CHECK_EQUAL("  too small", pthread_attr_setstacksize(&a, PTHREAD_STACK_MIN - 1), EINVAL);
    CHECK("  it stays", pthread_attr_getstacksize(&a, &size) == 0 && size == PTHREAD_STACK_MIN);
    CHECK_EQUAL("pthread_attr_setguardsize", pthread_attr_setguardsize(&a, 12345), 0);
    CHECK("  it is kept", pthread_attr_getguardsize(&a, &size) == 0 && size == 12345);
    CHECK_EQUAL("  too large", pthread_attr_setguardsize(&a, SIZE_MAX), EINVAL);
    CHECK_EQUAL("pthread_attr_getstack without one", pthread_attr_getstack(&a, &low, &size), EINVAL);
    CHECK_EQUAL("pthread_attr_setstack", pthread_attr_setstack(&a, (void *)0x100000, 65536), 0);
    CHECK("  it is kept", pthread_attr_getstack(&a, &low, &size) == 0 &&
                              low == (void *)0x100000 && size == 65536);
    CHECK_EQUAL("  too small", pthread_attr_setstack(&a, (void *)0x100000, 100), EINVAL);
}

static void test_scheduling(void)
{
    struct sched_param p = { .sched_priority = 31 };
    pthread_attr_t a;
    int value = -1;

    pthread_attr_init(&a);
    CHECK("inherited by default", pthread_attr_getinheritsched(&a, &value) == 0 &&
                                      value == PTHREAD_INHERIT_SCHED);
    CHECK_EQUAL("pthread_attr_setinheritsched",
                pthread_attr_setinheritsched(&a, PTHREAD_EXPLICIT_SCHED), 0);
    CHECK("  it is kept", pthread_attr_getinheritsched(&a, &value) == 0 &&
                              value == PTHREAD_EXPLICIT_SCHED);
    CHECK_EQUAL("  no such choice", pthread_attr_setinheritsched(&a, 2), EINVAL);
    CHECK_EQUAL("pthread_attr_setschedpolicy", pthread_attr_setschedpolicy(&a, SCHED_RR), 0);
    CHECK("  it is kept", pthread_attr_getschedpolicy(&a, &value) == 0 && value == SCHED_RR);
    CHECK_EQUAL("  one that does not exist here", pthread_attr_setschedpolicy(&a, SCHED_IDLE),
                ENOTSUP);
    CHECK_EQUAL("  none", pthread_attr_setschedpolicy(&a, 77), EINVAL);
    CHECK_EQUAL("pthread_attr_setschedparam", pthread_attr_setschedparam(&a, &p), 0);
    p.sched_priority = 0;
    CHECK("  it is kept", pthread_attr_getschedparam(&a, &p) == 0 && p.sched_priority == 31);
    p.sched_priority = 32;
    CHECK_EQUAL("  too high", pthread_attr_setschedparam(&a, &p), EINVAL);
    p.sched_priority = -1;
    CHECK_EQUAL("  too low", pthread_attr_setschedparam(&a, &p), EINVAL);
    CHECK_EQUAL("pthread_attr_setscope", pthread_attr_setscope(&a, PTHREAD_SCOPE_SYSTEM), 0);
    CHECK("  it is kept", pthread_attr_getscope(&a, &value) == 0 && value == PTHREAD_SCOPE_SYSTEM);
    CHECK_EQUAL("  within the process", pthread_attr_setscope(&a, PTHREAD_SCOPE_PROCESS), ENOTSUP);
    CHECK_EQUAL("  no such scope", pthread_attr_setscope(&a, 5), EINVAL);
}

static void test_default(void)
{
    pthread_attr_t a, b;
    size_t size = 0;

    CHECK_EQUAL("pthread_getattr_default_np", pthread_getattr_default_np(&a), 0);
    pthread_attr_setstacksize(&a, 262144);
    CHECK_EQUAL("pthread_setattr_default_np", pthread_setattr_default_np(&a), 0);
    pthread_attr_init(&b);
    CHECK("  it is kept", pthread_attr_getstacksize(&b, &size) == 0 && size == 262144);
    pthread_attr_setdetachstate(&a, PTHREAD_CREATE_DETACHED);
    CHECK_EQUAL("  sizes only", pthread_setattr_default_np(&a), EINVAL);
    CHECK("pthread_setconcurrency",
          pthread_setconcurrency(0) == 0 && pthread_getconcurrency() == 0);
    CHECK_EQUAL("  below zero", pthread_setconcurrency(-1), EINVAL);
}

void test_attr(void)
{
    test_detach();
    test_sizes();
    test_scheduling();
    test_default();
}
