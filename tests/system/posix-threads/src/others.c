/*
 * others.c: barriers, spin locks, once, keys, cleanup handlers, pthread_atfork and C11 threads.
 */
#include "suite.h"

#include <limits.h>
#include <threads.h>

#define PARTIES 5

static pthread_barrier_t barrier;
static volatile int arrived, serial, broken;

static void *meet(void *arg)
{
    for (int i = 1; i <= 20; i++) {
        int r;

        __atomic_fetch_add(&arrived, 1, __ATOMIC_SEQ_CST);
        r = pthread_barrier_wait(&barrier);
        broken |= arrived < PARTIES * i;
        if (r == PTHREAD_BARRIER_SERIAL_THREAD) {
            __atomic_fetch_add(&serial, 1, __ATOMIC_SEQ_CST);
        } else {
            broken |= r != 0;
        }
        pthread_barrier_wait(&barrier);
    }
    return arg;
}

static void test_barrier(int shared)
{
    pthread_barrierattr_t a;
    pthread_t threads[PARTIES];
    int value = -1, ended = 0;

    pthread_barrierattr_init(&a);
    CHECK("pthread_barrierattr_getpshared",
          pthread_barrierattr_getpshared(&a, &value) == 0 && value == PTHREAD_PROCESS_PRIVATE);
    CHECK_EQUAL("pthread_barrierattr_setpshared", pthread_barrierattr_setpshared(&a, 2), EINVAL);
    pthread_barrierattr_setpshared(&a, shared);
    CHECK_EQUAL("pthread_barrier_init for nobody", pthread_barrier_init(&barrier, &a, 0), EINVAL);
    CHECK_EQUAL("pthread_barrier_init", pthread_barrier_init(&barrier, &a, 1), 0);
    CHECK_EQUAL("a barrier for one", pthread_barrier_wait(&barrier), PTHREAD_BARRIER_SERIAL_THREAD);
    pthread_barrier_destroy(&barrier);
    pthread_barrier_init(&barrier, &a, PARTIES);
    arrived = serial = broken = 0;
    for (int i = 0; i < PARTIES; i++) {
        threads[i] = begin(meet, NULL);
    }
    for (int i = 0; i < PARTIES; i++) {
        ended += end(threads[i]) == NULL;
    }
    CHECK_EQUAL("a barrier, 20 times", ended, PARTIES);
    CHECK("  nobody goes on before all are there", !broken);
    CHECK_EQUAL("  one each time is told", serial, 20);
    CHECK_EQUAL("pthread_barrier_destroy", pthread_barrier_destroy(&barrier), 0);
    pthread_barrierattr_destroy(&a);
}

static pthread_spinlock_t spin;
static int counter;

static void *count(void *arg)
{
    for (int i = 0; i < 2000; i++) {
        pthread_spin_lock(&spin);
        counter++;
        pthread_spin_unlock(&spin);
    }
    return arg;
}

static void test_spin(void)
{
    pthread_t a, b;

    CHECK_EQUAL("pthread_spin_init", pthread_spin_init(&spin, PTHREAD_PROCESS_PRIVATE), 0);
    CHECK_EQUAL("pthread_spin_lock", pthread_spin_lock(&spin), 0);
    CHECK_EQUAL("pthread_spin_trylock", pthread_spin_trylock(&spin), EBUSY);
    CHECK_EQUAL("pthread_spin_unlock", pthread_spin_unlock(&spin), 0);
    CHECK("  trylock of a free one",
          pthread_spin_trylock(&spin) == 0 && pthread_spin_unlock(&spin) == 0);
    a = begin(count, NULL);
    b = begin(count, NULL);
    end(a);
    end(b);
    CHECK_EQUAL("  two threads count", counter, 4000);
    CHECK_EQUAL("pthread_spin_destroy", pthread_spin_destroy(&spin), 0);
}

static pthread_once_t once = PTHREAD_ONCE_INIT, stubborn = PTHREAD_ONCE_INIT;
static volatile int once_runs, stubborn_runs;

static void run_once(void)
{
    KosThreadSleep(3);
    once_runs++;
}

static void *call_once_(void *arg)
{
    pthread_once(&once, run_once);
    return once_runs == 1 ? arg : NULL;
}

