/*
 * event.c: events (kos/event.h).
 *
 * The state counts the times that the event became signalled. A thread that waits without reset is
 * through when the count has moved on, whoever has reset the event meanwhile.
 */
#include "sync_wait.h"

#include <kos/event.h>

#define SIGNALLED 1ull
#define COUNT     0xfffffffeull /* of the times it became signalled */
#define ONE_MORE  2ull

static uint64_t load(const KosEvent *event)
{
    return __atomic_load_n(&event->state, __ATOMIC_ACQUIRE);
}

static int change(KosEvent *event, uint64_t old, uint64_t new)
{
    return __atomic_compare_exchange_n(&event->state, &old, new, 0, __ATOMIC_SEQ_CST,
                                       __ATOMIC_RELAXED);
}

void KosEventInit(KosEvent *event)
{
    *event = (KosEvent){0};
}

void KosEventDeinit(KosEvent *event)
{
    rtl_unused(event);
}

void KosEventSet(KosEvent *event)
{
    uint64_t state, count;

    do {
        state = load(event);
        if (state & SIGNALLED) {
            return;
        }
        count = (state + ONE_MORE) & COUNT;
    } while (!change(event, state, (state & ~COUNT) | count | SIGNALLED));
    if (waiters_of(state)) {
        KnFutexWake((uint32_t *)&event->state, UINT32_MAX, NULL);
    }
}

void KosEventReset(KosEvent *event)
{
    __atomic_fetch_and(&event->state, ~SIGNALLED, __ATOMIC_SEQ_CST);
}

/* Passes if the event lets a thread through that began to wait in the state `first`. */
static int pass(KosEvent *event, int reset, uint64_t first)
{
    uint64_t state = load(event);

    if (!reset) {
        return (state & SIGNALLED) || ((state ^ first) & COUNT);
    }
    while (state & SIGNALLED) {
        if (change(event, state, state & ~SIGNALLED)) {
            return 1;
        }
        state = load(event);
    }
    return 0;
}

static RTL_NOINLINE Retcode wait_slowly(KosEvent *event, int reset, uint64_t first, uint32_t ms)
{
    uint64_t deadline = sync_deadline(ms);
    Retcode rc = rcOk;

    __atomic_fetch_add(&event->state, ONE_WAITER, __ATOMIC_SEQ_CST);
    for (;;) {
        uint32_t word = (uint32_t)load(event);

        if (pass(event, reset, first)) {
            rc = rcOk;
            break;
        }
        if (rc == rcTimeout) {
            break;
        }
        if (!(word & SIGNALLED)) {
            rc = sync_wait(&event->state, word, 0, deadline);
        }
    }
    __atomic_fetch_sub(&event->state, ONE_WAITER, __ATOMIC_SEQ_CST);
    return rc;
}

Retcode KosEventWaitTimeout(KosEvent *event, rtl_bool reset, rtl_uint32_t msec)
{
    uint64_t first;

    if (!event) {
        return rcInvalidArgument;
    }
    first = load(event);
    return pass(event, reset, first) ? rcOk : wait_slowly(event, reset, first, msec);
}

Retcode KosEventWait(KosEvent *event, rtl_bool reset)
{
    return KosEventWaitTimeout(event, reset, INFINITE_TIMEOUT);
}
