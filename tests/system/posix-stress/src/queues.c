/*
 * queues.c: producers and consumers, with conditions and with semaphores; storms of signals and
 * broadcasts.
 */
#include "stress.h"

#include <semaphore.h>

#define THREADS 6 /* half of them produce */
#define ROUNDS  (2000 * scale())
#define SLOTS   4

static pthread_mutex_t mutex;
static pthread_cond_t not_full = PTHREAD_COND_INITIALIZER, not_empty = PTHREAD_COND_INITIALIZER;
static uint32_t slots[SLOTS];
static unsigned head, tail;
static uint64_t produced, consumed;
static sem_t items, places;

static void *through_conditions(void *arg)
{
    uint32_t seed = (uint32_t)(uintptr_t)arg + 9;
    int is_producer = (uintptr_t)arg % 2;
    intptr_t broken = 0;

    for (int i = 0; i < ROUNDS; i++) {
        uint32_t value = next_random(&seed);

        pthread_mutex_lock(&mutex);
        if (is_producer) {
            while (head - tail == SLOTS) {
                pthread_cond_wait(&not_full, &mutex);
            }
            slots[head++ % SLOTS] = value;
            produced += value;
            pthread_cond_signal(&not_empty);
        } else {
            while (head == tail) {
                pthread_cond_wait(&not_empty, &mutex);
            }
            consumed += slots[tail++ % SLOTS];
            pthread_cond_signal(&not_full);
        }
        broken += head - tail > SLOTS;
        pthread_mutex_unlock(&mutex);
        interfere(&seed);
    }
    count_operations((unsigned)ROUNDS);
    return (void *)broken;
}

static void *through_semaphores(void *arg)
{
    uint32_t seed = (uint32_t)(uintptr_t)arg + 9;
    int is_producer = (uintptr_t)arg % 2;

    for (int i = 0; i < ROUNDS; i++) {
        uint32_t value = next_random(&seed);

        while (sem_wait(is_producer ? &places : &items)) {
        }
        pthread_mutex_lock(&mutex);
        if (is_producer) {
            slots[head++ % SLOTS] = value;
            produced += value;
        } else {
            consumed += slots[tail++ % SLOTS];
        }
        pthread_mutex_unlock(&mutex);
        sem_post(is_producer ? &items : &places);
        interfere(&seed);
    }
    count_operations((unsigned)ROUNDS);
    return NULL;
}

static void produce(const char *name, void *(*routine)(void *), int is_mixed)
{
    head = tail = 0;
    produced = consumed = 0;
    run(name, routine, THREADS, is_mixed);
    CHECK("  everything arrived", produced == consumed && head == tail);
}

/* ---- a storm: one thread moves a number on, all wait for each of its values ---- */

static pthread_cond_t moved = PTHREAD_COND_INITIALIZER, reached = PTHREAD_COND_INITIALIZER;
static volatile int number, arrived;

static void *storm(void *arg)
{
    uint32_t seed = (uint32_t)(uintptr_t)arg + 31;
    intptr_t broken = 0;

    for (int i = 1; i <= ROUNDS / 4; i++) {
        pthread_mutex_lock(&mutex);
        if (arg == NULL) { /* the one */
            while (arrived < (THREADS - 1) * (i - 1)) {
                pthread_cond_wait(&reached, &mutex);
            }
            number = i;
            pthread_cond_broadcast(&moved);
        } else {
            while (number < i) {
                pthread_cond_wait(&moved, &mutex);
            }
            broken += number != i;
            if (++arrived == (THREADS - 1) * i) {
                pthread_cond_signal(&reached);
            }
        }
        pthread_mutex_unlock(&mutex);
        interfere(&seed);
    }
    count_operations((unsigned)ROUNDS / 4);
    return (void *)broken;
}

static void stress_storm(const char *name, int type, int protocol, int is_mixed)
{
    make_mutex(&mutex, type, protocol, PTHREAD_MUTEX_STALLED);
    number = arrived = 0;
    run(name, storm, THREADS, is_mixed);
}

void stress_queues(void)
{
    for (int protocol = 0; protocol < 2; protocol++) {
        make_mutex(&mutex, PTHREAD_MUTEX_NORMAL, protocol, PTHREAD_MUTEX_STALLED);
        produce(protocol ? "producers and consumers, inheriting mutex" : "producers and consumers",
                through_conditions, 0);
        produce("  of different priorities", through_conditions, 1);
    }
    sem_init(&items, 0, 0);
    sem_init(&places, 0, SLOTS);
    produce("producers and consumers with semaphores", through_semaphores, 0);
    produce("  of different priorities", through_semaphores, 1);
    stress_storm("a storm of broadcasts", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, 0);
    stress_storm("  of different priorities", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_NONE, 1);
    stress_storm("  with an error-checking mutex", PTHREAD_MUTEX_ERRORCHECK, PTHREAD_PRIO_NONE, 0);
    stress_storm("  with an inheriting mutex", PTHREAD_MUTEX_NORMAL, PTHREAD_PRIO_INHERIT, 1);
}
