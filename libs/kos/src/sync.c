/*
 * sync.c: waiting on a word of memory, for the C library and libkos's own objects.
 */
#include "core_call.h"

#include <kos/internal.h>

Retcode KnFutexWait(uint32_t *ptr, uint32_t val, uint64_t ms)
{
    kl_core_Sync_Wait_req req = {.ptr = (uintptr_t)ptr, .val = val, .delay = ms};
    kl_core_Sync_Wait_res res;

    return CORE_CALL(sync_Sync, Sync, Wait, req, res);
}

Retcode KnFutexWake(uint32_t *ptr, uint32_t n, uint32_t *woken)
{
    kl_core_Sync_Wake_req req = {.ptr = (uintptr_t)ptr, .nThreads = n};
    kl_core_Sync_Wake_res res;
    Retcode rc = CORE_CALL(sync_Sync, Sync, Wake, req, res);

    if (rc == rcOk && woken) {
        *woken = res.wokenCnt;
    }
    return rc;
}
