/*
 * posix.c: pthread and thread-local storage, and what KosThreadCreate's threads share with them.
 */
#include "suite.h"

#include <errno.h>
#include <pthread.h>
#include <semaphore.h>
#include <stdlib.h>

#define WORKERS 8
#define ROUNDS  300

static _Thread_local int initialised = 11, zero;
static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static int shared, stage;

static void *use_tls(void *context)
{
    int good = initialised == 11 && zero == 0;

    initialised = zero = (int)(uintptr_t)context;
    for (int i = 0; i < 5; i++) {
        KosThreadSleep(1);
        good &= initialised == (int)(uintptr_t)context && zero == initialised;
    }
    return (void *)(uintptr_t)good;
}

static void test_tls(void)
{
    pthread_t threads[WORKERS];
    void *result;
    int good = 1;

    for (int i = 0; i < WORKERS; i++) {
        good &= pthread_create(&threads[i], NULL, use_tls, (void *)(uintptr_t)(100 + i)) == 0;
    }
    for (int i = 0; i < WORKERS; i++) {
        good &= pthread_join(threads[i], &result) == 0 && result;
    }
    CHECK("each thread has its own variables", good && initialised == 11 && zero == 0);
}

static void *use_mutex(void *context)
{
    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&mutex);
        int seen = shared;
        if (i % 16 == 0) {
            KosThreadYield();
        }
        shared = seen + 1;
        pthread_mutex_unlock(&mutex);
    }
    return context;
}

static int use_mutex_kos(void *context)
{
    use_mutex(NULL);
    *(volatile int *)context = 1;
    return 0;
}

static void test_mutex(void)
{
    pthread_t threads[WORKERS];
    volatile int is_done = 0;
    Tid tid;

    for (int i = 0; i < WORKERS; i++) {
        pthread_create(&threads[i], NULL, use_mutex, NULL);
    }
    KosThreadCreate(&tid, 15, 0, use_mutex_kos, (void *)(uintptr_t)&is_done, 0);
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
    }
    wait_flag(&is_done);
    CHECK_EQUAL("a mutex, both kinds of threads", shared, (WORKERS + 1) * ROUNDS);
}

static void *use_cond(void *context)
{
    int mine = (int)(uintptr_t)context;

    pthread_mutex_lock(&mutex);
    while (stage != mine) {
        pthread_cond_wait(&cond, &mutex);
    }
    stage++;
    pthread_cond_broadcast(&cond);
    pthread_mutex_unlock(&mutex);
    return NULL;
}

static void test_cond(void)
{
    pthread_t threads[WORKERS];
    struct timespec deadline;

    for (int i = WORKERS - 1; i >= 0; i--) {
        pthread_create(&threads[i], NULL, use_cond, (void *)(uintptr_t)i);
    }
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], NULL);
    }
    CHECK_EQUAL("a condition hands on in order", stage, WORKERS);
    clock_gettime(CLOCK_REALTIME, &deadline);
    deadline.tv_nsec += 20000000;
    if (deadline.tv_nsec >= 1000000000) {
        deadline.tv_nsec -= 1000000000;
        deadline.tv_sec++;
    }
    pthread_mutex_lock(&mutex);
    CHECK_EQUAL("a condition that never comes", pthread_cond_timedwait(&cond, &mutex, &deadline),
                ETIMEDOUT);
    pthread_mutex_unlock(&mutex);
}

static void *post(void *context)
{
    KosThreadSleep(5);
    sem_post(context);
    return NULL;
}

static void *use_heap(void *context)
{
    int good = 1;

    for (int i = 0; i < 200; i++) {
        size_t size = (size_t)(1 + i * 37 % 5000);
        unsigned char *p = malloc(size);

        if (!p) {
            return NULL;
        }
        memset(p, (int)(uintptr_t)context, size);
        KosThreadYield();
        good &= p[0] == (unsigned char)(uintptr_t)context && p[size - 1] == p[0];
        free(p);
    }
    return (void *)(uintptr_t)good;
}

static void test_rest(void)
{
    pthread_t threads[WORKERS];
    pthread_attr_t attr;
    sem_t semaphore;
    void *result;
    int good = 1;

    sem_init(&semaphore, 0, 0);
    pthread_create(&threads[0], NULL, post, &semaphore);
    CHECK_EQUAL("a semaphore", sem_wait(&semaphore), 0);
    pthread_join(threads[0], NULL);
    for (int i = 0; i < WORKERS; i++) {
        pthread_create(&threads[i], NULL, use_heap, (void *)(uintptr_t)(i + 1));
    }
    for (int i = 0; i < WORKERS; i++) {
        pthread_join(threads[i], &result);
        good &= result != NULL;
    }
    CHECK("the heap of several threads", good);
    pthread_attr_init(&attr);
    pthread_attr_setstacksize(&attr, 1u << 20);
    CHECK_EQUAL("a stack of 1 MiB", pthread_create(&threads[0], &attr, use_heap, (void *)1), 0);
    pthread_join(threads[0], NULL);
    errno = 0;
}

void test_posix(void)
{
    test_tls();
    test_mutex();
    test_cond();
    test_rest();
}
