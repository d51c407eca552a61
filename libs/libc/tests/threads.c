/*
 * threads.c: POSIX and C11 threads, and threads made the way libkos makes them.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <semaphore.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <threads.h>
#include <time.h>
#include <unistd.h>

#include <kos/libc_thread.h>

#include "check.h"

#define WORKERS 4
#define ROUNDS  5000
#define MS      1000000l

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static long counter;
static _Thread_local int own = 5;

static void *return_argument(void *arg)
{
    own++;
    errno = 77;
    return own == 6 ? arg : NULL;
}

static void *count(void *arg)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&mutex);
        counter++;
        pthread_mutex_unlock(&mutex);
        if (i % 500 == 0) {
            sched_yield();
        }
    }
    return arg;
}

static void test_create(void)
{
    pthread_t threads[WORKERS], t;
    void *result;
    int x, joined = 0, same = 0;

    errno = 0;
    CHECK("create", pthread_create(&t, NULL, return_argument, &x) == 0);
    CHECK("join", pthread_join(t, &result) == 0 && result == &x);
    CHECK("errno and TLS are per thread", errno == 0 && own == 5);
    for (int i = 0; i < WORKERS; i++) {
        pthread_create(&threads[i], NULL, count, &threads[i]);
    }
    for (int i = 0; i < WORKERS; i++) {
        joined += pthread_join(threads[i], &result) == 0;
        same += result == &threads[i];
    }
    CHECK("four threads count under a mutex",
          joined == WORKERS && same == WORKERS && counter == (long)WORKERS * ROUNDS);
    for (int i = 0; i < 300; i++) {
        joined += pthread_create(&t, NULL, return_argument, &x) == 0 && pthread_join(t, NULL) == 0;
    }
    CHECK("300 threads, one after the other", joined == WORKERS + 300);
}

static int queue_length;

static void *produce(void *arg)
{
    for (int i = 0; i < 1000; i++) {
        pthread_mutex_lock(&mutex);
        queue_length++;
        pthread_cond_signal(&cond);
        pthread_mutex_unlock(&mutex);
    }
    return arg;
}

static void *broadcast_waiter(void *arg)
{
    int *go = arg;

    pthread_mutex_lock(&mutex);
    while (!*go) {
        pthread_cond_wait(&cond, &mutex);
    }
    counter++;
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static struct timespec from_now(clockid_t clock, long ns)
{
    struct timespec ts;

    clock_gettime(clock, &ts);
    ts.tv_nsec += ns;
    ts.tv_sec += ts.tv_nsec / 1000000000;
    ts.tv_nsec %= 1000000000;
    return ts;
}

static void test_conditions(void)
{
    pthread_t t, waiters[WORKERS];
    struct timespec at;
    int taken = 0, go = 0;

    pthread_create(&t, NULL, produce, NULL);
    while (taken < 1000) {
        pthread_mutex_lock(&mutex);
        while (queue_length == 0) {
            pthread_cond_wait(&cond, &mutex);
        }
        taken += queue_length;
        queue_length = 0;
        pthread_mutex_unlock(&mutex);
    }
    pthread_join(t, NULL);
    CHECK("producer and consumer", taken == 1000);
    counter = 0;
    for (int i = 0; i < WORKERS; i++) {
        pthread_create(&waiters[i], NULL, broadcast_waiter, &go);
    }
    usleep(5000);
    pthread_mutex_lock(&mutex);
    go = 1;
    pthread_cond_broadcast(&cond);
    pthread_mutex_unlock(&mutex);
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(waiters[i], NULL);
    }
    CHECK("broadcast wakes all", counter == WORKERS);
    pthread_mutex_lock(&mutex);
    at = from_now(CLOCK_REALTIME, 10 * MS);
    CHECK("a timed wait ends", pthread_cond_timedwait(&cond, &mutex, &at) == ETIMEDOUT);
    pthread_mutex_unlock(&mutex);
}

static void *try_timed_lock(void *arg)
{
    struct timespec at = from_now(CLOCK_REALTIME, 10 * MS);

    return (void *)(intptr_t)pthread_mutex_timedlock(arg, &at);
}

static void test_mutexes(void)
{
    pthread_mutexattr_t attr;
    pthread_mutex_t m;
    pthread_t t;
    void *result;

    pthread_mutexattr_init(&attr);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_RECURSIVE);
    pthread_mutex_init(&m, &attr);
    CHECK("recursive mutex", pthread_mutex_lock(&m) == 0 && pthread_mutex_lock(&m) == 0);
    pthread_create(&t, NULL, try_timed_lock, &m);
    pthread_join(t, &result);
    CHECK("a timed lock ends", (intptr_t)result == ETIMEDOUT);
    CHECK("unlocked twice", pthread_mutex_unlock(&m) == 0 && pthread_mutex_unlock(&m) == 0);
    CHECK("not the owner", pthread_mutex_unlock(&m) == EPERM);
    pthread_mutexattr_settype(&attr, PTHREAD_MUTEX_ERRORCHECK);
    pthread_mutex_init(&m, &attr);
    pthread_mutex_lock(&m);
    CHECK("error-checking mutex", pthread_mutex_lock(&m) == EDEADLK);
    CHECK("trylock", pthread_mutex_trylock(&m) == EBUSY);
    pthread_mutex_unlock(&m);
}

static pthread_once_t once = PTHREAD_ONCE_INIT;
static pthread_key_t key;
static int once_runs, destroyed;

static void run_once(void)
{
    once_runs++;
}

static void destroy(void *value)
{
    destroyed += *(int *)value;
}

static void *use_key(void *arg)
{
    pthread_once(&once, run_once);
    pthread_setspecific(key, arg);
    return pthread_getspecific(key);
}

static void test_keys(void)
{
    pthread_t t;
    int value = 7;

    pthread_key_create(&key, destroy);
    for (int i = 0; i < 3; i++) {
        pthread_create(&t, NULL, use_key, &value);
        pthread_join(t, NULL);
    }
    CHECK("once", once_runs == 1);
    CHECK("key destructors", destroyed == 21 && pthread_getspecific(key) == NULL);
}

static sem_t sem;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;

static void *meet(void *arg)
{
    int r;

    sem_wait(&sem);
    pthread_rwlock_rdlock(&rwlock);
    r = pthread_barrier_wait(&barrier);
    pthread_rwlock_unlock(&rwlock);
    return r == PTHREAD_BARRIER_SERIAL_THREAD ? arg : NULL;
}

static void test_others(void)
{
    pthread_t threads[WORKERS];
    struct timespec at;
    void *result;
    int serial = 0, x;

    sem_init(&sem, 0, 0);
    at = from_now(CLOCK_REALTIME, 5 * MS);
    CHECK("a timed semaphore ends", sem_timedwait(&sem, &at) == -1 && errno == ETIMEDOUT);
    pthread_barrier_init(&barrier, NULL, WORKERS);
    for (int i = 0; i < WORKERS; i++) {
        pthread_create(&threads[i], NULL, meet, &x);
    }
    for (int i = 0; i < WORKERS; i++) {
        sem_post(&sem);
    }
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], &result);
        serial += result == &x;
    }
    CHECK("semaphore, read lock, barrier", serial == 1);
    CHECK("write lock", pthread_rwlock_trywrlock(&rwlock) == 0 &&
                            pthread_rwlock_tryrdlock(&rwlock) == EBUSY);
    pthread_rwlock_unlock(&rwlock);
}

static void clean(void *arg)
{
    *(int *)arg = 1;
}

static void *sleep_cancelled(void *arg)
{
    pthread_cleanup_push(clean, arg);
    for (;;) {
        usleep(1000);
    }
    pthread_cleanup_pop(0);
    return NULL;
}

static void *detached(void *arg)
{
    sem_post(arg);
    return NULL;
}

static void *pause_once(void *arg)
{
    pause();
    __atomic_store_n((int *)arg, 1, __ATOMIC_RELAXED);
    return NULL;
}

static void test_ends(void)
{
    static int has_returned;

    pthread_attr_t attr;
    pthread_t t;
    void *result, *low;
    size_t size;
    int cleaned = 0, made = 0;

    pthread_create(&t, NULL, sleep_cancelled, &cleaned);
    usleep(3000);
    pthread_cancel(t);
    CHECK("cancellation", pthread_join(t, &result) == 0 && result == PTHREAD_CANCELED && cleaned);
    pthread_attr_init(&attr);
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    for (int i = 0; i < 100; i++) {
        made += pthread_create(&t, &attr, detached, &sem) == 0;
        sem_wait(&sem);
    }
    CHECK("100 detached threads", made == 100);
    pthread_create(&t, &attr, pause_once, &has_returned);
    usleep(20000);
    CHECK("pause waits", !__atomic_load_n(&has_returned, __ATOMIC_RELAXED));
    pthread_getattr_np(pthread_self(), &attr);
    pthread_attr_getstack(&attr, &low, &size);
    CHECK("the stack is known", (char *)&attr > (char *)low && (char *)&attr < (char *)low + size);
}

static int c11_main(void *arg)
{
    return *(int *)arg + 1;
}

static int kos_main(void *arg)
{
    own += 2;
    *(int *)arg = own;
    sem_post(&sem);
    __kos_thread_exit(9);
}

static void test_other_makers(void)
{
    struct kos_thread_params params = {
        .entry = kos_main,
        .priority = KOS_THREAD_PRIORITY_INHERIT,
        .stack_size = 65536,
    };
    thrd_t t;
    uint32_t tid = 0;
    int x = 1, result = 0;

    CHECK("C11 thread", thrd_create(&t, c11_main, &x) == thrd_success &&
                            thrd_join(t, &result) == thrd_success && result == 2);
    params.arg = &result;
    CHECK("libkos thread", __kos_thread_create(&params, &tid) == 0 && tid != 0);
    sem_wait(&sem);
    CHECK("it has TLS of its own", result == 7 && own == 5);
    params.priority = 77;
    CHECK("a priority that does not exist", __kos_thread_create(&params, &tid) == EAGAIN);
}

int main(void)
{
    test_create();
    test_conditions();
    test_mutexes();
    test_keys();
    test_others();
    test_ends();
    test_other_makers();
    return check_report();
}
