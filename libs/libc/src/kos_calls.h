/*
 * kos_calls.h: everything that the C library asks of libkos, and nothing else.
 *
 * Declared here rather than taken from libkos' headers because musl's internal headers and those of
 * libkos are not meant to meet in one file. libs/kos defines these with the same signatures.
 */
#ifndef LIBC_KOS_CALLS_H
#define LIBC_KOS_CALLS_H

#include <rtl/retcode.h>
#include <rtl/rtc.h>
#include <stddef.h>
#include <stdint.h>
#include <tessera/flags.h>
#include <tessera/start.h>

/* Set by __kos_start_init, which runs before anything else in a process. */
extern const struct kn_start *kn_start_info;
void __kos_start_init(const struct kn_start *start);

void *KnVmAllocate(void *addr, size_t size, int flags);
Retcode KnVmUnmap(void *addr, size_t size);
Retcode KnVmCommit(void *addr, size_t size, int flags);
Retcode KnVmProtect(void *addr, size_t size, int flags);
typedef struct KnVmInfo {
    void *base;
    size_t size;
    uint32_t flags; /* zero: free */
} KnVmInfo;
Retcode KnVmQuery(const void *addr, KnVmInfo *info);

/* owner: who is lent the caller's priority, or zero; ns all ones: without end. */
Retcode KnFutexWaitNs(uint32_t *ptr, uint32_t val, uint32_t owner, uint32_t flags, uint64_t ns);
Retcode KnFutexWake(uint32_t *ptr, uint32_t n, uint32_t *woken);

/* handle may be null together with KN_THREAD_NO_HANDLE. */
Retcode KnThreadCreateRaw(uint32_t priority, void *stack_top, void (*routine)(void *, void *),
                          void *context, void *context2, void *tls, uint32_t flags,
                          uint32_t *handle, uint32_t *tid);
_Noreturn void KnThreadExitRaw(int code, uint32_t *clear_ptr, void *unmap_addr, size_t unmap_size);
Retcode KnThreadSetAffinityRaw(uint32_t tid, uint64_t cpus);
Retcode KnThreadGetAffinityRaw(uint32_t tid, uint64_t *cpus, uint32_t *cpu, uint32_t *count);
/* handle zero: a thread of this process by its number. */
Retcode KnThreadAlert(uint32_t handle, uint32_t tid);
Retcode KnThreadSetPriority(uint32_t tid, uint32_t priority);
/* The own priority, 0..31, of a thread of this process that lives. */
Retcode KnThreadGetPriorityRaw(uint32_t tid, uint32_t *priority);
Retcode KnThreadTerminateRaw(uint32_t tid, int code);
Retcode KnThreadSetTlsRaw(void *tls);
Retcode KnSleepNs(uint64_t ns);

Retcode KnDebugWrite(const void *text, size_t size);
_Noreturn void KnTaskExitRaw(int status);
uint64_t KnUptimeNs(void);
uint64_t KnSystemTimeNs(void);
Retcode KnSetSystemTime(RtlTimeSpec *time);
Retcode KnSetSystemTimeAdj(const RtlTimeSpec *adj, uint32_t slew, RtlTimeSpec *prev);
Retcode KnGetSystemTimeAdj(RtlTimeSpec *adj);

#define KOS_INFINITE (~0ull) /* nanoseconds */

#endif
