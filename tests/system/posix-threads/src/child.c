/*
 * child.c: a process that ends while its threads hold and want locks of POSIX. Its argument says how.
 */
#include <coresrv/thread/thread_api.h>
#include <errno.h>
#include <kos/thread.h>
#include <pthread.h>
#include <semaphore.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#define KINDS   7
#define CEILING 17 /* as in dying.c */

static pthread_mutex_t inheriting, robust, both;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static pthread_barrier_t barrier;
static sem_t sem;

static void make(pthread_mutex_t *m, int protocol, int robustness)
{
    pthread_mutexattr_t attr;

    pthread_mutexattr_init(&attr);
    pthread_mutexattr_setprotocol(&attr, protocol);
    pthread_mutexattr_setrobust(&attr, robustness);
    pthread_mutex_init(m, &attr);
}

static void *be_busy(void *arg)
{
    pthread_mutex_t own;

    make(&own, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_ROBUST);
    pthread_mutex_lock(&own);
    switch ((uintptr_t)arg % KINDS) {
    case 0: /* holds the one, waits for the other */
        pthread_mutex_lock(&robust);
        pthread_mutex_lock(&inheriting);
        break;
    case 1:
        pthread_mutex_lock(&both);
        break;
    case 2:
        pthread_cond_wait(&cond, &own);
        break;
    case 3:
        pthread_rwlock_rdlock(&rwlock);
        break;
    case 4:
        pthread_barrier_wait(&barrier);
        break;
    case 5:
        sem_wait(&sem);
        break;
    default:
        pause();
    }
    return NULL;
}

/* With the first thread gone the last one ends the process, with status zero. */
static void *end_alone(void *main_thread)
{
    void *result = NULL;
    int good = pthread_join(*(pthread_t *)main_thread, &result) == 0 && result == (void *)4;

    printf("%s the first thread is joined\n", good ? "ok" : "FAIL");
    return NULL;
}

static int without_main(void)
{
    static pthread_t self;
    pthread_t t;

    self = pthread_self();
    pthread_create(&t, NULL, end_alone, &self);
    pthread_detach(t);
    pthread_exit((void *)4);
}

static int nothing(void *context)
{
    (void)context;
    return 0;
}

/* The process may not go above a priority; how many ways refused. */
static int stay_below(void)
{
    struct sched_param p = { .sched_priority = CEILING + 1 };

    return (KnThreadSetPriority(KosThreadCurrentId(), CEILING + 1) == rcSecurityDisallow) +
           (KnThreadSetPriority(KosThreadCurrentId(), CEILING) == rcOk) +
           (pthread_setschedprio(pthread_self(), CEILING + 1) == EPERM) +
           (pthread_setschedparam(pthread_self(), SCHED_RR, &p) == EPERM) +
           (KosThreadCreate(NULL, CEILING + 1, 0, nothing, NULL, 0) == rcOutOfMemory);
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    pthread_t t;

    if (!strcmp(mode, "ceiling")) {
        return stay_below();
    }
    if (!strcmp(mode, "exit")) {
        return without_main();
    }
    make(&inheriting, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_STALLED);
    make(&robust, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_ROBUST);
    make(&both, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_ROBUST);
    pthread_barrier_init(&barrier, NULL, 100);
    sem_init(&sem, 0, 0);
    pthread_mutex_lock(&inheriting);
    pthread_mutex_lock(&both);
    pthread_rwlock_wrlock(&rwlock);
    for (uintptr_t i = 0; i < 2 * KINDS; i++) {
        pthread_create(&t, NULL, be_busy, (void *)i);
    }
    if (!strcmp(mode, "end")) {
        KosThreadSleep(3);
        return 7;
    }
    if (!strcmp(mode, "fault")) {
        KosThreadSleep(3);
        *(volatile char *)16 = 1;
    }
    pause();
    return 0;
}
