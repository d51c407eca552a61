/*
 * kos/internal.h: functions of libkos for the C library's system layer. Programs do not use them.
 *
 * None of them needs the thread pointer, so they work before the C library is set up.
 */
#ifndef KOS_INTERNAL_H
#define KOS_INTERNAL_H

#include <kos/base.h>
#include <tessera/start.h>

__RTL_BEGIN_DECLS

/* What the kernel told this process when it started. */
extern const struct kn_start *kn_start_info;
/* Called first of all, by the C library's entry code. */
void __kos_start_init(const struct kn_start *start);

/* Waits while *ptr == val, at most ms milliseconds (all ones: without end). rcFutexWouldBlock: it
 * was another value. rcTimeout. rcIpcInterrupt. */
Retcode KnFutexWait(uint32_t *ptr, uint32_t val, uint64_t ms);
/* The same for a word that belongs to thread `owner` (zero: nobody known), which is lent the caller's
 * priority meanwhile; no alert ends it. rcResourceNotFound: the owner lives no more. rcInvalidArgument:
 * the owner is the caller. */
Retcode KnFutexWaitOwner(uint32_t *ptr, uint32_t val, uint32_t owner, uint64_t ms);
/* Both with the time in nanoseconds. flags: KN_WAIT_ALERTABLE. */
Retcode KnFutexWaitNs(uint32_t *ptr, uint32_t val, uint32_t owner, uint32_t flags, uint64_t ns);
/* Wakes at most n waiters, the highest priority first; *woken if not null gets their number. */
Retcode KnFutexWake(uint32_t *ptr, uint32_t n, uint32_t *woken);

/* priority all ones: the caller's. handle may be null: then none is made. */
Retcode KnThreadCreateRaw(uint32_t priority, void *stack_top, void (*routine)(void *, void *),
                          void *context, void *context2, void *tls, uint32_t flags,
                          Handle *handle, uint32_t *tid);
/* Ends the caller; then *clear_ptr = 0 and one waiter is woken, then the range is freed. */
void KnThreadExitRaw(int code, uint32_t *clear_ptr, void *unmap_addr, size_t unmap_size)
    RTL_NORETURN;
/* CPUs on which a thread may run; where it runs, and how many there are. kos/thread.h. */
Retcode KnThreadSetAffinityRaw(uint32_t tid, uint64_t cpus);
Retcode KnThreadGetAffinityRaw(uint32_t tid, uint64_t *cpus, uint32_t *cpu, uint32_t *count);
/* The kernel's part alone: nothing that the thread owns in the process is given back. */
Retcode KnThreadTerminateRaw(uint32_t tid, int code);
Retcode KnThreadSetTlsRaw(void *tls);

Retcode KnDebugWrite(const void *text, size_t size);
void KnTaskExitRaw(int status) RTL_NORETURN;
/* Zero yields. */
Retcode KnSleepNs(uint64_t ns);
uint64_t KnUptimeNs(void);
uint64_t KnSystemTimeNs(void); /* since 1970 */
Retcode KnGetEntropy(void *buf, size_t size);

__RTL_END_DECLS

#endif
