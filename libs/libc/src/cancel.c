/*
 * cancel.c: thread cancellation without signals.
 *
 * pthread_cancel sets a word in the thread and alerts it. The thread looks at the word at each
 * cancellation point, before the operation; if the word is set after that, the alert ends the
 * operation's wait or, since it is kept until a wait uses it up, keeps the wait from beginning. A wait
 * that is no cancellation point, or happens while cancellation is off, uses the alert up and goes on
 * (kos_interrupt): the word stays set for the next point.
 *
 * A thread with asynchronous cancellation is also ended by the waits that are no cancellation points
 * and when it yields. One that computes goes on until then: nothing here stops a running thread.
 */
#include <errno.h>
#include <pthread.h>

#include "layer.h"
#include "pthread_impl.h"

hidden long __cancel(void);
hidden long __syscall_cp_c(syscall_arg_t n, syscall_arg_t a, syscall_arg_t b, syscall_arg_t c,
                           syscall_arg_t d, syscall_arg_t e, syscall_arg_t f);

/* Does not return where cancellation is enabled; "masked" reports it once as an error. */
long __cancel(void)
{
    pthread_t self = __pthread_self();

    if (self->canceldisable == PTHREAD_CANCEL_ENABLE || self->cancelasync) {
        pthread_exit(PTHREAD_CANCELED);
    }
    self->canceldisable = PTHREAD_CANCEL_DISABLE;
    return -ECANCELED;
}

static int is_cancelled(pthread_t self)
{
    return self->cancel && self->canceldisable != PTHREAD_CANCEL_DISABLE;
}

int kos_is_async(void)
{
    pthread_t self = __pthread_self();

    return self->cancelasync && self->canceldisable == PTHREAD_CANCEL_ENABLE;
}

void kos_test_async(void)
{
    if (kos_is_async() && __pthread_self()->cancel) {
        pthread_exit(PTHREAD_CANCELED);
    }
}

/* An operation that is a cancellation point. One that has taken effect is never undone: close() is
 * left out where cancellation would have to be reported after it. */
long __syscall_cp_c(syscall_arg_t n, syscall_arg_t a, syscall_arg_t b, syscall_arg_t c,
                    syscall_arg_t d, syscall_arg_t e, syscall_arg_t f)
{
    pthread_t self = __pthread_self();
    long r;

    if (is_cancelled(self) && (n != SYS_close || self->canceldisable == PTHREAD_CANCEL_ENABLE)) {
        return __cancel();
    }
    r = __kos_syscall(n, a, b, c, d, e, f);
    if (r == -EINTR && n != SYS_close && is_cancelled(self)) {
        return __cancel();
    }
    return r;
}

void __testcancel(void)
{
    pthread_t self = __pthread_self();

    if (self->cancel && self->canceldisable == PTHREAD_CANCEL_ENABLE) {
        __cancel();
    }
}

/* The lock keeps the thread's number valid, and the caller from being terminated half way. */
int pthread_cancel(pthread_t thread)
{
    __tl_lock();
    if (!a_swap(&thread->cancel, 1) && thread != __pthread_self() && thread->tid > 0) {
        (void)KnThreadAlert(0, (uint32_t)thread->tid);
    }
    __tl_unlock();
    if (thread == __pthread_self()) {
        kos_test_async();
    }
    return 0;
}
