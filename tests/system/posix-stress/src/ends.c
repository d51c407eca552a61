/*
 * ends.c: threads that come and go, that are cancelled and that are terminated, at random moments.
 */
#include "stress.h"

#include <kos/thread.h>
#include <semaphore.h>

#define MAKERS  4
#define VICTIMS 6
#define BELOW   12 /* a priority below that of the first thread, which disturbs them */

/* ---- coming and going ---- */

static volatile int lived;

static void *live(void *arg)
{
    __atomic_fetch_add(&lived, 1, __ATOMIC_SEQ_CST);
    return arg;
}

static int make_joined(uint32_t *seed)
{
    pthread_t t;
    void *result = NULL;

    if (pthread_create(&t, NULL, live, seed)) {
        return 0;
    }
    if (next_random(seed) % 2) {
        sched_yield();
    }
    return pthread_join(t, &result) == 0 && result == seed;
}

static int make_detached(uint32_t *seed)
{
    pthread_t t;

    return pthread_create(&t, NULL, live, seed) == 0 && pthread_detach(t) == 0;
}

static void *make(void *arg)
{
    uint32_t seed = (uint32_t)(uintptr_t)arg + 2;
    int rounds = 200 * scale();
    intptr_t bad = 0;

    for (int i = 0; i < rounds; i++) {
        bad += !(i % 3 ? make_joined(&seed) : make_detached(&seed));
    }
    count_operations((unsigned)rounds);
    return (void *)bad;
}

/* ---- cancellation ---- */

static pthread_mutex_t mutex;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static sem_t sem;
static volatile int handled, not_held;

static void unlock(void *arg)
{
    (void)arg;
    not_held += pthread_mutex_unlock(&mutex) != 0;
}

static void note(void *arg)
{
    (void)arg;
    __atomic_fetch_add(&handled, 1, __ATOMIC_SEQ_CST);
}

static void wait_on_condition(int is_timed)
{
    struct timespec at = ahead(3000);

    pthread_mutex_lock(&mutex);
    pthread_cleanup_push(unlock, NULL);
    if (is_timed) {
        pthread_cond_timedwait(&cond, &mutex, &at);
    } else {
        pthread_cond_wait(&cond, &mutex);
    }
    pthread_cleanup_pop(1);
}

static void *be_cancelled(void *arg)
{
    uint32_t seed = (uint32_t)(uintptr_t)arg;
    struct timespec at;

    pthread_cleanup_push(note, NULL);
    for (;;) {
        switch (next_random(&seed) % 6) {
        case 0:
            pthread_mutex_lock(&mutex);
            pthread_mutex_unlock(&mutex);
            break;
        case 1:
            at = ahead(2000);
            sem_timedwait(&sem, &at);
            break;
        case 2:
            usleep(20);
            break;
        case 3:
            sem_wait(&sem);
            break;
        case 4:
            sched_yield();
            break;
        default:
            pause();
        }
    }
    pthread_cleanup_pop(0);
    return NULL;
}

static void *be_cancelled_waiting(void *arg)
{
    uint32_t seed = (uint32_t)(uintptr_t)arg;

    pthread_cleanup_push(note, NULL);
    for (;;) {
        wait_on_condition(next_random(&seed) % 2);
    }
    pthread_cleanup_pop(0);
    return NULL;
}

static void stress_cancel(const char *name, void *(*routine)(void *))
{
    int rounds = 100 * scale(), cancelled = 0, made = 0;
    uint32_t seed = 41;

    handled = not_held = 0;
    make_mutex(&mutex, PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED);
    for (int i = 0; i < rounds; i++) {
        pthread_t victims[VICTIMS];

        for (int n = 0; n < VICTIMS; n++) {
            uint32_t r = next_random(&seed);

            made += pthread_create(&victims[n], NULL, routine, (void *)(uintptr_t)r) == 0;
        }
        interfere(&seed);
        for (int n = 0; n < VICTIMS; n++) {
            pthread_cancel(victims[n]);
            interfere(&seed);
        }
        for (int n = 0; n < VICTIMS; n++) {
            cancelled += join_within(victims[n], 60) == PTHREAD_CANCELED;
        }
        if (cancelled != made) {
            break;
        }
    }
    count_operations((unsigned)made);
    CHECK_EQUAL(name, cancelled, rounds * VICTIMS);
    CHECK_EQUAL("  after their handlers", handled, cancelled);
    CHECK_EQUAL("  which have the mutex", not_held, 0);
    CHECK_EQUAL("  it is free", pthread_mutex_trylock(&mutex), 0);
    pthread_mutex_unlock(&mutex);
}

