/*
 * thread.c: threads for programs (kos/thread.h), on the C library's threads.
 */
#define _GNU_SOURCE /* gettid */
#include "core_call.h"

#include <errno.h>
#include <kos/internal.h>
#include <kos/libc_thread.h>
#include <kos/thread.h>
#include <tessera/flags.h>
#include <unistd.h>

#define NS_PER_MS 1000000ull

Retcode KosThreadCreate(Tid *tid, rtl_uint32_t priority, rtl_uint32_t stackSize,
                        ThreadRoutine routine, void *context, int suspended)
{
    struct kos_thread_params params = {
        .entry = routine,
        .arg = context,
        .priority = priority,
        .flags = suspended ? KN_THREAD_SUSPENDED : 0,
        .stack_size = stackSize,
    };
    uint32_t number;
    int err;

    if (!routine || priority > ThreadPriorityHighest) {
        return rcInvalidArgument;
    }
    err = __kos_thread_create(&params, &number);
    if (err) {
        return err == EINVAL ? rcInvalidArgument : rcOutOfMemory;
    }
    if (tid) {
        *tid = number;
    }
    return rcOk;
}

Retcode KosThreadResume(Tid tid)
{
    kl_core_Thread_Resume_req req = {.tid = tid};
    kl_core_Thread_Resume_res res;

    return CORE_CALL(thread_Thread, Thread, Resume, req, res);
}

Tid KosThreadCurrentId(void)
{
    return (Tid)gettid();
}

void KosThreadExit(rtl_int32_t exitCode)
{
    __kos_thread_exit(exitCode);
}

int KosThreadWait(rtl_uint32_t tid, rtl_uint32_t timeout)
{
    kl_core_Thread_Wait_req req = {.tid = tid};
    kl_core_Thread_Wait_res res;
    Retcode rc;

    req.delay = timeout == INFINITE_TIMEOUT ? KN_INFINITE : timeout;
    rc = CORE_CALL(thread_Thread, Thread, Wait, req, res);
    if (rc == rcTimeout && timeout == 0) {
        KosThreadYield();
    }
    return rc;
}

Retcode KnSleep(rtl_uint32_t mdelay)
{
    return KnSleepNs(mdelay == INFINITE_TIMEOUT ? KN_INFINITE : mdelay * NS_PER_MS);
}

Retcode KosThreadSleep(rtl_uint32_t mdelay)
{
    return KnSleep(mdelay);
}

void KosThreadYield(void)
{
    KnSleepNs(0);
}

/* The states of KosThreadOnceState. */
enum { ONCE_NEW = KOS_THREAD_ONCE_INIT, ONCE_RUNNING, ONCE_DONE };

Retcode KosThreadOnce(KosThreadOnceState *onceControl, void (*initRoutine)(void))
{
    uint32_t *word = (uint32_t *)onceControl;
    uint32_t state = ONCE_NEW;

    if (__atomic_compare_exchange_n(word, &state, ONCE_RUNNING, 0, __ATOMIC_ACQUIRE,
                                    __ATOMIC_ACQUIRE)) {
        initRoutine();
        __atomic_store_n(word, ONCE_DONE, __ATOMIC_RELEASE);
        KnFutexWake(word, UINT32_MAX, NULL);
        return rcOk;
    }
    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == ONCE_RUNNING) {
        KnFutexWait(word, ONCE_RUNNING, KN_INFINITE);
    }
    return rcOk;
}