static void sleep_first(void)
{
    if (stubborn_runs++ == 0) {
        pause();
    }
}

static void *call_stubborn(void *arg)
{
    *(volatile Tid *)arg = KosThreadCurrentId();
    pthread_once(&stubborn, sleep_first);
    return NULL;
}

static void test_once(void)
{
    volatile Tid first_tid = 0, tid = 0;
    pthread_t threads[4], first;
    int x, good = 0;

    for (int i = 0; i < 4; i++) {
        threads[i] = begin(call_once_, &x);
    }
    for (int i = 0; i < 4; i++) {
        good += end(threads[i]) == &x;
    }
    CHECK_EQUAL("pthread_once: all come after the end of the one", good, 4);
    first = begin(call_stubborn, (void *)&first_tid);
    wait_blocked(&first_tid);
    threads[0] = begin(call_stubborn, (void *)&tid);
    wait_blocked(&tid);
    pthread_cancel(first);
    CHECK("  the one is cancelled", end(first) == PTHREAD_CANCELED);
    CHECK("  the next one does it", end(threads[0]) == NULL && stubborn_runs == 2);
}

static pthread_key_t key, again;
static volatile int destroyed, iterations;

static void destroy(void *value)
{
    destroyed += *(int *)value;
}

static void set_again(void *value)
{
    iterations++;
    pthread_setspecific(again, value);
}

static void *use_keys(void *arg)
{
    int good = pthread_getspecific(key) == NULL;

    pthread_setspecific(key, arg);
    pthread_setspecific(again, arg);
    return good && pthread_getspecific(key) == arg ? arg : NULL;
}

static void test_keys(void)
{
    static pthread_key_t many[PTHREAD_KEYS_MAX + 1];
    int value = 7, made = 0;

    CHECK_EQUAL("pthread_key_create", pthread_key_create(&key, destroy), 0);
    CHECK_EQUAL("  another one", pthread_key_create(&again, set_again), 0);
    CHECK("pthread_setspecific", end(begin(use_keys, &value)) == &value);
    CHECK_EQUAL("  the destructor has run", destroyed, 7);
    CHECK_EQUAL("  one that sets it again, so often", iterations, PTHREAD_DESTRUCTOR_ITERATIONS);
    CHECK("  own values stay apart", pthread_getspecific(key) == NULL);
    CHECK_EQUAL("pthread_key_delete", pthread_key_delete(again), 0);
    while (made <= PTHREAD_KEYS_MAX && pthread_key_create(&many[made], NULL) == 0) {
        made++;
    }
    CHECK("keys have an end", made > 0 && made < PTHREAD_KEYS_MAX);
    CHECK_EQUAL("  EAGAIN then", pthread_key_create(&again, NULL), EAGAIN);
    while (made > 0) {
        pthread_key_delete(many[--made]);
    }
    CHECK("  and can be had again",
          pthread_key_create(&again, NULL) == 0 && pthread_key_delete(again) == 0);
    pthread_key_delete(key);
}

static char order[8];

static void note(void *letter)
{
    strncat(order, letter, 1);
}

static void *clean_up(void *arg)
{
    pthread_cleanup_push(note, "a");
    pthread_cleanup_push(note, "b");
    pthread_cleanup_push(note, "c");
    pthread_cleanup_pop(0);
    pthread_cleanup_push(note, "d");
    pthread_cleanup_pop(1);
    pthread_exit(arg);
    pthread_cleanup_pop(0);
    pthread_cleanup_pop(0);
}

static int c11_thread(void *arg)
{
    return *(int *)arg + 1;
}

static void nothing(void)
{
}

void test_others(void)
{
    int x = 4, result = 0;
    thrd_t t;

    test_barrier(PTHREAD_PROCESS_PRIVATE);
    test_barrier(PTHREAD_PROCESS_SHARED);
    test_spin();
    test_once();
    test_keys();
    end(begin(clean_up, NULL));
    CHECK("cleanup handlers, the last one first", !strcmp(order, "dba"));
    CHECK_EQUAL("pthread_atfork", pthread_atfork(nothing, nothing, nothing), 0);
    CHECK("C11 threads", thrd_create(&t, c11_thread, &x) == thrd_success &&
                             thrd_join(t, &result) == thrd_success && result == 5);
}
