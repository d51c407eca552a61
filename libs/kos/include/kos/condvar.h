/*
 * kos/condvar.h: condition variables.
 *
 * A thread that holds a mutex waits until others say that what the mutex guards has changed. It may
 * wake without a reason: always wait in a loop that tests the condition.
 */
#ifndef KOS_CONDVAR_H
#define KOS_CONDVAR_H

#include <kos/base.h>
#include <kos/mutex.h>

__RTL_BEGIN_DECLS

typedef struct KosCondvar {
    rtl_uint32_t sequence; /* of signals */
    rtl_uint32_t waiters;
} KosCondvar;

/* For static objects, in place of KosCondvarInit. */
#define KOS_CONDVAR_INITIALIZER {0, 0}

void KosCondvarInit(KosCondvar *condvar);
/* Ends the use of one that nobody waits for. */
void KosCondvarDeinit(KosCondvar *condvar);
/* Unlocks the mutex, waits for a signal, and locks the mutex again, as often as it was locked. No
 * signal given after the mutex was unlocked is missed. rcOk; rcInvalidArgument: a null pointer, or
 * a mutex that the caller does not hold. */
Retcode KosCondvarWait(KosCondvar *condvar, KosMutex *mutex);
/* The same, waiting for the signal at most mdelay milliseconds (INFINITE_TIMEOUT: without end). The
 * mutex is locked in any case when the function returns. rcTimeout; otherwise as KosCondvarWait. */
Retcode KosCondvarWaitTimeout(KosCondvar *condvar, KosMutex *mutex, rtl_uint32_t mdelay);
/* Wakes at least one of the threads that wait, the one of the highest priority. Nobody waits: no
 * effect, and no kernel call. */
void KosCondvarSignal(KosCondvar *condvar);
/* Wakes all threads that wait. */
void KosCondvarBroadcast(KosCondvar *condvar);

__RTL_END_DECLS

#endif
