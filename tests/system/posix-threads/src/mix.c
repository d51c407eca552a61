/*
 * mix.c: libkos and POSIX in the same threads, whoever made them.
 */
#include "suite.h"

#include <kos/condvar.h>
#include <kos/mutex.h>
#include <kos/semaphore.h>
#include <semaphore.h>

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static KosMutex kos_mutex = KOS_MUTEX_INITIALIZER;
static KosCondvar kos_cond = KOS_CONDVAR_INITIALIZER;
static pthread_key_t key;
static volatile Tid tid;
static volatile int stage, destroyed;
static pthread_t self_of;

static void destroy(void *value)
{
    destroyed += *(int *)value;
}

/* ---- POSIX in a thread of libkos ---- */

static int use_posix(void *context)
{
    int good = errno == 0 && pthread_getspecific(key) == NULL;

    errno = 33;
    self_of = pthread_self();
    pthread_setspecific(key, context);
    good &= pthread_getspecific(key) == context;
    pthread_mutex_lock(&mutex);
    while (stage == 0) {
        pthread_cond_wait(&cond, &mutex);
    }
    pthread_mutex_unlock(&mutex);
    return good && errno == 33 ? 5 : 6;
}

static void handle(void *arg)
{
    stage = *(int *)arg;
}

static int wait_cancelled(void *context)
{
    pthread_cleanup_push(handle, context);
    self_of = pthread_self();
    tid = KosThreadCurrentId();
    pause();
    pthread_cleanup_pop(0);
    return 1;
}

static int exit_posix(void *context)
{
    (void)context;
    pthread_exit(NULL);
}

static void test_kos_threads(void)
{
    Tid t = 0;
    rtl_int32_t code = -1;
    int value = 3, policy = -1;
    struct sched_param p;

    pthread_key_create(&key, destroy);
    errno = 0;
    KosThreadCreate(&t, 12, 65536, use_posix, &value, 0);
    pthread_mutex_lock(&mutex);
    stage = 1;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&mutex);
    CHECK("POSIX functions in a thread of libkos",
          KosThreadWaitEx(t, 10000, &code) == rcOk && code == 5);
    CHECK_EQUAL("  destructors of its keys have run", destroyed, 3);
    CHECK_EQUAL("  errno is each thread's", errno, 0);
    stage = tid = 0;
    KosThreadCreate(&t, 12, 65536, wait_cancelled, &value, 0);
    wait_blocked(&tid);
    CHECK_EQUAL("  it is not joined", pthread_join(self_of, NULL), EINVAL);
    CHECK_EQUAL("  nor detached again", pthread_detach(self_of), EINVAL);
    CHECK("  its scheduling", pthread_getschedparam(self_of, &policy, &p) == 0 &&
                                  policy == SCHED_RR && p.sched_priority == 12);
    CHECK_EQUAL("  pthread_cancel", pthread_cancel(self_of), 0);
    CHECK("  it ends, after its handlers", KosThreadWait(t, 10000) == rcOk && stage == 3);
    KosThreadCreate(&t, 12, 65536, exit_posix, NULL, 0);
    CHECK("  pthread_exit", KosThreadWaitEx(t, 10000, &code) == rcOk && code == 0);
    pthread_key_delete(key);
}

/* ---- libkos in a thread of POSIX ---- */

static void *use_kos(void *arg)
{
    int good = KosThreadTlsGet() == NULL;
    void *low;
    rtl_uint32_t size;

    KosThreadTlsSet(arg);
    tid = KosThreadCurrentId();
    KosMutexLock(&kos_mutex);
    while (stage == 0) {
        KosCondvarWait(&kos_cond, &kos_mutex);
    }
    KosMutexUnlock(&kos_mutex);
    low = KosThreadGetStack(tid, &size);
    good &= (char *)&good > (char *)low && (char *)&good < (char *)low + size;
    return good && KosThreadTlsGet() == arg ? arg : NULL;
}

static void *exit_kos(void *arg)
{
    (void)arg;
    KosThreadExit(9);
}

static void *sleep_kos(void *arg)
{
    tid = KosThreadCurrentId();
    stage = KosThreadSleep(3600000) == rcIpcInterrupt ? 8 : 9;
    pthread_testcancel();
    return arg;
}

static void *lock_kos(void *arg)
{
    tid = KosThreadCurrentId();
    KosMutexLock(&kos_mutex);
    stage = 4;
    KosMutexUnlock(&kos_mutex);
    pthread_testcancel();
    return arg;
}

static void *forever(void *arg)
{
    tid = KosThreadCurrentId();
    for (;;) {
        pause();
    }
    return arg;
}

static void test_posix_threads(void)
{
    pthread_t t;
    int x;

    stage = tid = 0;
    t = begin(use_kos, &x);
    wait_blocked(&tid);
    KosMutexLock(&kos_mutex);
    stage = 1;
    KosCondvarSignal(&kos_cond);
    KosMutexUnlock(&kos_mutex);
    CHECK("libkos in a thread of POSIX", end(t) == &x);
    CHECK("  KosThreadExit", end(begin(exit_kos, NULL)) == NULL);
    tid = 0;
    t = begin(sleep_kos, NULL);
    wait_blocked(&tid);
    pthread_cancel(t);
    CHECK("  KosThreadSleep is told of a cancellation, which acts at the next point",
          end(t) == PTHREAD_CANCELED && stage == 8);
    tid = 0;
    KosMutexLock(&kos_mutex);
    t = begin(lock_kos, NULL);
    wait_blocked(&tid);
    pthread_cancel(t);
    KosThreadSleep(3);
    CHECK_EQUAL("  KosMutexLock goes on", stage, 8);
    KosMutexUnlock(&kos_mutex);
    CHECK("  until it has the mutex", end(t) == PTHREAD_CANCELED && stage == 4);
    tid = 0;
    t = begin(forever, NULL);
    wait_blocked(&tid);
    CHECK_RC("  KosThreadTerminate", KosThreadTerminate(tid, 3), rcOk);
    CHECK("  it counts as cancelled", end(t) == PTHREAD_CANCELED);
}

/* ---- an alert that is not a cancellation ---- */

static void *sleep_alerted(void *arg)
{
    struct timespec ts = { .tv_nsec = 30000000 };

    tid = KosThreadCurrentId();
    stage = nanosleep(&ts, arg) == 0;
    return NULL;
}

static sem_t sem;

static void *wait_alerted(void *arg)
{
    tid = KosThreadCurrentId();
    stage = sem_wait(&sem) == 0;
    return arg;
}

static void test_alerts(void)
{
    pthread_t t;

    stage = tid = 0;
    t = begin(sleep_alerted, NULL);
    wait_blocked(&tid);
    CHECK_RC("KnThreadAlert", KnThreadAlert(INVALID_HANDLE, tid), rcOk);
    end(t);
    CHECK_EQUAL("  ends no sleep of the C library", stage, 1);
    sem_init(&sem, 0, 0);
    stage = tid = 0;
    t = begin(wait_alerted, NULL);
    wait_blocked(&tid);
    KnThreadAlert(INVALID_HANDLE, tid);
    KosThreadSleep(3);
    CHECK_EQUAL("  nor a wait for a semaphore", pthread_tryjoin_np(t, NULL), EBUSY);
    sem_post(&sem);
    end(t);
    CHECK_EQUAL("  which goes on", stage, 1);
}

void test_mix(void)
{
    test_kos_threads();
    test_posix_threads();
    test_alerts();
}
