/*
 * sched.c: policies, priorities and processors.
 */
#include "suite.h"

static int policy_of(pthread_t t, int *priority)
{
    struct sched_param p = { .sched_priority = -1 };
    int policy = -1;

    if (pthread_getschedparam(t, &policy, &p)) {
        return -1;
    }
    *priority = p.sched_priority;
    return policy;
}

static int set(pthread_t t, int policy, int priority)
{
    struct sched_param p = { .sched_priority = priority };

    return pthread_setschedparam(t, policy, &p);
}

static void *stay(void *arg)
{
    *(volatile Tid *)arg = KosThreadCurrentId();
    for (;;) {
        pause();
    }
}

static uint32_t kernel_priority(Tid tid)
{
    KnThreadInfo info;

    return KnThreadGetInfo(INVALID_HANDLE, tid, &info) == rcOk ? info.priority : 99;
}

static void test_ranges(void)
{
    static const int policies[] = {SCHED_FIFO, SCHED_RR};

    CHECK("SCHED_OTHER has one priority",
          sched_get_priority_min(SCHED_OTHER) == 0 && sched_get_priority_max(SCHED_OTHER) == 0);
    for (int i = 0; i < 2; i++) {
        CHECK("the others have 32", sched_get_priority_min(policies[i]) == 0 &&
                                        sched_get_priority_max(policies[i]) == 31);
    }
    errno = 0;
    CHECK("no policy: min", sched_get_priority_min(99) == -1 && errno == EINVAL);
    errno = 0;
    CHECK("no policy: max", sched_get_priority_max(-1) == -1 && errno == EINVAL);
    CHECK_EQUAL("sched_yield", sched_yield(), 0);
}

static void test_threads_(void)
{
    volatile Tid tid = 0;
    int priority = -1;
    uint32_t normal = kernel_priority(KosThreadCurrentId());
    pthread_t t = begin(stay, (void *)&tid);

    wait_blocked(&tid);
    CHECK("a thread at first", policy_of(t, &priority) == SCHED_OTHER && priority == 0);
    CHECK_EQUAL("pthread_setschedparam", set(t, SCHED_RR, 21), 0);
    CHECK("  is told", policy_of(t, &priority) == SCHED_RR && priority == 21);
    CHECK_EQUAL("  and is the kernel's", kernel_priority(tid), 21);
    CHECK_EQUAL("pthread_setschedprio", pthread_setschedprio(t, 4), 0);
    CHECK("  keeps the policy", policy_of(t, &priority) == SCHED_RR && priority == 4);
    CHECK_EQUAL("  too high", pthread_setschedprio(t, 32), EINVAL);
    CHECK_EQUAL("  too low", pthread_setschedprio(t, -1), EINVAL);
    CHECK_EQUAL("SCHED_FIFO", set(t, SCHED_FIFO, 0), 0);
    CHECK("  is told", policy_of(t, &priority) == SCHED_FIFO && priority == 0);
    CHECK_EQUAL("no policy", set(t, 55, 0), EINVAL);
    CHECK_EQUAL("a priority of SCHED_OTHER", set(t, SCHED_OTHER, 3), EINVAL);
    CHECK("  nothing has changed", policy_of(t, &priority) == SCHED_FIFO && priority == 0);
    CHECK_EQUAL("SCHED_OTHER", set(t, SCHED_OTHER, 0), 0);
    CHECK_EQUAL("  is the priority of the start", kernel_priority(tid), normal);
    CHECK_EQUAL("  pthread_setschedprio of it", pthread_setschedprio(t, 3), EINVAL);
    CHECK_RC("libkos sets a priority", KnThreadSetPriority(tid, 9), rcOk);
    CHECK("  it is one of SCHED_RR", policy_of(t, &priority) == SCHED_RR && priority == 9);
    CHECK("by number", sched_getscheduler((pid_t)tid) == SCHED_RR);
    pthread_cancel(t);
    KosThreadWait(tid, 10000);
    CHECK_EQUAL("a thread that has ended: set", set(t, SCHED_RR, 3), ESRCH);
    CHECK_EQUAL("  pthread_setschedprio", pthread_setschedprio(t, 3), ESRCH);
    CHECK_EQUAL("  get", policy_of(t, &priority), -1);
    CHECK("  it is still joined", end(t) == PTHREAD_CANCELED);
}

static int create(int policy, int priority, pthread_t *t, volatile Tid *tid)
{
    struct sched_param p = { .sched_priority = priority };
    pthread_attr_t attr;

    pthread_attr_init(&attr);
    pthread_attr_setinheritsched(&attr, PTHREAD_EXPLICIT_SCHED);
    pthread_attr_setschedpolicy(&attr, policy);
    pthread_attr_setschedparam(&attr, &p);
    return pthread_create(t, &attr, stay, (void *)tid);
}

static void finish_thread(pthread_t t, volatile Tid *tid)
{
    wait_blocked(tid);
    pthread_cancel(t);
    CHECK("  it ends", end(t) == PTHREAD_CANCELED);
    *tid = 0;
}

