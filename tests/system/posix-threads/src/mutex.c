/*
 * mutex.c: mutexes of every type, protocol and robustness: what each function returns.
 */
#include "suite.h"

#include <limits.h>

static const char *const types[] = {"normal", "recursive", "error-checking"};

/* What is tried in another thread. */
static int other_try(void *arg)
{
    int err = pthread_mutex_trylock(arg);

    return err ? err : (pthread_mutex_unlock(arg), 0);
}

static int other_timed(void *arg)
{
    struct timespec at = in_ns(CLOCK_REALTIME, 2 * MS);

    return pthread_mutex_timedlock(arg, &at);
}

static int other_timed_past(void *arg)
{
    struct timespec at = in_ns(CLOCK_REALTIME, -5000 * MS);

    return pthread_mutex_timedlock(arg, &at);
}

static int other_timed_wrong(void *arg)
{
    struct timespec at = { .tv_nsec = 1000000000 };

    return pthread_mutex_timedlock(arg, &at);
}

static int other_unlock(void *arg)
{
    return pthread_mutex_unlock(arg);
}

static int other_lock(void *arg)
{
    int err = pthread_mutex_lock(arg);

    return err ? err : pthread_mutex_unlock(arg);
}

static void *wait_for_it(void *arg)
{
    return (void *)(intptr_t)other_lock(arg);
}

static int own_relock(pthread_mutex_t *m, int type)
{
    struct timespec at = in_ns(CLOCK_REALTIME, 2 * MS);
    int timed = pthread_mutex_timedlock(m, &at), tried = pthread_mutex_trylock(m);

    switch (type) {
    case PTHREAD_MUTEX_RECURSIVE:
        return timed == 0 && tried == 0 && pthread_mutex_lock(m) == 0 &&
               pthread_mutex_unlock(m) == 0 && pthread_mutex_unlock(m) == 0 &&
               pthread_mutex_unlock(m) == 0;
    case PTHREAD_MUTEX_ERRORCHECK:
        return timed == EDEADLK && tried == EBUSY && pthread_mutex_lock(m) == EDEADLK;
    default:
        return timed == ETIMEDOUT && tried == EBUSY;
    }
}

static void try_kind(int type, int protocol, int robust)
{
    pthread_mutexattr_t attr;
    pthread_mutex_t m;
    pthread_t waiter;
    char name[80];
    int good, is_owned = type != PTHREAD_MUTEX_NORMAL || protocol || robust;

    snprintf(name, sizeof name, "%s mutex%s%s", types[type], protocol ? ", inheriting" : "",
             robust ? ", robust" : "");
    pthread_mutexattr_init(&attr);
    good = pthread_mutexattr_settype(&attr, type) == 0 &&
           pthread_mutexattr_setprotocol(&attr, protocol) == 0 &&
           pthread_mutexattr_setrobust(&attr, robust) == 0 && pthread_mutex_init(&m, &attr) == 0;
    CHECK(name, good);
    CHECK("  lock, unlock", pthread_mutex_lock(&m) == 0 && pthread_mutex_unlock(&m) == 0);
    CHECK("  trylock", pthread_mutex_trylock(&m) == 0);
    CHECK_EQUAL("  trylock of another one", in_other(other_try, &m), EBUSY);
    CHECK_EQUAL("  timedlock", in_other(other_timed, &m), ETIMEDOUT);
    CHECK_EQUAL("  a time that has passed", in_other(other_timed_past, &m), ETIMEDOUT);
    CHECK_EQUAL("  a time out of range", in_other(other_timed_wrong, &m), EINVAL);
    if (is_owned) {
        CHECK_EQUAL("  unlock of another one", in_other(other_unlock, &m), EPERM);
    }
    CHECK("  locked again", own_relock(&m, type));
    waiter = begin(wait_for_it, &m);
    KosThreadSleep(3);
    CHECK_EQUAL("  unlock", pthread_mutex_unlock(&m), 0);
    CHECK("  who waits gets it", (int)(intptr_t)end(waiter) == 0);
    CHECK_EQUAL("  it is free", in_other(other_try, &m), 0);
    if (is_owned) {
        CHECK_EQUAL("  unlock when free", pthread_mutex_unlock(&m), EPERM);
    }
    CHECK_EQUAL("  consistent when it is", pthread_mutex_consistent(&m), EINVAL);
    CHECK_EQUAL("  destroy", pthread_mutex_destroy(&m), 0);
}

