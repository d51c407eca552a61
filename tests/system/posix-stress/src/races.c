/*
 * races.c: timeouts against wake-ups: what is handed out is either taken or still there, and nobody
 * sleeps beside it.
 */
#include "stress.h"

#include <semaphore.h>

#define THREADS 6 /* half of them give */
#define ROUNDS  (2000 * scale())

static pthread_mutex_t mutex = PTHREAD_MUTEX_INITIALIZER;
static pthread_cond_t cond = PTHREAD_COND_INITIALIZER;
static sem_t sem;
static int tokens;
static volatile int given, taken, givers;

/* Short enough to be over in the middle of everything. */
static struct timespec soon(uint32_t *seed)
{
    return ahead(next_random(seed) % 120000);
}

static int take_token(uint32_t *seed)
{
    struct timespec at = soon(seed);
    int err = 0, has_it;

    pthread_mutex_lock(&mutex);
    while (tokens == 0 && err == 0) {
        err = pthread_cond_timedwait(&cond, &mutex, &at);
    }
    has_it = tokens > 0;
    tokens -= has_it;
    pthread_mutex_unlock(&mutex);
    return has_it;
}

static void give_token(void)
{
    pthread_mutex_lock(&mutex);
    tokens++;
    pthread_cond_signal(&cond);
    pthread_mutex_unlock(&mutex);
}

static int take_unit(uint32_t *seed)
{
    struct timespec at = soon(seed);

    return sem_timedwait(&sem, &at) == 0;
}

static void give_unit(void)
{
    sem_post(&sem);
}

static int (*take)(uint32_t *);
static void (*give)(void);

/* Half of the threads give so many; the others take until all that was given is theirs. */
static void *race(void *arg)
{
    uint32_t seed = (uint32_t)(uintptr_t)arg + 3;
    unsigned done = 0;

    if ((uintptr_t)arg % 2) {
        for (; done < (unsigned)ROUNDS; done++) {
            __atomic_fetch_add(&given, 1, __ATOMIC_SEQ_CST);
            give();
            interfere(&seed);
        }
        __atomic_fetch_sub(&givers, 1, __ATOMIC_SEQ_CST);
    } else {
        while (givers || taken < given) {
            if (take(&seed)) {
                __atomic_fetch_add(&taken, 1, __ATOMIC_SEQ_CST);
            }
            done++;
        }
    }
    count_operations(done);
    return NULL;
}

static void stress_race(const char *name, int is_mixed)
{
    given = taken = tokens = 0;
    givers = THREADS / 2;
    run(name, race, THREADS, is_mixed);
    CHECK_EQUAL("  all that was given was taken", taken, THREADS / 2 * ROUNDS);
}

/* ---- two threads take turns; each turn may also end by its time ---- */

static volatile int turn;

static void *take_turns(void *arg)
{
    int self = (int)(intptr_t)arg;
    uint32_t seed = (uint32_t)self + 8;

    for (int i = 0; i < ROUNDS; i++) {
        pthread_mutex_lock(&mutex);
        while (turn != self) {
            struct timespec at = soon(&seed);

            if (i % 2) {
                pthread_cond_timedwait(&cond, &mutex, &at);
            } else {
                pthread_cond_wait(&cond, &mutex);
            }
        }
        turn = !self;
        pthread_cond_signal(&cond);
        pthread_mutex_unlock(&mutex);
    }
    count_operations((unsigned)ROUNDS);
    return NULL;
}

void stress_races(void)
{
    take = take_token;
    give = give_token;
    stress_race("condition: timeouts against signals", 0);
    stress_race("  of different priorities", 1);
    sem_init(&sem, 0, 0);
    take = take_unit;
    give = give_unit;
    stress_race("semaphore: timeouts against posts", 0);
    stress_race("  of different priorities", 1);
    turn = 0;
    run("two threads take turns", take_turns, 2, 0);
}
