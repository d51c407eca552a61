/*
 * mdl.c: shared memory (coresrv/vmm/vmm_api.h).
 */
#include "core_call.h"

#include <coresrv/vmm/vmm_api.h>

Retcode KnPmmMdlCreate(rtl_size_t size, int flags, Handle *handle)
{
    kl_core_VMM_MdlCreate_req req = {.size = size, .flags = (nk_uint32_t)flags};
    kl_core_VMM_MdlCreate_res res;
    Retcode rc;

    if (!handle) {
        return rcInvalidArgument;
    }
    rc = CORE_CALL(vmm_VMM, VMM, MdlCreate, req, res);
    if (rc == rcOk) {
        *handle = res.mdl;
    }
    return rc;
}

Retcode KnPmmMdlCreateFromBuf(const void *buf, rtl_size_t size, int flags, Handle *handle)
{
    kl_core_VMM_MdlCreateFromBuf_req req = {
        .va = (uintptr_t)buf,
        .size = size,
        .flags = (nk_uint32_t)flags,
    };
    kl_core_VMM_MdlCreateFromBuf_res res;
    Retcode rc;

    if (!buf || !handle) {
        return rcInvalidArgument;
    }
    rc = CORE_CALL(vmm_VMM, VMM, MdlCreateFromBuf, req, res);
    if (rc == rcOk) {
        *handle = res.mdl;
    }
    return rc;
}

Retcode KnPmmMdlCreateFromVm(void *addr, rtl_size_t size, int flags, Handle *handle)
{
    kl_core_VMM_MdlCreateFromVm_req req = {
        .va = (uintptr_t)addr,
        .size = size,
        .flags = (nk_uint32_t)flags,
    };
    kl_core_VMM_MdlCreateFromVm_res res;
    Retcode rc;

    if (!handle) {
        return rcInvalidArgument;
    }
    rc = CORE_CALL(vmm_VMM, VMM, MdlCreateFromVm, req, res);
    if (rc == rcOk) {
        *handle = res.mdl;
    }
    return rc;
}

Retcode KnPmmMdlMap(Handle handle, rtl_size_t offset, rtl_size_t size, void *hint, int flags,
                    void **addr)
{
    kl_core_VMM_MdlMap_req req = {
        .mdl = handle,
        .flags = (nk_uint32_t)flags,
        .offset = offset,
        .size = size,
        .hint = (uintptr_t)hint,
    };
    kl_core_VMM_MdlMap_res res;
    Retcode rc;

    if (!addr) {
        return rcInvalidArgument;
    }
    rc = CORE_CALL(vmm_VMM, VMM, MdlMap, req, res);
    if (rc == rcOk) {
        *addr = (void *)(uintptr_t)res.va;
    }
    return rc;
}

Retcode KnPmmMdlGetSize(Handle handle, rtl_size_t *size)
{
    kl_core_VMM_MdlGetSize_req req = {.mdl = handle};
    kl_core_VMM_MdlGetSize_res res;
    Retcode rc;

    if (!size) {
        return rcInvalidArgument;
    }
    rc = CORE_CALL(vmm_VMM, VMM, MdlGetSize, req, res);
    if (rc == rcOk) {
        *size = res.size;
    }
    return rc;
}

Retcode KnPmmMdlClone(Handle orig, Handle *clone)
{
    kl_core_VMM_MdlClone_req req = {.mdl = orig};
    kl_core_VMM_MdlClone_res res;
    Retcode rc;

    if (!clone) {
        return rcInvalidArgument;
    }
    rc = CORE_CALL(vmm_VMM, VMM, MdlClone, req, res);
    if (rc == rcOk) {
        *clone = res.clone;
    }
    return rc;
}
