/*
 * thread_raw.c: the kernel's thread methods, for the C library, which makes all threads.
 */
#include "core_call.h"

#include <kos/internal.h>
#include <tessera/flags.h>

Retcode KnThreadCreateRaw(uint32_t priority, void *stack_top, void (*routine)(void *, void *),
                          void *context, void *context2, void *tls, uint32_t flags,
                          Handle *handle, uint32_t *tid)
{
    kl_core_Thread_Create_req req = {
        .priority = priority,
        .stackTop = (uintptr_t)stack_top,
        .routine = (uintptr_t)routine,
        .context = (uintptr_t)context,
        .context2 = (uintptr_t)context2,
        .tls = (uintptr_t)tls,
        .flags = flags | (handle ? 0 : KN_THREAD_NO_HANDLE),
    };
    kl_core_Thread_Create_res res;
    Retcode rc = CORE_CALL_LONG(thread_Thread, Thread, Create, req, res, NULL);

    if (rc != rcOk) {
        return rc;
    }
    *tid = res.tid;
    if (handle) {
        *handle = res.thread.handle;
    }
    return rcOk;
}

void KnThreadExitRaw(int code, uint32_t *clear_ptr, void *unmap_addr, size_t unmap_size)
{
    kl_core_Thread_Exit_req req = {
        .code = code,
        .clearPtr = (uintptr_t)clear_ptr,
        .unmapAddr = (uintptr_t)unmap_addr,
        .unmapSize = unmap_size,
    };
    kl_core_Thread_Exit_res res;

    for (;;) {
        (void)CORE_CALL(thread_Thread, Thread, Exit, req, res);
        __builtin_trap(); /* refused by the policy: the fault ends the process */
    }
}

Retcode KnThreadSetTlsRaw(void *tls)
{
    kl_core_Thread_SetTls_req req = {.tls = (uintptr_t)tls};
    kl_core_Thread_SetTls_res res;

    return CORE_CALL(thread_Thread, Thread, SetTls, req, res);
}

Retcode KnSleepNs(uint64_t ns)
{
    kl_core_Thread_Sleep_req req = {.delay = ns};
    kl_core_Thread_Sleep_res res;

    return CORE_CALL(thread_Thread, Thread, Sleep, req, res);
}
