/*
 * thread_others.c: what one thread may do to another one beyond POSIX: end it, and ask for its
 * stack.
 */
#include <errno.h>
#include <pthread.h>

#include <kos/libc_thread.h>

#include "layer.h"
#include "libc.h"
#include "pthread_impl.h"

struct pthread *kos_thread_find(uint32_t tid)
{
    struct pthread *self = __pthread_self();

    if ((uint32_t)kos_gettid() == tid) {
        return self;
    }
    for (struct pthread *t = self->next; t != self; t = t->next) {
        uint32_t its = t->tid > 0 ? (uint32_t)t->tid : kn_start_info->tid;
        if (its == tid) {
            return t;
        }
    }
    return NULL;
}

#define OWNER      0x3fffffff /* musl's layout of a mutex's word */
#define OWNER_DIED 0x40000000

static pthread_mutex_t *mutex_of(volatile void *link)
{
    return (void *)((char *)link - offsetof(pthread_mutex_t, _m_next));
}

/* The mutex that the thread was taking or giving back when it was ended. It may have been the one that was
 * woken for it, even if somebody else was faster: then the others are not marked as waiting any more. So
 * one of them is woken, and sees to that. */
static void release_pending(pthread_mutex_t *m, int tid)
{
    if ((m->_m_lock & OWNER) == tid) {
        a_store(&m->_m_lock, OWNER_DIED);
    }
    __wake(&m->_m_lock, 1, 1);
}

/* Marks the mutexes of a thread that is gone. It wrote the list in such an order that it can be read
 * wherever the thread stopped; what is not in it is pending. */
static void release_mutexes(struct pthread *t)
{
    volatile void *volatile *link = t->robust_list.head;
    volatile void *pending = t->robust_list.pending;

    while (link && link != (void *)&t->robust_list.head) {
        pthread_mutex_t *m = mutex_of(link);
        int waiters = m->_m_waiters;

        if (link == pending) {
            pending = NULL;
        }
        link = *link;
        if (a_swap(&m->_m_lock, OWNER_DIED) < 0 || waiters) {
            __wake(&m->_m_lock, 1, 1);
        }
    }
    if (pending) {
        release_pending(mutex_of(pending), t->tid);
    }
}

static void unlink_gone(struct pthread *t)
{
    t->next->prev = t->prev;
    t->prev->next = t->next;
    t->prev = t->next = t;
    if (!--libc.threads_minus_1) {
        libc.need_locks = -1;
    }
    release_mutexes(t);
    t->tid = 0;
    t->result = PTHREAD_CANCELED;
    if (a_cas(&t->detach_state, DT_JOINABLE, DT_EXITING) != DT_DETACHED) {
        a_store(&t->detach_state, DT_EXITED);
        __wake(&t->detach_state, -1, 1);
    } else if (t->map_base) {
        __kos_stack_give(t);
    }
}

int __kos_thread_terminate(uint32_t tid, int code)
{
    struct pthread *t;
    unsigned taken;
    int err = ESRCH, is_queue_taken, its;

    if ((uint32_t)kos_gettid() == tid) {
        return EINVAL;
    }
    taken = kos_locks_take(); /* which the thread cannot hold, then */
    __tl_lock();
    is_queue_taken = kos_queue_lock_take();
    t = kos_thread_find(tid);
    if (t) {
        its = t->tid;
        err = KnThreadTerminateRaw(tid, code) == rcOk ? 0 : EPERM;
    }
    kos_queue_lock_give(is_queue_taken);
    if (!err) {
        unlink_gone(t);
    }
    __tl_unlock();
    kos_locks_give(taken);
    if (!err) {
        kos_streams_release(its);
    }
    return err;
}

int __kos_thread_stack(uint32_t tid, void **low, size_t *size)
{
    struct pthread *t;
    int err = 0;

    if (tid == kn_start_info->tid) {
        *low = (void *)(uintptr_t)kn_start_info->stack_low;
        *size = kn_start_info->stack_high - kn_start_info->stack_low;
        return 0;
    }
    __tl_lock();
    t = kos_thread_find(tid);
    if (t) {
        *low = (char *)t->stack - t->stack_size;
        *size = t->stack_size;
    } else {
        err = ESRCH;
    }
    __tl_unlock();
    return err;
}