/* ---- termination: robust mutexes are handed on, whatever their owner was doing ---- */

static pthread_mutex_t robust;
static volatile int inside, stop, broken;
static volatile unsigned turns;

static void *lock_robust(void *arg)
{
    uint32_t seed = (uint32_t)(uintptr_t)arg;

    while (!stop) {
        struct timespec at = ahead(next_random(&seed) % 40000);
        int err = next_random(&seed) % 2 ? pthread_mutex_lock(&robust)
                                         : pthread_mutex_timedlock(&robust, &at);

        if (err == ETIMEDOUT) {
            continue;
        }
        if (err == EOWNERDEAD) {
            inside = 0;
            broken += pthread_mutex_consistent(&robust) != 0;
        } else if (err) {
            broken++;
            return NULL;
        }
        broken += inside++ != 0;
        turns++;
        for (volatile int i = 0; i < 20; i++) {
        }
        if (next_random(&seed) % 8 == 0) {
            sched_yield();
        }
        inside--;
        pthread_mutex_unlock(&robust);
    }
    return NULL;
}

static Tid tid_of(pthread_t t)
{
    return (Tid)((int *)t)[12]; /* at the place that libkos knows as well: tessera/thread_self.h */
}

static void stress_terminate(const char *name, int type, int protocol)
{
    int rounds = 150 * scale(), ended = 0, moves = 0;
    pthread_t threads[VICTIMS];
    uint32_t seed = 17;

    make_mutex(&robust, type, protocol, PTHREAD_MUTEX_ROBUST);
    inside = stop = broken = 0;
    for (int i = 0; i < VICTIMS; i++) {
        threads[i] = begin_at(BELOW, lock_robust, (void *)(uintptr_t)(i + 1));
    }
    for (int i = 0; i < rounds; i++) {
        int n = (int)(next_random(&seed) % VICTIMS);
        unsigned before = turns;

        core_sleep_ns(next_random(&seed) % 150000);
        if (KosThreadTerminate(tid_of(threads[n]), 0) == rcOk) {
            join_within(threads[n], 60);
            threads[n] = begin_at(BELOW, lock_robust, (void *)(uintptr_t)next_random(&seed));
        }
        for (int wait = 0; turns == before && wait < 20000; wait++) {
            core_sleep_ns(100000);
        }
        moves += turns != before; /* else the mutex is stuck */
    }
    stop = 1;
    for (int i = 0; i < VICTIMS; i++) {
        ended += join_within(threads[i], 60) == NULL;
    }
    count_operations(turns);
    CHECK_EQUAL(name, moves, rounds);
    CHECK_EQUAL("  all end", ended, VICTIMS);
    CHECK_EQUAL("  nothing is broken", broken, 0);
}

void stress_ends(void)
{
    run("threads that are made and end", make, MAKERS, 0);
    for (int i = 0; lived < MAKERS * 200 * scale() && i < 10000; i++) {
        core_sleep_ns(1000000);
    }
    CHECK_EQUAL("  all have lived", lived, MAKERS * 200 * scale());
    sem_init(&sem, 0, 0);
    stress_cancel("cancelled wherever they are", be_cancelled);
    stress_cancel("cancelled while they wait for a condition", be_cancelled_waiting);
    stress_terminate("owners are terminated", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE);
    stress_terminate("  of a recursive mutex", PTHREAD_MUTEX_RECURSIVE, PTHREAD_PRIO_NONE);
    stress_terminate("  of an inheriting one", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT);
}
