/*
 * rwlock.c: read-write locks (kos/rwlock.h).
 *
 * The state is the number of readers, or WRITER, and two bits that say who waits. Readers sleep on
 * the state; writers on a word of their own, a count that each wake moves on, so that a wake for a
 * writer reaches no reader. While either bit is set no new reader enters. Whoever unlocks last lets
 * one writer in before the readers.
 */
#include "sync_wait.h"

#include <kos/rwlock.h>

#define READERS_WAIT 0x40000000u
#define WRITERS_WAIT 0x80000000u
#define WAIT_BITS    (READERS_WAIT | WRITERS_WAIT)
#define WRITER       0x3fffffffu /* also the mask of the readers' number */

static uint32_t load(const KosRWLock *rwlock)
{
    return __atomic_load_n(&rwlock->state, __ATOMIC_RELAXED);
}

static int change(KosRWLock *rwlock, uint32_t old, uint32_t new)
{
    return __atomic_compare_exchange_n(&rwlock->state, &old, new, 0, __ATOMIC_ACQ_REL,
                                       __ATOMIC_RELAXED);
}

/* Whether one more reader may enter. */
static int is_open(uint32_t state)
{
    return (state & WRITER) < WRITER - 1 && !(state & WAIT_BITS);
}

void KosRWLockInit(KosRWLock *rwlock)
{
    *rwlock = (KosRWLock){0};
}

void KosRWLockDeinit(KosRWLock *rwlock)
{
    rtl_unused(rwlock);
}

/* ---- readers ---- */

Retcode KosRWLockTryRead(KosRWLock *rwlock)
{
    uint32_t state;

    if (!rwlock) {
        return rcInvalidArgument;
    }
    while (is_open(state = load(rwlock))) {
        if (change(rwlock, state, state + 1)) {
            return rcOk;
        }
    }
    return rcBusy;
}

void KosRWLockRead(KosRWLock *rwlock)
{
    while (KosRWLockTryRead(rwlock) != rcOk) {
        uint32_t state = load(rwlock);

        if (is_open(state)) {
            continue;
        }
        if (!(state & READERS_WAIT) && !change(rwlock, state, state | READERS_WAIT)) {
            continue;
        }
        sync_wait(&rwlock->state, state | READERS_WAIT, 0, NO_DEADLINE);
    }
}

/* ---- writers ---- */

Retcode KosRWLockTryWrite(KosRWLock *rwlock)
{
    uint32_t state;

    if (!rwlock) {
        return rcInvalidArgument;
    }
    while (!((state = load(rwlock)) & WRITER)) {
        if (change(rwlock, state, state | WRITER)) {
            return rcOk;
        }
    }
    return rcBusy;
}

static RTL_NOINLINE void write_slowly(KosRWLock *rwlock)
{
    uint32_t others = 0; /* WRITERS_WAIT when there may be more than this one */

    for (;;) {
        uint32_t state = load(rwlock), seen;

        if (!(state & WRITER)) {
            if (change(rwlock, state, state | WRITER | others)) {
                return;
            }
            continue;
        }
        if (!(state & WRITERS_WAIT) && !change(rwlock, state, state | WRITERS_WAIT)) {
            continue;
        }
        others = WRITERS_WAIT;
        seen = __atomic_load_n(&rwlock->writers, __ATOMIC_ACQUIRE);
        state = load(rwlock);
        if ((state & WRITER) && (state & WRITERS_WAIT)) {
            sync_wait(&rwlock->writers, seen, 0, NO_DEADLINE);
        }
    }
}

void KosRWLockWrite(KosRWLock *rwlock)
{
    if (!change(rwlock, 0, WRITER)) {
        write_slowly(rwlock);
    }
}

/* ---- unlocking ---- */

static int wake_writer(KosRWLock *rwlock)
{
    uint32_t woken = 0;

    __atomic_fetch_add(&rwlock->writers, 1, __ATOMIC_RELEASE);
    KnFutexWake(&rwlock->writers, 1, &woken);
    return woken != 0;
}

/* The lock was given back and somebody waited. Whoever takes it meanwhile keeps the bits and wakes
 * later. */
static RTL_NOINLINE void wake_next(KosRWLock *rwlock)
{
    for (;;) {
        uint32_t state = load(rwlock);

        if ((state & WRITER) || !(state & WAIT_BITS)) {
            return;
        }
        if (state & WRITERS_WAIT) {
            if (change(rwlock, state, state & ~WRITERS_WAIT) && wake_writer(rwlock)) {
                return;
            }
        } else if (change(rwlock, state, state & ~READERS_WAIT)) {
            KnFutexWake(&rwlock->state, UINT32_MAX, NULL);
            return;
        }
    }
}

void KosRWLockUnlock(KosRWLock *rwlock)
{
    uint32_t state, now;

    do {
        state = load(rwlock);
        if (!(state & WRITER)) {
            return;
        }
        now = (state & WRITER) == WRITER ? state & ~WRITER : state - 1;
    } while (!change(rwlock, state, now));
    if (now && !(now & WRITER)) {
        wake_next(rwlock);
    }
}
