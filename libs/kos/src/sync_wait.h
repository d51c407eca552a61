/*
 * sync_wait.h: what the objects of kos/mutex.h and the others share: deadlines, and waiting on a word.
 *
 * They wait with Sync.WaitOwner, which an alert does not end: none of them has a return code for that.
 */
#ifndef KOS_SYNC_WAIT_H
#define KOS_SYNC_WAIT_H

#include <kos/internal.h>
#include <kos/mutex.h>

#define NO_DEADLINE (~0ull)

/* Nanoseconds of uptime at which a timeout of so many milliseconds is over. */
static inline uint64_t sync_deadline(rtl_uint32_t ms)
{
    return ms == INFINITE_TIMEOUT ? NO_DEADLINE : KnUptimeNs() + ms * 1000000ull;
}

/* An object of 64 bits: what is waited on in the low half, the number of waiters in the high half. One
 * step changes the one and reads the other, so whoever wakes needs the object no more after that step: a
 * waiter may have ended its use by then. */
#define ONE_WAITER 0x100000000ull

static inline uint32_t waiters_of(uint64_t state)
{
    return (uint32_t)(state >> 32);
}

/* Waits while *word == val; owner: the thread that the word belongs to, or zero. rcOk: woken, possibly
 * without reason; rcFutexWouldBlock, rcTimeout, rcResourceNotFound: the owner lives no more. */
Retcode sync_wait(void *word, uint32_t val, uint32_t owner, uint64_t deadline);

/* A thread is gone: what it held of the mutex is given back; if it was the one that had been woken for it,
 * another one is. */
void sync_mutex_release(KosMutex *mutex, uint32_t tid);

#endif
