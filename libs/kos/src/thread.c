/*
 * thread.c: threads for programs (kos/thread.h), on the C library's threads.
 */
#include "sync_wait.h"

#include <errno.h>
#include <kos/libc_thread.h>
#include <kos/mutex.h>
#include <kos/thread.h>
#include <stdlib.h>
#include <tessera/flags.h>
#include <tessera/thread_self.h>

#include "sync_wait.h"

/* The threads made last: the kernel forgets a thread when it ends, KosThreadWait does not so soon.
 * The number and the exit code are one word, so that they are read together. */
#define MADE_MAX 1024u
#define ENDED    (1ull << 31) /* numbers of threads are shorter */
static uint64_t made[MADE_MAX]; /* number, ENDED, exit code in the upper half */
static uint32_t made_count;

static void remember(uint64_t tid)
{
    uint32_t at = __atomic_fetch_add(&made_count, 1, __ATOMIC_RELAXED) % MADE_MAX;

    __atomic_store_n(&made[at], tid, __ATOMIC_RELEASE);
}

/* The entry of a thread, the latest first; null if there is none. */
static uint64_t *find(uint32_t tid)
{
    uint32_t last = __atomic_load_n(&made_count, __ATOMIC_ACQUIRE);

    for (uint32_t i = 1; i <= MADE_MAX && tid; i++) {
        uint64_t *entry = &made[(last - i) % MADE_MAX];
        if (((uint32_t)__atomic_load_n(entry, __ATOMIC_ACQUIRE) & ~ENDED) == tid) {
            return entry;
        }
    }
    return RTL_NULL;
}

static void remember_end(uint32_t tid, rtl_int32_t code)
{
    uint64_t *entry = find(tid), old = tid, now = (uint64_t)(uint32_t)code << 32 | ENDED | tid;

    if (!entry) { /* it was ended before it began */
        remember(now);
    } else {
        __atomic_compare_exchange_n(entry, &old, now, 0, __ATOMIC_RELEASE, __ATOMIC_RELAXED);
    }
}

/* ---- callbacks ---- */

struct callback {
    struct callback *next;
    KosThreadCallback *call;
};
static KosMutex callbacks_lock = KOS_MUTEX_INITIALIZER_RECURSIVE; /* callbacks may make threads */
static struct callback *callbacks;

static void call_back(KosThreadCallbackReason reason)
{
    if (!__atomic_load_n(&callbacks, __ATOMIC_ACQUIRE)) {
        return;
    }
    KosMutexLock(&callbacks_lock);
    for (struct callback *c = callbacks, *next; c; c = next) {
        next = c->next;
        c->call(reason);
    }
    KosMutexUnlock(&callbacks_lock);
}

static struct callback **find_callback(KosThreadCallback *callback)
{
    struct callback **link = &callbacks;

    while (*link && (*link)->call != callback) {
        link = &(*link)->next;
    }
    return link;
}

Retcode KosThreadCallbackRegister(KosThreadCallback *callback)
{
    struct callback *new, **link;
    Retcode rc = rcOk;

    if (!callback) {
        return rcInvalidArgument;
    }
    new = malloc(sizeof(*new));
    if (!new) {
        return rcOutOfMemory;
    }
    *new = (struct callback){.call = callback};
    KosMutexLock(&callbacks_lock);
    link = find_callback(callback);
    if (*link) {
        rc = rcAlreadyExists;
    } else {
        __atomic_store_n(link, new, __ATOMIC_RELEASE);
    }
    KosMutexUnlock(&callbacks_lock);
    if (rc != rcOk) {
        free(new);
    }
    return rc;
}

Retcode KosThreadCallbackUnregister(KosThreadCallback *callback)
{
    struct callback *old, **link;

    KosMutexLock(&callbacks_lock);
    link = find_callback(callback);
    old = *link;
    if (old) {
        *link = old->next;
    }
    KosMutexUnlock(&callbacks_lock);
    free(old);
    return old ? rcOk : rcResourceNotFound;
}

static void begin(void)
{
    remember(KosThreadCurrentId());
    call_back(KosThreadCallbackReasonCreate);
}

static void end(int code)
{
    call_back(KosThreadCallbackReasonDestroy);
    remember_end(KosThreadCurrentId(), code);
}

/* ---- making and ending ---- */

