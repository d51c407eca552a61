/*
 * cancel.c: how cancellation acts: state and type, handlers, waits that are none of its points, and that
 * no request is lost between a check and a wait. Each single point: points.c.
 */
#include "suite.h"

#include <semaphore.h>

static int handled;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static sem_t sem;
static volatile Tid tid;
static volatile int stage, result;

static void handle(void *arg)
{
    handled += *(int *)arg;
}

static void wait_stage(int wanted)
{
    while (stage != wanted) {
        KosThreadSleep(1);
    }
}

static void test_functions(void)
{
    int old = -1;

    CHECK("pthread_setcancelstate", pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, &old) == 0 &&
                                        old == PTHREAD_CANCEL_ENABLE);
    CHECK_EQUAL("  no state", pthread_setcancelstate(7, &old), EINVAL);
    CHECK("  back", pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, &old) == 0 &&
                        old == PTHREAD_CANCEL_DISABLE);
    CHECK("pthread_setcanceltype", pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, &old) == 0 &&
                                       old == PTHREAD_CANCEL_DEFERRED);
    CHECK_EQUAL("  no type", pthread_setcanceltype(7, &old), EINVAL);
    CHECK("  back", pthread_setcanceltype(PTHREAD_CANCEL_DEFERRED, &old) == 0 &&
                        old == PTHREAD_CANCEL_ASYNCHRONOUS);
    pthread_testcancel();
    CHECK("pthread_testcancel without a request", 1);
}

/* ---- cancellation is off ---- */

static void *disabled(void *arg)
{
    struct timespec ts = { .tv_nsec = 20 * MS };
    int weight = 1;

    (void)arg;
    pthread_cleanup_push(handle, &weight);
    pthread_setcancelstate(PTHREAD_CANCEL_DISABLE, NULL);
    tid = KosThreadCurrentId();
    result = nanosleep(&ts, NULL);
    stage = 1;
    while (sem_wait(&sem)) {
    }
    stage = 2;
    pthread_setcancelstate(PTHREAD_CANCEL_ENABLE, NULL);
    stage = 3; /* no cancellation point up to here */
    sem_wait(&sem);
    stage = 4;
    pthread_cleanup_pop(0);
    return NULL;
}

static void test_disabled(void)
{
    pthread_t t;

    handled = stage = tid = 0;
    t = begin(disabled, NULL);
    wait_blocked(&tid);
    CHECK_EQUAL("pthread_cancel", pthread_cancel(t), 0);
    CHECK_EQUAL("  twice", pthread_cancel(t), 0);
    wait_stage(1);
    CHECK_EQUAL("cancellation is off: a sleep goes on", result, 0);
    wait_blocked(&tid);
    CHECK_EQUAL("  a semaphore is waited for", stage, 1);
    sem_post(&sem);
    CHECK("  it acts at the next point after it is on again",
          end(t) == PTHREAD_CANCELED && stage == 3);
    CHECK_EQUAL("  the handler has run", handled, 1);
}

/* ---- waits that are no cancellation points ---- */

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;

static void *wait_for_others(void *arg)
{
    (void)arg;
    tid = KosThreadCurrentId();
    pthread_mutex_lock(&mutex);
    stage = 1;
    pthread_mutex_unlock(&mutex);
    pthread_rwlock_rdlock(&rwlock);
    stage = 2;
    pthread_rwlock_unlock(&rwlock);
    pthread_barrier_wait(&barrier);
    stage = 3;
    pthread_testcancel();
    stage = 4;
    return NULL;
}

static void test_no_points(void)
{
    pthread_t t;

    stage = tid = 0;
    pthread_barrier_init(&barrier, NULL, 2);
    pthread_mutex_lock(&mutex);
    pthread_rwlock_wrlock(&rwlock);
    t = begin(wait_for_others, NULL);
    wait_blocked(&tid);
    pthread_cancel(t);
    KosThreadSleep(3);
    CHECK_EQUAL("who waits for a mutex is not cancelled", stage, 0);
    pthread_mutex_unlock(&mutex);
    wait_stage(1);
    KosThreadSleep(3);
    CHECK_EQUAL("  nor who waits for a read-write lock", stage, 1);
    pthread_rwlock_unlock(&rwlock);
    wait_stage(2);
    KosThreadSleep(3);
    CHECK_EQUAL("  nor who waits at a barrier", stage, 2);
    pthread_barrier_wait(&barrier);
    CHECK("  but at the next point", end(t) == PTHREAD_CANCELED && stage == 3);
}

/* ---- condition variables: the mutex is held in the handlers ---- */

static void check_held(void *arg)
{
    *(int *)arg = pthread_mutex_unlock(&mutex) == 0;
}

static void *wait_held(void *arg)
{
    pthread_mutex_lock(&mutex);
    pthread_cleanup_push(check_held, arg);
    tid = KosThreadCurrentId();
    while (stage == 0) {
        pthread_cond_wait(&cond, &mutex);
    }
    pthread_cleanup_pop(1);
    return NULL;
}

static void test_cond_cancel(void)
{
    pthread_t t;
    int held = 0;

    make_mutex(&mutex, PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED);
    stage = tid = 0;
    t = begin(wait_held, &held);
    wait_blocked(&tid);
    pthread_mutex_lock(&mutex);
    pthread_cancel(t);
    KosThreadSleep(3);
    CHECK("pthread_cond_wait takes the mutex before it acts", pthread_tryjoin_np(t, NULL) == EBUSY);
    pthread_mutex_unlock(&mutex);
    CHECK("  then it acts", end(t) == PTHREAD_CANCELED);
    CHECK("  the handler had the mutex", held);
    pthread_mutex_init(&mutex, NULL);
}

/* A signal and a cancellation at once: either the signal is used by the thread, which goes on, or it
 * stays for another one. */
