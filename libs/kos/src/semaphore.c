/*
 * semaphore.c: counting semaphores (kos/semaphore.h).
 *
 * Signal adds to the count and sees the waiters in one step; a waiter enters itself before it looks
 * at the count for the last time.
 */
#include "sync_wait.h"

#include <kos/semaphore.h>

#define MAGIC 0x53656d61u

static int is_valid(const KosSemaphore *semaphore)
{
    return semaphore && semaphore->magic == MAGIC;
}

static uint64_t load(const KosSemaphore *semaphore)
{
    return __atomic_load_n(&semaphore->state, __ATOMIC_RELAXED);
}

static int change(KosSemaphore *semaphore, uint64_t old, uint64_t new)
{
    return __atomic_compare_exchange_n(&semaphore->state, &old, new, 0, __ATOMIC_SEQ_CST,
                                       __ATOMIC_RELAXED);
}

static int pass(KosSemaphore *semaphore)
{
    uint64_t state;

    while ((uint32_t)(state = load(semaphore))) {
        if (change(semaphore, state, state - 1)) {
            return 1;
        }
    }
    return 0;
}

Retcode KosSemaphoreInit(KosSemaphore *semaphore, unsigned count)
{
    if (!semaphore) {
        return rcInvalidArgument;
    }
    if (count > KOS_SEMAPHORE_VALUE_MAX) {
        return rcFail;
    }
    *semaphore = (KosSemaphore){.magic = MAGIC, .state = count};
    return rcOk;
}

Retcode KosSemaphoreDeinit(KosSemaphore *semaphore)
{
    if (!is_valid(semaphore)) {
        return rcInvalidArgument;
    }
    if (waiters_of(load(semaphore))) {
        return rcFail;
    }
    semaphore->magic = 0;
    return rcOk;
}

Retcode KosSemaphoreSignal(KosSemaphore *semaphore)
{
    uint64_t state;

    if (!is_valid(semaphore)) {
        return rcInvalidArgument;
    }
    do {
        state = load(semaphore);
        if ((uint32_t)state == KOS_SEMAPHORE_VALUE_MAX) {
            return rcFail;
        }
    } while (!change(semaphore, state, state + 1));
    if (waiters_of(state)) {
        KnFutexWake((uint32_t *)&semaphore->state, 1, NULL);
    }
    return rcOk;
}

Retcode KosSemaphoreTryWait(KosSemaphore *semaphore)
{
    if (!is_valid(semaphore)) {
        return rcInvalidArgument;
    }
    return pass(semaphore) ? rcOk : rcBusy;
}

static RTL_NOINLINE Retcode wait_slowly(KosSemaphore *semaphore, uint32_t ms)
{
    uint64_t deadline = sync_deadline(ms);
    Retcode rc = rcOk;

    __atomic_fetch_add(&semaphore->state, ONE_WAITER, __ATOMIC_SEQ_CST);
    for (;;) {
        if (pass(semaphore)) {
            rc = rcOk;
            break;
        }
        if (rc == rcTimeout) {
            break;
        }
        rc = sync_wait(&semaphore->state, 0, 0, deadline);
    }
    __atomic_fetch_sub(&semaphore->state, ONE_WAITER, __ATOMIC_SEQ_CST);
    return rc;
}

Retcode KosSemaphoreWaitTimeout(KosSemaphore *semaphore, rtl_uint32_t mdelay)
{
    if (!is_valid(semaphore)) {
        return rcInvalidArgument;
    }
    return pass(semaphore) ? rcOk : wait_slowly(semaphore, mdelay);
}

Retcode KosSemaphoreWait(KosSemaphore *semaphore)
{
    return KosSemaphoreWaitTimeout(semaphore, INFINITE_TIMEOUT);
}
