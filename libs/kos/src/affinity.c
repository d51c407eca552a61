/*
 * affinity.c: processors and the threads that may run on them (kos/thread.h).
 */
#include "core_call.h"

#include <kos/internal.h>
#include <kos/thread.h>

Retcode KnThreadSetAffinityRaw(uint32_t tid, uint64_t cpus)
{
    kl_core_Thread_SetAffinity_req req = {.tid = tid, .cpus = cpus};
    kl_core_Thread_SetAffinity_res res;

    return CORE_CALL(thread_Thread, Thread, SetAffinity, req, res);
}

Retcode KnThreadGetAffinityRaw(uint32_t tid, uint64_t *cpus, uint32_t *cpu, uint32_t *count)
{
    kl_core_Thread_GetAffinity_req req = {.tid = tid};
    kl_core_Thread_GetAffinity_res res;
    Retcode rc = CORE_CALL(thread_Thread, Thread, GetAffinity, req, res);

    if (rc == rcOk) {
        *cpus = res.cpus;
        *cpu = res.cpu;
        *count = res.count;
    }
    return rc;
}

Retcode KosThreadSetAffinity(Tid tid, rtl_uint64_t cpus)
{
    return KnThreadSetAffinityRaw(tid, cpus);
}

Retcode KosThreadGetAffinity(Tid tid, rtl_uint64_t *cpus)
{
    uint32_t cpu, count;

    return cpus ? KnThreadGetAffinityRaw(tid, cpus, &cpu, &count) : rcInvalidArgument;
}

rtl_uint32_t KosCpuCurrent(void)
{
    uint64_t cpus;
    uint32_t cpu = 0, count;

    (void)KnThreadGetAffinityRaw(KosThreadCurrentId(), &cpus, &cpu, &count);
    return cpu;
}

rtl_uint32_t KosCpuCount(void)
{
    uint64_t cpus;
    uint32_t cpu, count = 1;

    (void)KnThreadGetAffinityRaw(KosThreadCurrentId(), &cpus, &cpu, &count);
    return count;
}
