/*
 * semaphore.c: semaphores with a name, known inside the process alone.
 *
 * A name that was unlinked is free at once; the semaphore lives until it has been closed as often as it
 * was opened. Those without a name are musl's.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <semaphore.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>

#include "layer.h"
#include "lock.h"

hidden char *__shm_mapname(const char *, char *);

struct named {
    struct named *next;
    sem_t sem;
    int uses, is_linked;
    char name[NAME_MAX + 10];
};

static volatile int lock[1];
volatile int *const __kos_semaphore_lockptr = lock;
static struct named *all;

/* Under the lock. */
static struct named *find_name(const char *name)
{
    for (struct named *n = all; n; n = n->next) {
        if (n->is_linked && strcmp(n->name, name) == 0) {
            return n;
        }
    }
    return NULL;
}

/* Under the lock: one that nobody can reach any more goes. */
static void drop(struct named *gone)
{
    struct named **link = &all;

    if (gone->uses > 0 || gone->is_linked) {
        return;
    }
    while (*link != gone) {
        link = &(*link)->next;
    }
    *link = gone->next;
    free(gone);
}

/* Under the lock: zero or an error. */
static int make(const char *name, unsigned value, struct named **made)
{
    struct named *n;

    if (value > SEM_VALUE_MAX) {
        return EINVAL;
    }
    n = malloc(sizeof *n);
    if (!n) {
        return ENOMEM;
    }
    strcpy(n->name, name);
    sem_init(&n->sem, 0, value);
    n->uses = 0;
    n->is_linked = 1;
    n->next = all;
    all = n;
    *made = n;
    return 0;
}

sem_t *sem_open(const char *name, int flags, ...)
{
    char buf[NAME_MAX + 10];
    struct named *n;
    unsigned value = 0;
    int err = 0;

    if (flags & O_CREAT) {
        va_list ap;

        va_start(ap, flags);
        (void)va_arg(ap, mode_t);
        value = va_arg(ap, unsigned);
        va_end(ap);
    }
    name = __shm_mapname(name, buf);
    if (!name) {
        return SEM_FAILED;
    }
    LOCK(lock);
    n = find_name(name);
    if (n && (flags & O_CREAT) && (flags & O_EXCL)) {
        err = EEXIST;
    } else if (!n) {
        err = flags & O_CREAT ? make(name, value, &n) : ENOENT;
    } else if (n->uses == INT_MAX) {
        err = EMFILE;
    }
    if (!err) {
        n->uses++;
    }
    UNLOCK(lock);
    if (err) {
        errno = err;
        return SEM_FAILED;
    }
    return &n->sem;
}

int sem_close(sem_t *sem)
{
    struct named *n;

    LOCK(lock);
    for (n = all; n && &n->sem != sem; n = n->next) {
    }
    if (n && n->uses > 0) {
        n->uses--;
        drop(n);
    } else {
        n = NULL;
    }
    UNLOCK(lock);
    if (!n) {
        errno = EINVAL;
    }
    return n ? 0 : -1;
}

int sem_unlink(const char *name)
{
    char buf[NAME_MAX + 10];
    struct named *n;

    name = __shm_mapname(name, buf);
    if (!name) {
        return -1;
    }
    LOCK(lock);
    n = find_name(name);
    if (n) {
        n->is_linked = 0;
        drop(n);
    }
    UNLOCK(lock);
    if (!n) {
        errno = ENOENT;
    }
    return n ? 0 : -1;
}
