/*
 * kos/rwlock.h: read-write locks: many readers, or one writer.
 *
 * Writers do not starve: while one waits, no new reader gets in. So a thread must not lock for
 * reading again while it reads. Without contention nothing makes a kernel call.
 */
#ifndef KOS_RWLOCK_H
#define KOS_RWLOCK_H

#include <kos/base.h>

__RTL_BEGIN_DECLS

typedef struct KosRWLock {
    rtl_uint32_t state;   /* readers, or all ones: a writer; top bits: who waits */
    rtl_uint32_t writers; /* the word that writers wait on: number of times one was let in */
} KosRWLock;

/* For static objects, in place of KosRWLockInit. */
#define KOS_RWLOCK_INITIALIZER {0, 0}

void KosRWLockInit(KosRWLock *rwlock);
/* Ends the use of one that nobody holds. */
void KosRWLockDeinit(KosRWLock *rwlock);
/* Locks for reading, waiting while a writer holds it or waits. */
void KosRWLockRead(KosRWLock *rwlock);
/* Locks for writing, waiting while anybody holds it. */
void KosRWLockWrite(KosRWLock *rwlock);
/* Lock if that needs no waiting. rcOk; rcBusy; rcInvalidArgument: a null pointer. */
Retcode KosRWLockTryRead(KosRWLock *rwlock);
Retcode KosRWLockTryWrite(KosRWLock *rwlock);
/* Gives back what the caller holds, of either kind. Without effect on a lock that nobody holds. */
void KosRWLockUnlock(KosRWLock *rwlock);

__RTL_END_DECLS

#endif
