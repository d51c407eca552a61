/*
 * coresrv/thread/thread_api.h: the kernel's view of threads. Threads are made by kos/thread.h.
 *
 * A thread is named by a handle (of KnThreadOpenCurrent, which the process cannot give away) or, if
 * that is INVALID_HANDLE, by its number in the caller's process. All: rcResourceNotFound: no such thread, or it has ended; rcInvalidArgument:
 * not a handle of a thread; rcSecurityDisallow: the right is missing.
 */
#ifndef CORESRV_THREAD_THREAD_API_H
#define CORESRV_THREAD_THREAD_API_H

#include <kos/base.h>
#include <tessera/flags.h>

__RTL_BEGIN_DECLS

typedef enum {
    KnThreadStopped = KN_THREAD_STOPPED, /* not started, or suspended */
    KnThreadReady = KN_THREAD_READY,     /* runs or could run */
    KnThreadBlocked = KN_THREAD_BLOCKED, /* waits */
    KnThreadEnded = KN_THREAD_ENDED,
} KnThreadState;

typedef struct KnThreadInfo {
    rtl_uint32_t tid;
    KnThreadState state;
    rtl_uint32_t priority;          /* its own, 0..31 */
    rtl_uint32_t effectivePriority; /* with what is lent to it */
    rtl_int32_t exitCode;           /* in KnThreadEnded */
} KnThreadInfo;

/* Sleeps for so many milliseconds (INFINITE_TIMEOUT: for ever); zero yields. rcIpcInterrupt:
 * alerted. */
Retcode KnSleep(rtl_uint32_t mdelay);

/* A handle of the calling thread, which outlives it, and its number. rcQuotaExceeded,
 * rcOutOfMemory; rcInvalidArgument: a null pointer. */
Retcode KnThreadOpenCurrent(Handle *thread, rtl_uint32_t *tid);
/* Ends the thread's wait in KnSleep, KosThreadSleep or KnNoticeGetEvent with rcIpcInterrupt, or the next
 * such wait before it begins. Waits of the C library end if the thread is cancelled or a handler of a signal
 * has run, else they go on, as those of the kos/ objects and IPC do. */
Retcode KnThreadAlert(Handle thread, rtl_uint32_t tid);
/* Properties; of a thread that has ended too, if the handle still holds it. rcInvalidArgument: a
 * null pointer. */
Retcode KnThreadGetInfo(Handle thread, rtl_uint32_t tid, KnThreadInfo *info);
/* Sets the own priority, 0..31, of a thread of the caller's process. rcInvalidArgument: above 31;
 * rcSecurityDisallow: above the ceiling of the process. */
Retcode KnThreadSetPriority(rtl_uint32_t tid, rtl_uint32_t priority);
/* Stops the caller until KnThreadResume. */
Retcode KnThreadSuspend(void);
/* Starts a thread that was made suspended, or lets one go on that suspended itself.
 * rcInvalidOperation: it is not suspended. */
Retcode KnThreadResume(rtl_uint32_t tid);
/* Waits for the end of a thread of the caller's process, at most msec milliseconds
 * (INFINITE_TIMEOUT: without end). *exitCode (may be null) is what its routine returned or
 * KosThreadExit was given. A thread that has ended before is not known any more unless a handle
 * holds it. rcTimeout; rcInvalidArgument: the caller itself. */
Retcode KnThreadWait(rtl_uint32_t tid, rtl_uint32_t msec, rtl_int32_t *exitCode);

__RTL_END_DECLS

#endif