static void test_create(void)
{
    volatile Tid tid = 0;
    pthread_attr_t attr;
    pthread_t t;
    int priority = -1;

    CHECK_EQUAL("pthread_create with a priority", create(SCHED_RR, 18, &t, &tid), 0);
    CHECK("  it has it", policy_of(t, &priority) == SCHED_RR && priority == 18);
    wait_blocked(&tid);
    pthread_getattr_np(t, &attr);
    CHECK("  pthread_getattr_np", pthread_attr_getschedpolicy(&attr, &priority) == 0 &&
                                      priority == SCHED_RR);
    finish_thread(t, &tid);
    CHECK_EQUAL("  one that the policy does not have", create(SCHED_OTHER, 18, &t, &tid), EINVAL);
    KosThreadSleep(2);
    CHECK_EQUAL("  nothing ran", tid, 0);
    set(pthread_self(), SCHED_FIFO, 16);
    t = begin(stay, (void *)&tid);
    CHECK("inherited", policy_of(t, &priority) == SCHED_FIFO && priority == 16);
    finish_thread(t, &tid);
    CHECK_EQUAL("back", set(pthread_self(), SCHED_OTHER, 0), 0);
}

static void test_numbers(void)
{
    struct sched_param p = { .sched_priority = 12 };
    struct timespec slice = { .tv_sec = 9 };

    CHECK_EQUAL("sched_getscheduler", sched_getscheduler(0), SCHED_OTHER);
    CHECK_EQUAL("sched_setscheduler gives the former one", sched_setscheduler(0, SCHED_RR, &p),
                SCHED_OTHER);
    CHECK_EQUAL("  it is set", sched_getscheduler(getpid()), SCHED_RR);
    p.sched_priority = 0;
    CHECK("sched_getparam", sched_getparam(0, &p) == 0 && p.sched_priority == 12);
    p.sched_priority = 13;
    CHECK_EQUAL("sched_setparam", sched_setparam(0, &p), 0);
    CHECK_EQUAL("  is the kernel's", kernel_priority(KosThreadCurrentId()), 13);
    p.sched_priority = 40;
    CHECK("  too high", sched_setparam(0, &p) == -1 && errno == EINVAL);
    CHECK("sched_setscheduler too high", sched_setscheduler(0, SCHED_RR, &p) == -1 &&
                                             errno == EINVAL);
    CHECK("  no policy", sched_setscheduler(0, -1, &p) == -1 && errno == EINVAL);
    p.sched_priority = 0;
    CHECK_EQUAL("  back", sched_setscheduler(0, SCHED_OTHER, &p), SCHED_RR);
    CHECK("sched_rr_get_interval", sched_rr_get_interval(0, &slice) == 0 && slice.tv_sec == 0 &&
                                       slice.tv_nsec > 0);
    CHECK("nobody: sched_getscheduler", sched_getscheduler(0xfffff) == -1 && errno == ESRCH);
    CHECK("  sched_setscheduler", sched_setscheduler(0xfffff, SCHED_RR, &p) == -1 &&
                                      errno == ESRCH);
    CHECK("  sched_getparam", sched_getparam(0xfffff, &p) == -1 && errno == ESRCH);
    CHECK("  sched_setparam", sched_setparam(0xfffff, &p) == -1 && errno == ESRCH);
    CHECK("  sched_rr_get_interval", sched_rr_get_interval(0xfffff, &slice) == -1 &&
                                         errno == ESRCH);
}

static void test_processors(void)
{
    long count = sysconf(_SC_NPROCESSORS_ONLN);
    volatile Tid tid = 0;
    cpu_set_t all, one, now;
    pthread_t t;

    CHECK_EQUAL("sysconf(_SC_NPROCESSORS_ONLN)", count, KosCpuCount());
    CHECK("sched_getaffinity", sched_getaffinity(0, sizeof all, &all) == 0 &&
                                   CPU_COUNT(&all) == count);
    CPU_ZERO(&one);
    CPU_SET(0, &one);
    CHECK_EQUAL("sched_setaffinity", sched_setaffinity(0, sizeof one, &one), 0);
    CHECK("  it is kept", sched_getaffinity(getpid(), sizeof now, &now) == 0 &&
                              CPU_EQUAL(&now, &one));
    CHECK_EQUAL("  sched_getcpu", sched_getcpu(), 0);
    CHECK_EQUAL("  as many processors as before", sysconf(_SC_NPROCESSORS_ONLN), count);
    t = begin(stay, (void *)&tid);
    CHECK("a new thread's", pthread_getaffinity_np(t, sizeof now, &now) == 0 &&
                                CPU_EQUAL(&now, &one));
    CHECK_EQUAL("pthread_setaffinity_np", pthread_setaffinity_np(t, sizeof all, &all), 0);
    CHECK("  it is kept", pthread_getaffinity_np(t, sizeof now, &now) == 0 &&
                              CPU_EQUAL(&now, &all));
    CPU_ZERO(&one);
    CHECK_EQUAL("  no processor", pthread_setaffinity_np(t, sizeof one, &one), EINVAL);
    CHECK("  sched_setaffinity", sched_setaffinity(0, sizeof one, &one) == -1 && errno == EINVAL);
    CHECK_EQUAL("  a set too small to get", pthread_getaffinity_np(t, 4, &one), EINVAL);
    CHECK("nobody's", sched_getaffinity(0xfffff, sizeof now, &now) == -1 && errno == ESRCH);
    CHECK("  nor set", sched_setaffinity(0xfffff, sizeof all, &all) == -1 && errno == ESRCH);
    wait_blocked(&tid);
    pthread_cancel(t);
    KosThreadWait(tid, 10000);
    CHECK_EQUAL("one that has ended", pthread_setaffinity_np(t, sizeof all, &all), ESRCH);
    CHECK_EQUAL("  get", pthread_getaffinity_np(t, sizeof all, &all), ESRCH);
    end(t);
    CHECK_EQUAL("all again", sched_setaffinity(0, sizeof all, &all), 0);
}

void test_sched(void)
{
    test_ranges();
    test_threads_();
    test_create();
    test_numbers();
    test_processors();
}
