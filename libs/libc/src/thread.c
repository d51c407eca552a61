/*
 * thread.c: user threads: their kernel side under musl's struct pthread.
 *
 * There is one kind of thread. pthread_create makes its memory (guard, stack, TLS, struct pthread)
 * and calls __clone here; KosThreadCreate in libkos does the same through __kos_thread_create, with
 * a request that adds what POSIX has no word for. When a thread ends, musl has already taken it out
 * of its list while holding the list's lock; the kernel then releases that lock (clear_word) and
 * frees a detached thread's memory, because nobody can stand on a stack that is going away.
 *
 * The number of a new thread is known to its creator only after the kernel has made it, when it may
 * already run: see publish_tid and wait_for_tid.
 */
#include <errno.h>
#include <pthread.h>
#include <sched.h>
#include <stdarg.h>
#include <string.h>

#include <kos/libc_thread.h>
#include <tessera/thread_self.h>

#include "layer.h"
#include "pthread_impl.h"

_Static_assert(offsetof(struct pthread, tid) == KN_SELF_TID_OFFSET, "libkos reads it there");

#define TID_AWAITED (-1) /* in struct pthread's tid: the thread sleeps until its number is there */

/* What __kos_thread_create asks of __clone, and the number it gets back. */
struct kos_thread_request {
    uint32_t priority;
    uint32_t flags;
    int (*entry)(void *);
    uint32_t tid;
};

hidden void __kos_thread_start(void *func, void *arg); /* thread_start.S */
hidden _Noreturn void __kos_thread_main(int (*func)(void *), void *arg);

static void publish_tid(volatile int *word, int tid)
{
    if (a_swap(word, tid) == TID_AWAITED) {
        __wake(word, 1, 1);
    }
}

static void wait_for_tid(volatile int *word)
{
    while (a_cas(word, 0, TID_AWAITED) <= 0) {
        __futexwait(word, TID_AWAITED, 1);
    }
}

/* First C function of every thread but the first. */
_Noreturn void __kos_thread_main(int (*func)(void *), void *arg)
{
    wait_for_tid(&__pthread_self()->tid);
    func(arg); /* leaves through pthread_exit */
    kos_thread_exit();
}

/* musl's only use of it is a new thread; a new process is refused. */
int __clone(int (*func)(void *), void *stack, int flags, void *arg, ...)
{
    struct kos_thread_request plain = { .priority = KN_PRIORITY_INHERIT };
    struct pthread *self = __pthread_self(), *thread;
    struct kos_thread_request *request = self->kos.request;
    volatile int *tid_word;
    Retcode rc;
    va_list ap;

    if (!(flags & CLONE_THREAD)) {
        return -ENOSYS;
    }
    va_start(ap, arg);
    tid_word = va_arg(ap, volatile int *);
    thread = va_arg(ap, struct pthread *);
    thread->kos.clear_word = va_arg(ap, volatile int *);
    va_end(ap);
    if (!request) {
        request = &plain;
    }
    thread->kos.entry = request->entry;
    thread->kos.policy = request->priority == KN_PRIORITY_INHERIT ? self->kos.policy : SCHED_OTHER;
    thread->kos.priority = request->priority == KN_PRIORITY_INHERIT ? self->kos.priority
                                                                    : (int)request->priority;
    memcpy(thread->kos.name, self->kos.name, sizeof thread->kos.name);
    rc = KnThreadCreateRaw(request->priority, (void *)((uintptr_t)stack & -16ul),
                           __kos_thread_start, (void *)(uintptr_t)func, arg, thread,
                           request->flags | KN_THREAD_NO_HANDLE, NULL, &request->tid);
    if (rc != rcOk) {
        return (int)kos_errno(rc);
    }
    publish_tid(tid_word, (int)request->tid);
    return (int)request->tid;
}

/* Called by pthread_exit of a thread whose memory stays for whoever joins it. */
_Noreturn void kos_thread_exit(void)
{
    struct kos_thread_state *self = &__pthread_self()->kos;

    KnThreadExitRaw(self->exit_code, (uint32_t *)self->clear_word, NULL, 0);
}

/* Called by pthread_exit of a detached thread, which holds the lock of the thread list: its memory goes
 * with it, or is kept for another one. */
void __unmapself(void *base, size_t size)
{
    struct kos_thread_state *self = &__pthread_self()->kos;

    if (kos_stack_keep(__pthread_self())) {
        base = NULL;
        size = 0;
    }
    KnThreadExitRaw(self->exit_code, (uint32_t *)self->clear_word, base, size);
}

static int has_fsgsbase(void)
{
    return (kn_start_info->hwcap & KN_HWCAP_FSGSBASE) != 0;
}

/* Sets the thread pointer of the first thread; those of the others come from the kernel. */
int __set_thread_area(void *tp)
{
    if (!has_fsgsbase()) {
        return KnThreadSetTlsRaw(tp) == rcOk ? 0 : -EIO;
    }
    __asm__ volatile("wrfsbase %0" : : "r"(tp) : "memory");
    return 0;
}

long kos_gettid(void)
{
    int tid = __pthread_self()->tid;

    return tid > 0 ? tid : (int)kn_start_info->tid;
}

long kos_set_tid_address(volatile int *word)
{
    struct kos_thread_state *self = &__pthread_self()->kos;

    if (!self->clear_word) {
        self->priority = (int)kn_start_info->priority; /* the first thread */
    }
    self->clear_word = word;
    return kos_gettid();
}

const struct kos_thread_hooks *__kos_thread_hooks;

static void tell_end(void *unused)
{
    const struct kos_thread_hooks *hooks = __atomic_load_n(&__kos_thread_hooks, __ATOMIC_ACQUIRE);

    (void)unused;
    if (hooks) {
        hooks->end(__pthread_self()->kos.exit_code);
    }
}

/* Start routine of a thread whose function returns an exit code. */
static void *run_entry(void *arg)
{
    struct kos_thread_state *self = &__pthread_self()->kos;
    const struct kos_thread_hooks *hooks = __atomic_load_n(&__kos_thread_hooks, __ATOMIC_ACQUIRE);

    pthread_cleanup_push(tell_end, NULL);
    if (hooks) {
        hooks->begin();
    }
    self->exit_code = self->entry(arg);
    pthread_cleanup_pop(1);
    return NULL;
}

int __kos_thread_create(const struct kos_thread_params *params, uint32_t *tid)
{
    struct kos_thread_state *self = &__pthread_self()->kos;
    struct kos_thread_request request = {
        .priority = params->priority,
        .flags = params->flags,
        .entry = params->entry,
    };
    pthread_attr_t attr;
    pthread_t thread;
    int err;

    pthread_attr_init(&attr);
    err = params->stack_size ? pthread_attr_setstacksize(&attr, params->stack_size) : 0;
    if (err) {
        return err;
    }
    pthread_attr_setdetachstate(&attr, PTHREAD_CREATE_DETACHED);
    self->request = &request;
    err = pthread_create(&thread, &attr, run_entry, params->arg);
    self->request = NULL;
    if (!err && tid) {
        *tid = request.tid;
    }
    return err;
}

_Noreturn void __kos_thread_exit(int code)
{
    __pthread_self()->kos.exit_code = code;
    pthread_exit(NULL);
}
