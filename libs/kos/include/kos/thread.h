/*
 * kos/thread.h: threads of the calling process.
 *
 * There is one kind of thread: those made here may use the C library like those of pthread_create.
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
 * 0..31. stackSize in bytes, or ThreadStackSizeDefault. suspended: it waits for KosThreadResume.
 * rcInvalidArgument: a stack below 2 KiB or a priority above 31; rcOutOfMemory: no memory, or the
 * kernel refused (a priority above the process's ceiling, quota).
 */
Retcode KosThreadCreate(Tid *tid, rtl_uint32_t priority, rtl_uint32_t stackSize,
                        ThreadRoutine routine, void *context, int suspended);
/* Starts a thread that was made suspended. */
Retcode KosThreadResume(Tid tid);
/* The number of the calling thread. */
Tid KosThreadCurrentId(void);
/* Ends the calling thread. */
void KosThreadExit(rtl_int32_t exitCode) RTL_NORETURN;
/* Waits for the end of a thread, at most so many milliseconds. rcOk, also if it has ended already
 * (known of the last 1024 threads made by KosThreadCreate); rcTimeout; rcResourceNotFound if there
 * is no such thread; rcInvalidArgument for the caller itself. */
int KosThreadWait(rtl_uint32_t tid, rtl_uint32_t timeout);
/* Sleeps for so many milliseconds; zero yields. */
Retcode KosThreadSleep(rtl_uint32_t mdelay);
void KosThreadYield(void);
/* Runs initRoutine exactly once, whichever thread comes first; the others wait for its end. */
Retcode KosThreadOnce(KosThreadOnceState *onceControl, void (*initRoutine)(void));

/*
 * The processors on which a thread of this process may run: bit n for number n, the first is 0. A new
 * thread, and the first thread of a new process, inherit those of the thread that made them.
 * rcInvalidArgument: none of them runs. rcResourceNotFound: there is no such thread.
 */
Retcode KosThreadSetAffinity(Tid tid, rtl_uint64_t cpus);
/* Those of them that run. rcInvalidArgument: a null pointer; rcResourceNotFound as above. */
Retcode KosThreadGetAffinity(Tid tid, rtl_uint64_t *cpus);
/* The processor that runs the caller, by now perhaps another one. */
rtl_uint32_t KosCpuCurrent(void);
/* How many processors run. */
rtl_uint32_t KosCpuCount(void);

__RTL_END_DECLS

#endif
