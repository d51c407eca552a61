/*
 * suite.h: what the files of this suite share.
 */
#ifndef POSIX_SUITE_H
#define POSIX_SUITE_H

#include "check.h"
#include "core.h"

#include <errno.h>
#include <kos/thread.h>
#include <pthread.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define MS 1000000l /* nanoseconds */

/* An absolute time so many nanoseconds from now (negative: past). */
struct timespec in_ns(clockid_t clock, long ns);

/* A thread that runs routine(arg) and is waited for with end(). */
pthread_t begin(void *(*routine)(void *), void *arg);
/* Joins it within ten seconds; (void *)-2 if it did not end. */
void *end(pthread_t thread);
#define NOT_ENDED ((void *)-2)

/* Waits until a thread that says its number waits in the kernel. */
void wait_blocked(volatile Tid *tid);

/* A mutex with these attributes. */
void make_mutex(pthread_mutex_t *mutex, int type, int protocol, int robust);

/* Runs the function in a thread of its own and gives what it returned. */
int in_other(int (*function)(void *), void *arg);

void test_threads(void);
void test_attr(void);
void test_mutex(void);
void test_robust(void);
void test_inherit(void);
void test_cond(void);
void test_rwlock(void);
void test_others(void);
void test_sched(void);
void test_cancel(void);
void test_points(void);
void test_mix(void);
void test_dying(void);

#endif