Retcode KosThreadCreate(Tid *tid, rtl_uint32_t priority, rtl_uint32_t stackSize,
                        ThreadRoutine routine, void *context, int suspended)
{
    static const struct kos_thread_hooks hooks = {begin, end};
    struct kos_thread_params params = {
        .entry = routine,
        .arg = context,
        .priority = priority,
        .flags = suspended ? KN_THREAD_SUSPENDED : 0,
        .stack_size = stackSize,
    };
    int err;

    if (!routine || priority > ThreadPriorityHighest) {
        return rcInvalidArgument;
    }
    __atomic_store_n(&__kos_thread_hooks, &hooks, __ATOMIC_RELEASE);
    err = __kos_thread_create(&params, tid);
    if (err) {
        return err == EINVAL ? rcInvalidArgument : rcOutOfMemory;
    }
    return rcOk;
}

Retcode KosThreadCreateDetached(Tid *tid, rtl_uint32_t priority, rtl_uint32_t stackSize,
                                ThreadRoutine routine, void *context, int suspended)
{
    if (priority > ThreadPriorityNormal) {
        return rcInvalidArgument;
    }
    return KosThreadCreate(tid, priority, stackSize, routine, context, suspended);
}

Retcode KosThreadResume(Tid tid)
{
    return KnThreadResume(tid);
}

Retcode KosThreadSuspend(Tid tid)
{
    return tid == KosThreadCurrentId() ? KnThreadSuspend() : rcInvalidArgument;
}

Tid KosThreadCurrentId(void)
{
    return kn_self_tid();
}

void KosThreadExit(rtl_int32_t exitCode)
{
    __kos_thread_exit(exitCode);
}

Retcode KosThreadTerminate(Tid tid, rtl_int32_t exitCode)
{
    int err;

    if (tid == KosThreadCurrentId()) {
        KosThreadExit(exitCode);
    }
    err = __kos_thread_terminate(tid, exitCode);
    if (err == 0) {
        remember_end(tid, exitCode);
        sync_mutex_release(&callbacks_lock, tid);
    }
    return err == 0 ? rcOk : err == ESRCH ? rcResourceNotFound : rcSecurityDisallow;
}

Retcode KosThreadWaitEx(Tid tid, rtl_uint32_t timeout, rtl_int32_t *exitCode)
{
    Retcode rc = KnThreadWait(tid, timeout, exitCode);
    uint64_t *entry;

    if (rc == rcResourceNotFound && (entry = find(tid))) {
        if (exitCode) {
            *exitCode = (rtl_int32_t)(__atomic_load_n(entry, __ATOMIC_ACQUIRE) >> 32);
        }
        return rcOk;
    }
    if (rc == rcTimeout && timeout == 0) {
        KosThreadYield();
    }
    return rc;
}

int KosThreadWait(rtl_uint32_t tid, rtl_uint32_t timeout)
{
    return KosThreadWaitEx(tid, timeout, RTL_NULL);
}

Retcode KosThreadSleep(rtl_uint32_t mdelay)
{
    return KnSleep(mdelay);
}

void KosThreadYield(void)
{
    KnSleepNs(0);
}

void *KosThreadGetStack(Tid tid, rtl_uint32_t *size)
{
    void *low;
    size_t bytes;

    if (__kos_thread_stack(tid, &low, &bytes)) {
        return RTL_NULL;
    }
    if (size) {
        *size = (rtl_uint32_t)bytes;
    }
    return low;
}

/* ---- a pointer for each thread ---- */

static _Thread_local void *tls_pointer;

void *KosThreadTlsGet(void)
{
    return tls_pointer;
}

Retcode KosThreadTlsSet(void *tls)
{
    tls_pointer = tls;
    return rcOk;
}

/* The states of KosThreadOnceState. */
enum { ONCE_NEW = KOS_THREAD_ONCE_INIT, ONCE_RUNNING, ONCE_DONE };

Retcode KosThreadOnce(KosThreadOnceState *onceControl, void (*initRoutine)(void))
{
    uint32_t *word = (uint32_t *)onceControl;
    uint32_t state = ONCE_NEW;

    if (!onceControl || !initRoutine) {
        return rcInvalidArgument;
    }
    if (__atomic_compare_exchange_n(word, &state, ONCE_RUNNING, 0, __ATOMIC_ACQUIRE,
                                    __ATOMIC_ACQUIRE)) {
        initRoutine();
        __atomic_store_n(word, ONCE_DONE, __ATOMIC_RELEASE);
        KnFutexWake(word, UINT32_MAX, NULL);
        return rcOk;
    }
    while (__atomic_load_n(word, __ATOMIC_ACQUIRE) == ONCE_RUNNING) {
        sync_wait(word, ONCE_RUNNING, 0, NO_DEADLINE);
    }
    return rcOk;
}
