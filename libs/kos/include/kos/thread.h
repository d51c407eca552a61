/*
 * kos/thread.h: threads of the calling process.
 *
 * There is one kind of thread: those made here may use the C library, and those of pthread_create
 * these functions. Numbers (Tid) are those of the kernel; one of a thread that has ended is not
 * given again for a long time.
 */
#ifndef KOS_THREAD_H
#define KOS_THREAD_H

#include <coresrv/thread/thread_api.h>
#include <kos/base.h>

__RTL_BEGIN_DECLS

typedef rtl_uint32_t Tid;
typedef int (*ThreadRoutine)(void *context);
typedef int KosThreadOnceState;
#define KOS_THREAD_ONCE_INIT 0

enum {
    ThreadPriorityLowest = 0,
    ThreadPriorityNormal = 15,
    ThreadPriorityHighest = 31,
};
#define ThreadStackSizeDefault 0u /* what pthread_create gives */

/*
 * Makes a thread that runs routine(context); what that returns is the thread's exit code. priority:
 * 0..31. stackSize in bytes, or ThreadStackSizeDefault; a guard page lies below. suspended: 1, it
 * waits
 * for KosThreadResume. *tid (may be null) is its number. It need not be waited for.
 * rcInvalidArgument: no routine, a stack below 2 KiB or a priority above 31; rcOutOfMemory: no
 * memory, or the kernel refused (a priority above the process's ceiling, quota).
 */
Retcode KosThreadCreate(Tid *tid, rtl_uint32_t priority, rtl_uint32_t stackSize,
                        ThreadRoutine routine, void *context, int suspended);
/* The same for a thread that nobody will wait for. priority: 0..15 (rcInvalidArgument above). */
Retcode KosThreadCreateDetached(Tid *tid, rtl_uint32_t priority, rtl_uint32_t stackSize,
                                ThreadRoutine routine, void *context, int suspended);
/* Starts a thread that was made suspended, or lets one go on that suspended itself.
 * rcResourceNotFound: no such thread; rcInvalidOperation: it is not suspended. */
Retcode KosThreadResume(Tid tid);
/* Stops the calling thread, which tid must name, until KosThreadResume. rcInvalidArgument: another
 * one. */
Retcode KosThreadSuspend(Tid tid);
/* The number of the calling thread. */
Tid KosThreadCurrentId(void);
/* Ends the calling thread, after the C library's cleanup handlers. */
void KosThreadExit(rtl_int32_t exitCode) RTL_NORETURN;
/* Ends a thread of the process. The caller itself: like KosThreadExit. Another one ends wherever it
 * is: mutexes and memory that it holds stay held (robust mutexes are handed on), the C library's locks and
 * streams do not; callbacks are not called.
 * rcResourceNotFound: no such thread. */
Retcode KosThreadTerminate(Tid tid, rtl_int32_t exitCode);
/* Waits for the end of a thread, at most so many milliseconds (INFINITE_TIMEOUT: without end; zero:
 * yields). rcOk, also if it has ended already (known of the last 1024 threads made by
 * KosThreadCreate); rcTimeout; rcResourceNotFound if there is no such thread; rcInvalidArgument for
 * the caller itself. */
int KosThreadWait(rtl_uint32_t tid, rtl_uint32_t timeout);
/* The same, with the exit code in *exitCode (may be null). */
Retcode KosThreadWaitEx(Tid tid, rtl_uint32_t timeout, rtl_int32_t *exitCode);
/* Sleeps for so many milliseconds (INFINITE_TIMEOUT: for ever); zero yields. rcIpcInterrupt:
 * alerted (KnThreadAlert). */
Retcode KosThreadSleep(rtl_uint32_t mdelay);
/* Lets the next thread of the same priority run. */
void KosThreadYield(void);
/* The lowest address of a thread's stack, and in *size (may be null) its bytes. RTL_NULL: no such
 * thread. */
void *KosThreadGetStack(Tid tid, rtl_uint32_t *size);

/* Runs initRoutine exactly once, whichever thread comes first; the others wait for its end. rcOk;
 * rcInvalidArgument: a null pointer. */
Retcode KosThreadOnce(KosThreadOnceState *onceControl, void (*initRoutine)(void));

/*
 * The processors on which a thread of this process may run: bit n for number n, the first is 0. A
 * new thread, and the first thread of a new process, inherit those of the thread that made them.
 * rcInvalidArgument: none of them runs. rcResourceNotFound: there is no such thread.
 */
Retcode KosThreadSetAffinity(Tid tid, rtl_uint64_t cpus);
/* Those of them that run. rcInvalidArgument: a null pointer; rcResourceNotFound as above. */
Retcode KosThreadGetAffinity(Tid tid, rtl_uint64_t *cpus);
/* The processor that runs the caller, by now perhaps another one. */
rtl_uint32_t KosCpuCurrent(void);
/* How many processors run. */
rtl_uint32_t KosCpuCount(void);
/* One pointer for each thread, RTL_NULL at first. */
void *KosThreadTlsGet(void);
/* rcOk. */
Retcode KosThreadTlsSet(void *tls);

typedef enum KosThreadCallbackReason {
    KosThreadCallbackReasonCreate,
    KosThreadCallbackReasonDestroy,
} KosThreadCallbackReason;
typedef void KosThreadCallback(KosThreadCallbackReason reason);

/* From now on calls `callback` in each thread made here: at its beginning, and when it ends by
 * itself. A callback may take itself out, no other one. rcInvalidArgument: a null pointer;
 * rcAlreadyExists: registered; rcOutOfMemory. */
Retcode KosThreadCallbackRegister(KosThreadCallback *callback);
/* rcResourceNotFound: not registered. */
Retcode KosThreadCallbackUnregister(KosThreadCallback *callback);

__RTL_END_DECLS

#endif
