/*
 * cancel.c: thread cancellation without signals.
 *
 * pthread_cancel sets a word in the thread; the thread looks at it at each cancellation point,
 * before and after the operation. Asynchronous cancellation acts on the caller itself only.
 */
#include <errno.h>
#include <pthread.h>

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

/* An operation that is a cancellation point. One that has taken effect is never undone. */
long __syscall_cp_c(syscall_arg_t n, syscall_arg_t a, syscall_arg_t b, syscall_arg_t c,
                    syscall_arg_t d, syscall_arg_t e, syscall_arg_t f)
{
    pthread_t self = __pthread_self();
    long r;

    if (n != SYS_close && is_cancelled(self)) {
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

int pthread_cancel(pthread_t thread)
{
    a_store(&thread->cancel, 1);
    if (thread == __pthread_self() && thread->canceldisable == PTHREAD_CANCEL_ENABLE &&
        thread->cancelasync) {
        pthread_exit(PTHREAD_CANCELED);
    }
    return 0;
}
