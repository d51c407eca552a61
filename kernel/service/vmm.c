/*
 * service/vmm.c: kl.core.VMM: the caller's address space.
 *
 * A request that touches many pages is worked off in steps: the thread keeps its progress and other
 * threads run in between.
 */
#include "core/process.h"
#include "core/sched.h"
#include "core/shortage.h"
#include "mm/aspace.h"
#include "service/kcall.h"
#include "service/vm_flags.h"

#include <kl/core/Core.edl.h>
#include <core_services.h>

#define SETTLE_STEP 64

/* All responses here are either {va, rc} or {rc}; t->user_arg[1] says which. */
static void finish(struct thread *t, Retcode rc)
{
    shortage_tell(t, rc);
    if (t->user_arg[1]) {
        struct { uint64_t va; int32_t rc; int32_t pad; } res = {rc == rcOk ? t->user_arg[1] : 0, rc, 0};
        kcall_finish(t, &res, sizeof res);
    } else {
        struct { int32_t rc; int32_t pad; } res = {rc, 0};
        kcall_finish(t, &res, sizeof res);
    }
}

/* Unmapping shared memory may have been the end of it, or of a transfer. */
static void settle(struct thread *t)
{
    if (objects_settle(&t->settle_upto, SETTLE_STEP)) {
        finish(t, (Retcode)(uint32_t)t->user_arg[2]);
        return;
    }
    t->continuation = settle;
    (void)sched_should_preempt();
}

/* A locked allocation that could not be given all its frames is undone. */
static void go_on(struct thread *t)
{
    Retcode rc = aspace_op_step(t->aspace, &t->vm_op);
    if (rc == rcRestart) {
        t->continuation = go_on;
        (void)sched_should_preempt();
        return;
    }
    if (t->vm_op.kind == VM_OP_POPULATE && rc != rcOk) {
        t->user_arg[2] = (uint64_t)(uint32_t)rc;
        if (aspace_op_start(t->aspace, &t->vm_op, VM_OP_FREE, t->user_arg[1], t->user_arg[3], 0) ==
            rcOk) {
            t->continuation = go_on;
            return;
        } /* another thread freed it, or the handle of a mapping was revoked */
    }
    if (t->vm_op.kind == VM_OP_FREE) {
        if (!t->user_arg[2])
            t->user_arg[2] = (uint64_t)(uint32_t)rc;
        settle(t);
        return;
    }
    finish(t, rc);
}

static Retcode start(struct thread *t, enum vm_op_kind kind, uint64_t va, uint64_t size,
                     uint32_t flags, uint64_t result_va)
{
    Retcode rc = aspace_op_start(t->aspace, &t->vm_op, kind, va, size, flags);
    if (rc != rcOk)
        return rc;
    t->user_arg[1] = result_va;
    t->user_arg[2] = 0;
    t->user_arg[3] = size;
    t->continuation = go_on;
    return KCALL_PENDING;
}

Retcode vm_populate(struct thread *t, uint64_t va, uint64_t size)
{
    return start(t, VM_OP_POPULATE, va, size, 0, va);
}

Retcode service_vmm_allocate(struct kcall *call, const kl_core_VMM_Allocate_req *req,
                             kl_core_VMM_Allocate_res *res)
{
    struct thread *t = call->thread;
    uint32_t f = req->flags;
    uint64_t va;
    if (!(f & VMM_FLAG_RESERVE) || (f & VMM_FLAG_CACHE_MASK) || (f & VMM_FLAG_ALIAS))
        return rcInvalidArgument;
    if ((f & VMM_FLAG_WRITE) && (f & VMM_FLAG_EXECUTE))
        return rcSecurityDisallow;
    Retcode rc = aspace_allocate(t->aspace, req->addr, req->size, vm_region_flags(f), &va);
    if (rc != rcOk)
        return rc;
    if ((f & VMM_FLAG_COMMIT) && (f & VMM_FLAG_LOCKED))
        return vm_populate(t, va, req->size);
    res->va = va;
    return rcOk;
}

Retcode service_vmm_commit(struct kcall *call, const kl_core_VMM_Commit_req *req,
                           kl_core_VMM_Commit_res *res)
{
    (void)res;
    return start(call->thread, VM_OP_COMMIT, req->va, req->size, 0, 0);
}

Retcode service_vmm_decommit(struct kcall *call, const kl_core_VMM_Decommit_req *req,
                             kl_core_VMM_Decommit_res *res)
{
    (void)res;
    return start(call->thread, VM_OP_DECOMMIT, req->va, req->size, 0, 0);
}

Retcode service_vmm_protect(struct kcall *call, const kl_core_VMM_Protect_req *req,
                            kl_core_VMM_Protect_res *res)
{
    (void)res;
    if ((req->flags & VMM_FLAG_WRITE) && (req->flags & VMM_FLAG_EXECUTE))
        return rcSecurityDisallow;
    return start(call->thread, VM_OP_PROTECT, req->va, req->size, vm_protection(req->flags), 0);
}

Retcode service_vmm_free(struct kcall *call, const kl_core_VMM_Free_req *req,
                         kl_core_VMM_Free_res *res)
{
    struct thread *t = call->thread;
    (void)res;
    if (!aspace_free_small(t->aspace, req->va, req->size))
        return start(t, VM_OP_FREE, req->va, req->size, 0, 0);
    return rcOk;
}
