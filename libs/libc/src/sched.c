/*
 * sched.c: scheduling parameters and processors of threads.
 *
 * The kernel knows 32 priorities and lets equals take turns. SCHED_RR and SCHED_FIFO are these 0..31;
 * equals take turns under SCHED_FIFO too, because otherwise one process could shut out its equals in
 * others. SCHED_OTHER, whose only priority is 0, is the kernel's priority that the process was started
 * with. A priority that libkos set in a thread of SCHED_OTHER is shown as one of SCHED_RR.
 */
#include <errno.h>
#include <sched.h>
#include <string.h>

#include "layer.h"
#include "pthread_impl.h"

#define PRIORITY_MAX 31

static int is_policy(int policy)
{
    return policy == SCHED_OTHER || policy == SCHED_FIFO || policy == SCHED_RR;
}

static int as_errno(Retcode rc)
{
    return rc == rcSecurityDisallow ? EPERM : (int)-kos_errno(rc);
}

int kos_sched_set(struct __pthread *thread, int policy, int priority)
{
    int own = priority, err;

    if (!is_policy(policy) || priority < 0 || priority > PRIORITY_MAX) {
        return EINVAL;
    }
    if (policy == SCHED_OTHER) {
        if (priority != 0) {
            return EINVAL;
        }
        own = (int)kn_start_info->priority;
    }
    err = as_errno(KnThreadSetPriority((uint32_t)thread->tid, (uint32_t)own));
    if (!err) {
        thread->kos.policy = policy;
        thread->kos.priority = own;
    }
    return err;
}

int kos_sched_get(struct __pthread *thread, int *policy, int *priority)
{
    uint32_t own;
    int err = as_errno(KnThreadGetPriorityRaw((uint32_t)thread->tid, &own));

    if (err) {
        return err;
    }
    *policy = thread->kos.policy;
    *priority = (int)own;
    if (*policy == SCHED_OTHER && own == kn_start_info->priority) {
        *priority = 0;
    } else if (*policy == SCHED_OTHER) {
        *policy = SCHED_RR;
    }
    return 0;
}

/* ---- threads ---- */

int pthread_setschedparam(pthread_t thread, int policy, const struct sched_param *param)
{
    int err;

    __tl_lock();
    err = thread->tid ? kos_sched_set(thread, policy, param->sched_priority) : ESRCH;
    __tl_unlock();
    return err;
}

int pthread_getschedparam(pthread_t thread, int *restrict policy,
                          struct sched_param *restrict param)
{
    int err, of, priority = 0;

    __tl_lock();
    err = thread->tid ? kos_sched_get(thread, &of, &priority) : ESRCH;
    __tl_unlock();
    if (!err) {
        *policy = of;
        *param = (struct sched_param){ .sched_priority = priority };
    }
    return err;
}

int pthread_setschedprio(pthread_t thread, int priority)
{
    int err, policy, old;

    __tl_lock();
    err = thread->tid ? kos_sched_get(thread, &policy, &old) : ESRCH;
    if (!err) {
        err = kos_sched_set(thread, policy, priority);
    }
    __tl_unlock();
    return err;
}

int pthread_attr_setschedpolicy(pthread_attr_t *attr, int policy)
{
    if (!is_policy(policy)) {
        return policy == SCHED_BATCH || policy == SCHED_IDLE || policy == SCHED_DEADLINE ? ENOTSUP
                                                                                         : EINVAL;
    }
    attr->_a_policy = policy;
    return 0;
}

/* Whether it suits the policy shows when a thread is created, since either may be set first. */
int pthread_attr_setschedparam(pthread_attr_t *restrict attr,
                               const struct sched_param *restrict param)
{
    if (param->sched_priority < 0 || param->sched_priority > PRIORITY_MAX) {
        return EINVAL;
    }
    attr->_a_prio = param->sched_priority;
    return 0;
}

/* ---- by number: zero is the caller, the process's own number its first thread ---- */

static struct __pthread *by_number(pid_t pid)
{
    return pid ? kos_thread_find((uint32_t)pid) : __pthread_self();
}

static int set_by_number(pid_t pid, int policy, const struct sched_param *param, int *former)
{
    struct __pthread *thread;
    int err, priority;

    __tl_lock();
    thread = by_number(pid);
    err = thread ? kos_sched_get(thread, former, &priority) : ESRCH;
    if (!err) {
        err = kos_sched_set(thread, policy < 0 ? *former : policy, param->sched_priority);
    }
    __tl_unlock();
    return err;
}

static int fail(int err)
{
    errno = err;
    return -1;
}

int sched_setscheduler(pid_t pid, int policy, const struct sched_param *param)
{
    int former, err = policy < 0 ? EINVAL : set_by_number(pid, policy, param, &former);

    return err ? fail(err) : former;
}

int sched_setparam(pid_t pid, const struct sched_param *param)
{
    int former, err = set_by_number(pid, -1, param, &former);

    return err ? fail(err) : 0;
}

static int get_by_number(pid_t pid, int *policy, int *priority)
{
    struct __pthread *thread;
    int err;

    __tl_lock();
    thread = by_number(pid);
    err = thread ? kos_sched_get(thread, policy, priority) : ESRCH;
    __tl_unlock();
    return err;
}

int sched_getscheduler(pid_t pid)
{
    int policy, priority, err = get_by_number(pid, &policy, &priority);

    return err ? fail(err) : policy;
}

int sched_getparam(pid_t pid, struct sched_param *param)
{
    int policy, priority, err = get_by_number(pid, &policy, &priority);

    if (err) {
        return fail(err);
    }
    *param = (struct sched_param){ .sched_priority = priority };
    return 0;
}

int sched_rr_get_interval(pid_t pid, struct timespec *interval)
{
    int policy, priority, err = get_by_number(pid, &policy, &priority);

    if (err) {
        return fail(err);
    }
    *interval = (struct timespec){ .tv_nsec = KN_TIME_SLICE_NS };
    return 0;
}

/* ---- processors ---- */

static int get_affinity(int tid, size_t size, cpu_set_t *set)
{
    long bytes = kos_sched_getaffinity(tid, size, (unsigned char *)set);

    if (bytes < 0) {
        return (int)-bytes;
    }
    memset((char *)set + bytes, 0, size - (size_t)bytes);
    return 0;
}

int sched_setaffinity(pid_t tid, size_t size, const cpu_set_t *set)
{
    long err = -kos_sched_setaffinity(tid, size, (const unsigned char *)set);

    return err ? fail((int)err) : 0;
}

int sched_getaffinity(pid_t tid, size_t size, cpu_set_t *set)
{
    int err = get_affinity(tid, size, set);

    return err ? fail(err) : 0;
}

int pthread_setaffinity_np(pthread_t thread, size_t size, const cpu_set_t *set)
{
    int err;

    __tl_lock();
    err = thread->tid ? (int)-kos_sched_setaffinity(thread->tid, size, (const unsigned char *)set)
                      : ESRCH;
    __tl_unlock();
    return err;
}

int pthread_getaffinity_np(pthread_t thread, size_t size, cpu_set_t *set)
{
    int err;

    __tl_lock();
    err = thread->tid ? get_affinity(thread->tid, size, set) : ESRCH;
    __tl_unlock();
    return err;
}
