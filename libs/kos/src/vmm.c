/*
 * vmm.c: the caller's address space (coresrv/vmm/vmm_api.h). Shared memory: mdl.c.
 */
#include "core_call.h"

#include <coresrv/vmm/vmm_api.h>

/* Writable and executable: the kernel's methods for that, which a policy can refuse. */
static int is_rwx(int flags)
{
    return (flags & VMM_FLAG_RWX_MASK) == VMM_FLAG_RWX_MASK;
}

static void *allocate_rwx(void *addr, rtl_size_t size, int flags)
{
    kl_core_VMM_AllocateRwx_req req = {
        .addr = (uintptr_t)addr,
        .size = size,
        .flags = (nk_uint32_t)flags,
    };
    kl_core_VMM_AllocateRwx_res res;

    if (CORE_CALL(vmm_VMM, VMM, AllocateRwx, req, res) != rcOk) {
        return RTL_NULL;
    }
    return (void *)(uintptr_t)res.va;
}

static Retcode protect_rwx(void *addr, rtl_size_t size, int flags)
{
    kl_core_VMM_ProtectRwx_req req = {
        .va = (uintptr_t)addr,
        .size = size,
        .flags = (nk_uint32_t)flags,
    };
    kl_core_VMM_ProtectRwx_res res;

    return CORE_CALL(vmm_VMM, VMM, ProtectRwx, req, res);
}

void *KnVmAllocate(void *addr, rtl_size_t size, int flags)
{
    kl_core_VMM_Allocate_req req = {
        .addr = (uintptr_t)addr,
        .size = size,
        .flags = (nk_uint32_t)flags,
    };
    kl_core_VMM_Allocate_res res;

    if (is_rwx(flags)) {
        return allocate_rwx(addr, size, flags);
    }
    if (CORE_CALL(vmm_VMM, VMM, Allocate, req, res) != rcOk) {
        return RTL_NULL;
    }
    return (void *)(uintptr_t)res.va;
}

Retcode KnVmCommit(void *addr, rtl_size_t size, int flags)
{
    kl_core_VMM_Commit_req req = {
        .va = (uintptr_t)addr,
        .size = size,
        .flags = (nk_uint32_t)flags,
    };
    kl_core_VMM_Commit_res res;

    return CORE_CALL(vmm_VMM, VMM, Commit, req, res);
}

Retcode KnVmDecommit(void *addr, rtl_size_t size)
{
    kl_core_VMM_Decommit_req req = {.va = (uintptr_t)addr, .size = size};
    kl_core_VMM_Decommit_res res;

    return CORE_CALL(vmm_VMM, VMM, Decommit, req, res);
}

Retcode KnVmProtect(void *addr, rtl_size_t size, int newFlags)
{
    kl_core_VMM_Protect_req req = {
        .va = (uintptr_t)addr,
        .size = size,
        .flags = (nk_uint32_t)newFlags,
    };
    kl_core_VMM_Protect_res res;

    if (is_rwx(newFlags)) {
        return protect_rwx(addr, size, newFlags);
    }
    return CORE_CALL(vmm_VMM, VMM, Protect, req, res);
}

Retcode KnVmUnmap(void *addr, rtl_size_t size)
{
    kl_core_VMM_Free_req req = {.va = (uintptr_t)addr, .size = size};
    kl_core_VMM_Free_res res;

    return CORE_CALL(vmm_VMM, VMM, Free, req, res);
}

Retcode KnVmQuery(const void *addr, KnVmInfo *info)
{
    kl_core_VMM_Query_req req = {.va = (uintptr_t)addr};
    kl_core_VMM_Query_res res;
    Retcode rc;

    if (!info) {
        return rcInvalidArgument;
    }
    rc = CORE_CALL(vmm_VMM, VMM, Query, req, res);
    if (rc == rcOk) {
        *info = (KnVmInfo){(void *)(uintptr_t)res.base, res.size, res.flags};
    }
    return rc;
}
