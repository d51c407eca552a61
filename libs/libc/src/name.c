/*
 * name.c: names of threads, known to the process alone: a new thread has its maker's, the first one
 * that of the process.
 */
#include <errno.h>
#include <pthread.h>
#include <string.h>
#include <sys/prctl.h>

#include "layer.h"
#include "pthread_impl.h"

#define NAME_SIZE (sizeof(((struct kos_thread_state *)0)->name))

static void get_name(const struct __pthread *thread, char *name)
{
    const char *from = thread->kos.name[0] ? thread->kos.name : kn_start_info->task_name;
    size_t length = strnlen(from, NAME_SIZE - 1);

    memcpy(name, from, length);
    memset(name + length, 0, NAME_SIZE - length);
}

static void set_name(struct __pthread *thread, const char *name)
{
    size_t length = strnlen(name, NAME_SIZE - 1);

    memset(thread->kos.name, 0, NAME_SIZE);
    memcpy(thread->kos.name, name, length);
}

int pthread_setname_np(pthread_t thread, const char *name)
{
    int err = 0;

    if (strnlen(name, NAME_SIZE) == NAME_SIZE) {
        return ERANGE;
    }
    __tl_lock();
    if (thread->tid) {
        set_name(thread, name);
    } else {
        err = ESRCH;
    }
    __tl_unlock();
    return err;
}

int pthread_getname_np(pthread_t thread, char *name, size_t size)
{
    int err = 0;

    if (size < NAME_SIZE) {
        return ERANGE;
    }
    __tl_lock();
    if (thread->tid) {
        get_name(thread, name);
    } else {
        err = ESRCH;
    }
    __tl_unlock();
    return err;
}

/* Only the caller's name. */
long kos_prctl(int option, void *arg)
{
    switch (option) {
    case PR_SET_NAME:
        __tl_lock();
        set_name(__pthread_self(), arg);
        __tl_unlock();
        return 0;
    case PR_GET_NAME:
        get_name(__pthread_self(), arg);
        return 0;
    default:
        return -EINVAL;
    }
}
