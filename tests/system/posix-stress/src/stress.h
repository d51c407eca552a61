/*
 * stress.h: what the files of this suite share.
 */
#ifndef POSIX_STRESS_H
#define POSIX_STRESS_H

#include "check.h"
#include "core.h"

#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

/* How many times as long everything runs. */
int scale(void);

/* Operations done so far, by all. */
extern uint64_t operations;

static inline void count_operations(unsigned n)
{
    __atomic_fetch_add(&operations, n, __ATOMIC_RELAXED);
}

/* Cheap random numbers, one state a thread. */
static inline uint32_t next_random(uint32_t *state)
{
    *state = *state * 1664525u + 1013904223u;
    return *state >> 8;
}

/* Now and then somebody else runs, at the worst moment. */
void interfere(uint32_t *seed);

pthread_t begin_at(int priority, void *(*routine)(void *), void *arg);

/* Runs so many threads, with number i as argument, at one priority or several; the cases: each comes to
 * its end (within two minutes) and gives zero. */
void run(const char *name, void *(*routine)(void *), int count, int is_mixed);

/* Joins within so many seconds; (void *)-2 if it did not end. */
void *join_within(pthread_t thread, int seconds);

/* An absolute time of CLOCK_REALTIME so many nanoseconds ahead. */
struct timespec ahead(long ns);

void make_mutex(pthread_mutex_t *mutex, int type, int protocol, int robust);

void stress_locks(void);
void stress_queues(void);
void stress_races(void);
void stress_ends(void);

#endif
