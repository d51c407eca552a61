/*
 * service/hal.c: kl.core.HAL: console output, environment, entropy, the end of a run.
 */
#include "core/boot_args.h"
#include "core/copy.h"
#include "core/idle.h"
#include "core/log.h"
#include "core/process.h"
#include "core/text.h"
#include "service/kcall.h"

#include <arch/cpu.h>
#include <kl/core/Core.edl.h>
#include <core_services.h>

#define NAME_MAX  128
#define VALUE_MAX 1024
#define STATUS_MAX 100

Retcode service_hal_getenv(struct kcall *call, const kl_core_HAL_GetEnv_req *req,
                           kl_core_HAL_GetEnv_res *res)
{
    char name[NAME_MAX], value[VALUE_MAX];
    Retcode rc = kcall_string(call, req->name, name, sizeof name);
    if (rc != rcOk)
        return rc;
    if (!boot_arg(name, value, sizeof value))
        return rcResourceNotFound;
    return kcall_store(call, &res->value, value, (uint32_t)text_length(value) + 1);
}

Retcode service_hal_debugwrite(struct kcall *call, const kl_core_HAL_DebugWrite_req *req,
                               kl_core_HAL_DebugWrite_res *res)
{
    (void)res;
    console_write((const char *)call->arena + req->text.offset, req->text.size);
    return rcOk;
}

Retcode service_hal_reset(struct kcall *call, const kl_core_HAL_Reset_req *req,
                          kl_core_HAL_Reset_res *res)
{
    (void)res;
    klog("kernel: %s powers the machine off, status %u", call->process->name, req->status);
    system_exit(req->status > STATUS_MAX ? STATUS_MAX : (int)req->status);
}

Retcode service_hal_getentropy(struct kcall *call, const kl_core_HAL_GetEntropy_req *req,
                               kl_core_HAL_GetEntropy_res *res)
{
    uint64_t data[32];
    if (req->size == 0 || req->size > sizeof data)
        return rcInvalidArgument;
    for (size_t i = 0; i < (req->size + 7) / 8; i++)
        data[i] = arch_random();
    return kcall_store(call, &res->data, data, req->size);
}