static void test_attributes(void)
{
    pthread_mutexattr_t a;
    int value = -1;

    CHECK_EQUAL("pthread_mutexattr_init", pthread_mutexattr_init(&a), 0);
    CHECK("the type is the default one", pthread_mutexattr_gettype(&a, &value) == 0 &&
                                             value == PTHREAD_MUTEX_DEFAULT);
    CHECK_EQUAL("pthread_mutexattr_settype", pthread_mutexattr_settype(&a, 2), 0);
    CHECK("  it is kept", pthread_mutexattr_gettype(&a, &value) == 0 && value == 2);
    CHECK_EQUAL("  no type", pthread_mutexattr_settype(&a, 3), EINVAL);
    CHECK("no protocol", pthread_mutexattr_getprotocol(&a, &value) == 0 &&
                             value == PTHREAD_PRIO_NONE);
    CHECK_EQUAL("pthread_mutexattr_setprotocol",
                pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_INHERIT), 0);
    CHECK("  it is kept", pthread_mutexattr_getprotocol(&a, &value) == 0 &&
                              value == PTHREAD_PRIO_INHERIT);
    CHECK_EQUAL("  ceilings", pthread_mutexattr_setprotocol(&a, PTHREAD_PRIO_PROTECT), ENOTSUP);
    CHECK_EQUAL("  no protocol", pthread_mutexattr_setprotocol(&a, 9), EINVAL);
    CHECK("not robust", pthread_mutexattr_getrobust(&a, &value) == 0 &&
                            value == PTHREAD_MUTEX_STALLED);
    CHECK_EQUAL("pthread_mutexattr_setrobust",
                pthread_mutexattr_setrobust(&a, PTHREAD_MUTEX_ROBUST), 0);
    CHECK("  it is kept", pthread_mutexattr_getrobust(&a, &value) == 0 &&
                              value == PTHREAD_MUTEX_ROBUST);
    CHECK_EQUAL("  neither", pthread_mutexattr_setrobust(&a, 2), EINVAL);
    CHECK("of one process", pthread_mutexattr_getpshared(&a, &value) == 0 &&
                                value == PTHREAD_PROCESS_PRIVATE);
    CHECK_EQUAL("pthread_mutexattr_setpshared", pthread_mutexattr_setpshared(&a, 2), EINVAL);
    CHECK_EQUAL("pthread_mutexattr_destroy", pthread_mutexattr_destroy(&a), 0);
}

static void test_limits(void)
{
    pthread_mutex_t m;
    int old;

    make_mutex(&m, PTHREAD_MUTEX_RECURSIVE, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED);
    CHECK("recursion", pthread_mutex_lock(&m) == 0);
    ((int *)&m)[5] = INT_MAX; /* where the count is */
    CHECK_EQUAL("  has an end", pthread_mutex_lock(&m), EAGAIN);
    CHECK_EQUAL("  for trylock too", pthread_mutex_trylock(&m), EAGAIN);
    ((int *)&m)[5] = 0;
    CHECK_EQUAL("  unlock", pthread_mutex_unlock(&m), 0);
    CHECK_EQUAL("pthread_mutex_getprioceiling", pthread_mutex_getprioceiling(&m, &old), EINVAL);
    CHECK_EQUAL("pthread_mutex_setprioceiling", pthread_mutex_setprioceiling(&m, 3, &old), EINVAL);
}

void test_mutex(void)
{
    test_attributes();
    for (int type = 0; type < 3; type++) {
        for (int how = 0; how < 4; how++) {
            try_kind(type, how & 1 ? PTHREAD_PRIO_INHERIT : PTHREAD_PRIO_NONE, how / 2);
        }
    }
    test_limits();
}
