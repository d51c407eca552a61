/*
 * kos/semaphore.h: counting semaphores. Without contention nothing makes a kernel call.
 *
 * All: rcInvalidArgument for a null pointer or a structure that KosSemaphoreInit did not make.
 */
#ifndef KOS_SEMAPHORE_H
#define KOS_SEMAPHORE_H

#include <kos/base.h>

__RTL_BEGIN_DECLS

#define KOS_SEMAPHORE_VALUE_MAX 0x7fffffffu

typedef struct KosSemaphore {
    rtl_uint32_t magic; /* says that it was initialised */
    rtl_uint64_t state; /* 0..31: the count; 32..63: waiters */
} KosSemaphore;

/* Makes a semaphore that count threads may pass. rcFail: count above KOS_SEMAPHORE_VALUE_MAX. */
Retcode KosSemaphoreInit(KosSemaphore *semaphore, unsigned count);
/* Ends its use. rcFail: threads wait for it; nothing has changed then. */
Retcode KosSemaphoreDeinit(KosSemaphore *semaphore);
/* Lets one more thread pass. rcFail: the count is KOS_SEMAPHORE_VALUE_MAX already. */
Retcode KosSemaphoreSignal(KosSemaphore *semaphore);
/* Passes if the count is not zero. rcBusy: it is. */
Retcode KosSemaphoreTryWait(KosSemaphore *semaphore);
/* Passes, waiting until the count is not zero. */
Retcode KosSemaphoreWait(KosSemaphore *semaphore);
/* The same, waiting at most mdelay milliseconds (INFINITE_TIMEOUT: without end). rcTimeout. */
Retcode KosSemaphoreWaitTimeout(KosSemaphore *semaphore, rtl_uint32_t mdelay);

__RTL_END_DECLS

#endif
