/*
 * kos/mutex.h: mutual exclusion, plain and recursive.
 *
 * A mutex that is free is taken and given back without a kernel call. While threads wait, its owner
 * runs at least at their priority. Who waits longest among those of the highest priority is woken
 * first. A mutex in memory that processes share (coresrv/vmm/vmm_api.h) works between them.
 */
#ifndef KOS_MUTEX_H
#define KOS_MUTEX_H

#include <kos/base.h>

__RTL_BEGIN_DECLS

typedef struct KosMutex {
    rtl_uint32_t word;  /* the owner's number, with the top bit if somebody waits; zero: free */
    rtl_uint32_t count; /* how often its owner has locked it again */
    rtl_uint32_t recursive;
} KosMutex;

/* For static objects, in place of KosMutexInit and KosMutexInitEx(, 1). */
#define KOS_MUTEX_INITIALIZER           {0, 0, 0}
#define KOS_MUTEX_INITIALIZER_RECURSIVE {0, 0, 1}

/* Makes a plain mutex, unlocked. */
void KosMutexInit(KosMutex *mutex);
/* recursive: 1 for one that its owner may lock again, 0 for a plain one. */
void KosMutexInitEx(KosMutex *mutex, int recursive);
/* Ends the use of a mutex that nobody holds. */
void KosMutexDeinit(KosMutex *mutex);
/* Takes the mutex, waiting as long as it is held. A plain mutex that the caller holds already is
 * never free: the thread waits for ever. */
void KosMutexLock(KosMutex *mutex);
/* The same, waiting at most mdelay milliseconds (INFINITE_TIMEOUT: without end). rcOk; rcTimeout;
 * rcInvalidArgument: a null pointer. */
Retcode KosMutexLockTimeout(KosMutex *mutex, rtl_uint32_t mdelay);
/* Takes the mutex if it is free, or if it is recursive and the caller's. rcOk; rcBusy;
 * rcInvalidArgument: a null pointer. */
Retcode KosMutexTryLock(KosMutex *mutex);
/* Gives the mutex back, if it was locked again: once. Without effect on a mutex that the caller
 * does not hold. */
void KosMutexUnlock(KosMutex *mutex);

__RTL_END_DECLS

#endif
