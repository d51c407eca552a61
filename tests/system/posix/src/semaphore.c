/*
 * semaphore.c: <semaphore.h>: values, waiting with and without an end, names, every documented error.
 */
#include "suite.h"

#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <semaphore.h>
#include <string.h>
#include <time.h>

static sem_t shared;
static volatile int passed;

static struct timespec later(long ms)
{
    struct timespec ts;

    clock_gettime(CLOCK_REALTIME, &ts);
    ts.tv_nsec += ms * 1000000;
    ts.tv_sec += ts.tv_nsec / 1000000000;
    ts.tv_nsec %= 1000000000;
    return ts;
}

static void test_values(void)
{
    sem_t sem;
    int value = -1;

    HOLDS(sem_init(&sem, 0, 2) == 0 && sem_getvalue(&sem, &value) == 0 && value == 2);
    HOLDS(sem_wait(&sem) == 0 && sem_trywait(&sem) == 0);
    errno = 0;
    HOLDS(sem_trywait(&sem) == -1 && errno == EAGAIN);
    HOLDS(sem_getvalue(&sem, &value) == 0 && value == 0 && sem_post(&sem) == 0 && sem_wait(&sem) == 0);
    HOLDS(sem_destroy(&sem) == 0);
    HOLDS(sem_init(&sem, 0, SEM_VALUE_MAX) == 0);
    errno = 0;
    HOLDS(sem_post(&sem) == -1 && errno == EOVERFLOW);
    errno = 0;
    HOLDS(sem_init(&sem, 0, (unsigned)SEM_VALUE_MAX + 1) == -1 && errno == EINVAL);
    errno = 0;
    HOLDS(sem_init(&sem, 1, 1) == -1 && errno == ENOSYS);
}

static void test_waiting(void)
{
    sem_t sem;
    struct timespec ts = later(2), bad = {0, 1000000000};

    sem_init(&sem, 0, 1);
    HOLDS(sem_timedwait(&sem, &bad) == 0); /* it need not wait: the time does not matter */
    errno = 0;
    HOLDS(sem_timedwait(&sem, &ts) == -1 && errno == ETIMEDOUT);
    errno = 0;
    HOLDS(sem_timedwait(&sem, &ts) == -1 && errno == ETIMEDOUT);
    errno = 0;
    HOLDS(sem_timedwait(&sem, &bad) == -1 && errno == EINVAL);
    bad.tv_nsec = -1;
    errno = 0;
    HOLDS(sem_timedwait(&sem, &bad) == -1 && errno == EINVAL);
    sem_destroy(&sem);
}

static void *waiter(void *arg)
{
    struct timespec ts = later(60000);

    (void)arg;
    if (sem_wait(&shared) == 0 && sem_timedwait(&shared, &ts) == 0) {
        passed++;
    }
    return NULL;
}

static void test_threads(void)
{
    pthread_t threads[3];
    int value = -1;

    sem_init(&shared, 0, 0);
    for (int i = 0; i < 3; i++) {
        pthread_create(&threads[i], NULL, waiter, NULL);
    }
    for (int i = 0; i < 6; i++) {
        sem_post(&shared);
    }
    for (int i = 0; i < 3; i++) {
        pthread_join(threads[i], NULL);
    }
    sem_getvalue(&shared, &value);
    CHECK("six posts let three threads through twice", passed == 3 && value == 0);
    sem_destroy(&shared);
}

static int refused(const char *name, int flags, unsigned value, int error)
{
    errno = 0;
    return sem_open(name, flags, 0600, value) == SEM_FAILED && errno == error;
}

static void test_names(void)
{
    sem_t *a = sem_open("/a", O_CREAT, 0600, 1), *b, *c;
    char name[NAME_MAX + 3];
    int value = -1;

    memset(name, 'x', sizeof name);
    name[0] = '/';
    name[sizeof name - 1] = 0;
    HOLDS(a != SEM_FAILED && sem_wait(a) == 0);
    b = sem_open("/a", 0);
    HOLDS(b == a && sem_open("/a", O_CREAT, 0600, 9) == a && sem_getvalue(a, &value) == 0 && value == 0);
    HOLDS(refused("/a", O_CREAT | O_EXCL, 1, EEXIST) && refused("/b", 0, 1, ENOENT));
    HOLDS(refused("/b", O_CREAT, (unsigned)SEM_VALUE_MAX + 1, EINVAL) && refused("/x/y", O_CREAT, 1, EINVAL));
    HOLDS(refused(name, O_CREAT, 1, ENAMETOOLONG));
    HOLDS(sem_unlink("/a") == 0);
    errno = 0;
    HOLDS(sem_unlink("/a") == -1 && errno == ENOENT);
    c = sem_open("/a", O_CREAT | O_EXCL, 0600, 5);
    HOLDS(c != SEM_FAILED && c != a && sem_post(a) == 0 && sem_getvalue(c, &value) == 0 && value == 5);
    HOLDS(sem_close(a) == 0 && sem_close(a) == 0 && sem_close(a) == 0);
    errno = 0;
    HOLDS(sem_close(a) == -1 && errno == EINVAL);
    HOLDS(sem_close(c) == 0); /* the name keeps it */
    b = sem_open("/a", 0);
    HOLDS(b != SEM_FAILED && sem_getvalue(b, &value) == 0 && value == 5);
    HOLDS(sem_unlink("/a") == 0 && sem_close(b) == 0 && refused("/a", 0, 1, ENOENT));
}

void run_semaphore(void)
{
    test_values();
    test_waiting();
    test_threads();
    test_names();
}
