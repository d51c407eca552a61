/*
 * rwlock.c: read-write locks.
 */
#include "suite.h"

static pthread_rwlock_t lock;

static int try_read(void *arg)
{
    int err = pthread_rwlock_tryrdlock(&lock);

    (void)arg;
    return err ? err : (pthread_rwlock_unlock(&lock), 0);
}

static int try_write(void *arg)
{
    int err = pthread_rwlock_trywrlock(&lock);

    (void)arg;
    return err ? err : (pthread_rwlock_unlock(&lock), 0);
}

static int timed(int is_write, long ns, long nsec)
{
    struct timespec at = in_ns(CLOCK_REALTIME, ns);

    if (nsec) {
        at.tv_nsec = nsec;
    }
    return is_write ? pthread_rwlock_timedwrlock(&lock, &at)
                    : pthread_rwlock_timedrdlock(&lock, &at);
}

static int timed_read(void *arg)
{
    (void)arg;
    return timed(0, 2 * MS, 0);
}

static int timed_write(void *arg)
{
    (void)arg;
    return timed(1, 2 * MS, 0);
}

static int wrong_read(void *arg)
{
    (void)arg;
    return timed(0, 0, 1000000000);
}

static int wrong_write(void *arg)
{
    (void)arg;
    return timed(1, 0, 1000000000);
}

static volatile Tid tid;

static void *read_it(void *arg)
{
    int err;

    (void)arg;
    tid = KosThreadCurrentId();
    err = pthread_rwlock_rdlock(&lock);
    pthread_rwlock_unlock(&lock);
    return (void *)(intptr_t)err;
}

static void *write_it(void *arg)
{
    int err;

    (void)arg;
    tid = KosThreadCurrentId();
    err = pthread_rwlock_wrlock(&lock);
    pthread_rwlock_unlock(&lock);
    return (void *)(intptr_t)err;
}

static void test_attributes(void)
{
    pthread_rwlockattr_t a;
    int shared = -1;

    CHECK_EQUAL("pthread_rwlockattr_init", pthread_rwlockattr_init(&a), 0);
    CHECK("of one process", pthread_rwlockattr_getpshared(&a, &shared) == 0 && shared == 0);
    CHECK_EQUAL("pthread_rwlockattr_setpshared", pthread_rwlockattr_setpshared(&a, 2), EINVAL);
    CHECK_EQUAL("pthread_rwlock_init", pthread_rwlock_init(&lock, &a), 0);
    CHECK_EQUAL("pthread_rwlockattr_destroy", pthread_rwlockattr_destroy(&a), 0);
}

void test_rwlock(void)
{
    pthread_t t;

    test_attributes();
    CHECK("read-locked twice", pthread_rwlock_rdlock(&lock) == 0 &&
                                   pthread_rwlock_tryrdlock(&lock) == 0);
    CHECK_EQUAL("  others read", in_other(try_read, NULL), 0);
    CHECK_EQUAL("  with a time limit", in_other(timed_read, NULL), 0);
    pthread_rwlock_unlock(&lock); /* its */
    CHECK_EQUAL("  others do not write", in_other(try_write, NULL), EBUSY);
    CHECK_EQUAL("  with a time limit", in_other(timed_write, NULL), ETIMEDOUT);
    CHECK_EQUAL("  a time out of range", in_other(wrong_write, NULL), EINVAL);
    tid = 0;
    t = begin(write_it, NULL);
    wait_blocked(&tid);
    CHECK_EQUAL("  unlock", pthread_rwlock_unlock(&lock), 0);
    if (in_other(try_write, NULL) == EBUSY) {
        pthread_rwlock_unlock(&lock);
    }
    CHECK("  the writer has had it", end(t) == NULL);
    CHECK_EQUAL("write-locked", pthread_rwlock_wrlock(&lock), 0);
    CHECK_EQUAL("  others do not read", in_other(try_read, NULL), EBUSY);
    CHECK_EQUAL("  nor write", in_other(try_write, NULL), EBUSY);
    CHECK_EQUAL("  with a time limit", in_other(timed_read, NULL), ETIMEDOUT);
    CHECK_EQUAL("  a time out of range", in_other(wrong_read, NULL), EINVAL);
    tid = 0;
    t = begin(read_it, NULL);
    wait_blocked(&tid);
    CHECK_EQUAL("  unlock", pthread_rwlock_unlock(&lock), 0);
    CHECK("  the reader has had it", end(t) == NULL);
    CHECK_EQUAL("pthread_rwlock_timedwrlock", timed(1, MS, 0), 0);
    pthread_rwlock_unlock(&lock);
    CHECK_EQUAL("as many readers as there may be", in_other(try_read, NULL), 0);
    *(int *)&lock = 0x7ffffffe; /* their number */
    CHECK_EQUAL("  and one more", pthread_rwlock_rdlock(&lock), EAGAIN);
    CHECK_EQUAL("  tried", pthread_rwlock_tryrdlock(&lock), EAGAIN);
    *(int *)&lock = 0;
    CHECK_EQUAL("pthread_rwlock_destroy", pthread_rwlock_destroy(&lock), 0);
}
