/*
 * locks.c: mutexes of each kind, read-write locks and barriers: nobody is inside with somebody else.
 */
#include "stress.h"

#define THREADS 6
#define ROUNDS  (1500 * scale())

static pthread_mutex_t mutex;
static volatile int inside, total;

static void lock(int i, uint32_t *seed)
{
    struct timespec at;

    switch (i % 4) {
    case 0:
        if (pthread_mutex_trylock(&mutex) != 0) {
            pthread_mutex_lock(&mutex);
        }
        break;
    case 1:
        do {
            at = ahead(next_random(seed) % 300000);
        } while (pthread_mutex_timedlock(&mutex, &at));
        break;
    default:
        pthread_mutex_lock(&mutex);
    }
}

static void *lock_and_count(void *arg)
{
    uint32_t seed = (uint32_t)(uintptr_t)arg + 1;
    intptr_t broken = 0;

    for (int i = 0; i < ROUNDS; i++) {
        lock(i, &seed);
        broken += inside++ != 0;
        total++;
        interfere(&seed);
        inside--;
        broken += pthread_mutex_unlock(&mutex) != 0;
    }
    count_operations((unsigned)ROUNDS);
    return (void *)broken;
}

static void stress_mutex(int type, int protocol, int robust)
{
    char name[80];

    snprintf(name, sizeof name, "mutex of type %d%s%s", type, protocol ? ", inheriting" : "",
             robust ? ", robust" : "");
    make_mutex(&mutex, type, protocol, robust);
    for (int is_mixed = 0; is_mixed < 2; is_mixed++) {
        inside = total = 0;
        run(name, lock_and_count, THREADS, is_mixed);
        CHECK_EQUAL("  all were counted", total, THREADS * ROUNDS);
    }
}

/* ---- a read-write lock ---- */

static pthread_rwlock_t rwlock = PTHREAD_RWLOCK_INITIALIZER;
static volatile int readers, writers;
static volatile uint32_t left_half, right_half;

static void *read_and_write(void *arg)
{
    uint32_t seed = (uint32_t)(uintptr_t)arg + 77;
    intptr_t broken = 0;

    for (int i = 0; i < ROUNDS; i++) {
        if (next_random(&seed) % 4 == 0) {
            struct timespec at = ahead(next_random(&seed) % 300000);

            if (i % 2 || pthread_rwlock_timedwrlock(&rwlock, &at)) {
                pthread_rwlock_wrlock(&rwlock);
            }
            broken += writers++ != 0 || readers != 0;
            left_half++;
            interfere(&seed);
            right_half++;
            writers--;
        } else {
            pthread_rwlock_rdlock(&rwlock);
            __atomic_fetch_add(&readers, 1, __ATOMIC_SEQ_CST);
            broken += writers != 0 || left_half != right_half;
            interfere(&seed);
            __atomic_fetch_sub(&readers, 1, __ATOMIC_SEQ_CST);
        }
        pthread_rwlock_unlock(&rwlock);
    }
    count_operations((unsigned)ROUNDS);
    return (void *)broken;
}

/* ---- a barrier ---- */

static pthread_barrier_t barrier;
static volatile int phase_of[THREADS];

static void *meet(void *arg)
{
    int self = (int)(intptr_t)arg;
    uint32_t seed = (uint32_t)self + 5;
    intptr_t broken = 0;

    for (int i = 1; i <= ROUNDS / 4; i++) {
        phase_of[self] = i;
        interfere(&seed);
        pthread_barrier_wait(&barrier);
        for (int n = 0; n < THREADS; n++) {
            broken += phase_of[n] != i;
        }
        pthread_barrier_wait(&barrier);
    }
    count_operations((unsigned)ROUNDS / 2);
    return (void *)broken;
}

void stress_locks(void)
{
    for (int type = 0; type < 3; type++) {
        stress_mutex(type, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_STALLED);
        stress_mutex(type, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_STALLED);
    }
    stress_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, PTHREAD_MUTEX_ROBUST);
    stress_mutex(PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT, PTHREAD_MUTEX_ROBUST);
    run("readers and writers", read_and_write, THREADS, 0);
    run("readers and writers of different priorities", read_and_write, THREADS, 1);
    pthread_barrier_init(&barrier, NULL, THREADS);
    run("a barrier", meet, THREADS, 0);
}
