/*
 * sync.c: waiting on a word of memory, for the C library and libkos's own objects.
 */
#include "core_call.h"
#include "sync_wait.h"

#include <kos/internal.h>

Retcode KnFutexWait(uint32_t *ptr, uint32_t val, uint64_t ms)
{
    kl_core_Sync_Wait_req req = {.ptr = (uintptr_t)ptr, .val = val, .delay = ms};
    kl_core_Sync_Wait_res res;

    return CORE_CALL(sync_Sync, Sync, Wait, req, res);
}

Retcode KnFutexWaitOwner(uint32_t *ptr, uint32_t val, uint32_t owner, uint64_t ms)
{
    kl_core_Sync_WaitOwner_req req = {
        .ptr = (uintptr_t)ptr,
        .val = val,
        .ownerTid = owner,
        .delay = ms,
    };
    kl_core_Sync_WaitOwner_res res;

    return CORE_CALL(sync_Sync, Sync, WaitOwner, req, res);
}

Retcode KnFutexWaitNs(uint32_t *ptr, uint32_t val, uint32_t owner, uint32_t flags, uint64_t ns)
{
    kl_core_Sync_WaitNs_req req = {
        .ptr = (uintptr_t)ptr,
        .val = val,
        .ownerTid = owner,
        .flags = flags,
        .delay = ns,
    };
    kl_core_Sync_WaitNs_res res;

    return CORE_CALL(sync_Sync, Sync, WaitNs, req, res);
}

Retcode sync_wait(void *word, uint32_t val, uint32_t owner, uint64_t deadline)
{
    uint64_t ms = KN_INFINITE;

    if (deadline != NO_DEADLINE) {
        uint64_t now = KnUptimeNs();

        ms = deadline > now ? (deadline - now + 999999) / 1000000 : 0;
    }
    return KnFutexWaitOwner(word, val, owner, ms);
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