static int tokens, used;

static void unlock(void *arg)
{
    pthread_mutex_unlock(arg);
}

static void *use_token(void *arg)
{
    pthread_mutex_lock(&mutex);
    pthread_cleanup_push(unlock, &mutex);
    tid = KosThreadCurrentId();
    while (tokens == 0) {
        pthread_cond_wait(&cond, &mutex);
    }
    tokens--;
    used++;
    pthread_cleanup_pop(1);
    return arg;
}

static void test_signal_or_cancel(void)
{
    int rounds = 300, ended = 0, both = 0;

    used = tokens = 0;
    for (int i = 0; i < rounds; i++) {
        pthread_t victim, other;

        tid = 0;
        victim = begin(use_token, NULL);
        if (i % 3) {
            wait_blocked(&tid);
        }
        other = begin(use_token, NULL);
        pthread_mutex_lock(&mutex);
        tokens++;
        pthread_cond_signal(&cond);
        if (i % 2) {
            pthread_mutex_unlock(&mutex);
        }
        pthread_cancel(victim);
        if (i % 2 == 0) {
            pthread_mutex_unlock(&mutex);
        }
        if (end(victim) != PTHREAD_CANCELED) { /* it used the token: one more for the other */
            both++;
            pthread_mutex_lock(&mutex);
            tokens++;
            pthread_cond_signal(&cond);
            pthread_mutex_unlock(&mutex);
        }
        ended += end(other) == NULL;
    }
    CHECK_EQUAL("a signal is not lost in one who is cancelled", ended, rounds);
    CHECK_EQUAL("  each was used once", used, rounds + both);
}

/* ---- nothing is lost between the check and the wait ---- */

static void *sleep_for_ever(void *arg)
{
    stage++;
    switch ((uintptr_t)arg % 4) {
    case 0:
        sem_wait(&sem);
        break;
    case 1:
        pause();
        break;
    case 2:
        pthread_mutex_lock(&mutex);
        pthread_cleanup_push(unlock, &mutex);
        for (;;) {
            pthread_cond_wait(&cond, &mutex);
        }
        pthread_cleanup_pop(1);
        break;
    default:
        for (;;) {
            usleep(100000);
        }
    }
    return NULL;
}

static void test_race(void)
{
    int rounds = 1000, cancelled = 0;

    for (int i = 0; i < rounds; i++) {
        pthread_t t;

        stage = 0;
        t = begin(sleep_for_ever, (void *)(uintptr_t)i);
        for (int n = 0; n < i % 50 && stage == 0; n++) {
            sched_yield();
        }
        for (volatile int n = 0; n < i * 37 % 3000; n++) { /* somewhere between check and wait */
        }
        pthread_cancel(t);
        cancelled += end(t) == PTHREAD_CANCELED;
    }
    CHECK_EQUAL("a request at any moment acts", cancelled, rounds);
}

/* ---- the asynchronous type ---- */

static void *async_mutex(void *arg)
{
    (void)arg;
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    tid = KosThreadCurrentId();
    pthread_mutex_lock(&mutex);
    return NULL;
}

static void *async_yield(void *arg)
{
    (void)arg;
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    stage = 1;
    for (;;) {
        sched_yield();
    }
}

static void *async_self(void *arg)
{
    (void)arg;
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    pthread_cancel(pthread_self());
    stage = 2;
    return NULL;
}

static void *deferred_self(void *arg)
{
    (void)arg;
    pthread_cancel(pthread_self());
    stage = 2;
    pthread_setcanceltype(PTHREAD_CANCEL_ASYNCHRONOUS, NULL);
    stage = 3;
    return NULL;
}

static void test_async(void)
{
    pthread_t t;

    stage = tid = 0;
    pthread_mutex_lock(&mutex);
    t = begin(async_mutex, NULL);
    wait_blocked(&tid);
    pthread_cancel(t);
    CHECK("asynchronous: who waits for a mutex ends", end(t) == PTHREAD_CANCELED);
    pthread_mutex_unlock(&mutex);
    t = begin(async_yield, NULL);
    wait_stage(1);
    pthread_cancel(t);
    CHECK("  who yields", end(t) == PTHREAD_CANCELED);
    stage = 0;
    CHECK("  oneself", end(begin(async_self, NULL)) == PTHREAD_CANCELED && stage == 0);
    CHECK("deferred: oneself later", end(begin(deferred_self, NULL)) == PTHREAD_CANCELED &&
                                         stage == 2);
}

/* ---- what runs at the end ---- */

static pthread_key_t key;

static void note_end(void *value)
{
    struct timespec ts = { .tv_nsec = MS };

    result = nanosleep(&ts, NULL); /* a cancellation point, but that is over */
    stage = *(int *)value;
}

static void *with_key(void *arg)
{
    pthread_setspecific(key, arg);
    tid = KosThreadCurrentId();
    pause();
    return NULL;
}

void test_cancel(void)
{
    int value = 77;
    pthread_t t;

    sem_init(&sem, 0, 0);
    test_functions();
    test_disabled();
    test_no_points();
    test_cond_cancel();
    test_signal_or_cancel();
    test_race();
    test_async();
    pthread_key_create(&key, note_end);
    stage = tid = 0;
    t = begin(with_key, &value);
    wait_blocked(&tid);
    pthread_cancel(t);
    CHECK("destructors of keys run", end(t) == PTHREAD_CANCELED && stage == 77);
    CHECK_EQUAL("  undisturbed", result, 0);
    pthread_key_delete(key);
    t = begin(sleep_for_ever, (void *)1);
    pthread_cancel(t);
    while (pthread_tryjoin_np(t, NULL)) {
        pthread_cancel(t); /* again and again */
    }
    CHECK("cancelled again and again", 1);
}
