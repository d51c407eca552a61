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

#define FLAGS_ALLOCATE                                                                             \
    (VMM_FLAG_RWX_MASK | VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_LOCKED |                    \
     VMM_FLAG_LOW_GUARD | VMM_FLAG_HIGH_GUARD | VMM_FLAG_GROW_DOWN | VMM_FLAG_FIXED)

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

static void go_on(struct thread *t);

/* Goes on with another operation on the range; false if that cannot be, since another thread freed
 * it or the handle of a mapping was revoked. */
static bool next(struct thread *t, enum vm_op_kind kind)
{
    if (aspace_op_start(t->aspace, &t->vm_op, kind, t->user_arg[0], t->user_arg[3], 0) != rcOk)
        return false;
    t->continuation = go_on;
    return true;
}

/* What was to have all its frames and could not is undone: an allocation freed, a commit taken
 * back. */
static void populated(struct thread *t, Retcode rc)
{
    bool is_commit = !t->user_arg[1];
    t->user_arg[2] = (uint64_t)(uint32_t)rc;
    if (rc == rcOk && !is_commit)
        finish(t, rcOk);
    else if (!next(t, rc == rcOk ? VM_OP_KEEP : is_commit ? VM_OP_UNDO : VM_OP_FREE))
        finish(t, rc);
}

static void go_on(struct thread *t)
{
    Retcode rc = aspace_op_step(t->aspace, &t->vm_op);
    if (rc == rcRestart) {
        t->continuation = go_on;
        (void)sched_should_preempt();
        return;
    }
    switch (t->vm_op.kind) {
    case VM_OP_COMMIT:
        if (rc != rcOk || !(t->vm_op.flags & VM_TENTATIVE))
            finish(t, rc);
        else if (!next(t, VM_OP_POPULATE))
            populated(t, rcOutOfMemory);
        break;
    case VM_OP_POPULATE:
        populated(t, rc);
        break;
    case VM_OP_FREE:
        if (!t->user_arg[2])
            t->user_arg[2] = (uint64_t)(uint32_t)rc;
        settle(t);
        break;
    case VM_OP_KEEP:
    case VM_OP_UNDO:
        finish(t, (Retcode)(uint32_t)t->user_arg[2]);
        break;
    case VM_OP_PROTECT:
    case VM_OP_DECOMMIT:
        finish(t, rc);
        break;
    }
}

static Retcode start(struct thread *t, enum vm_op_kind kind, uint64_t va, uint64_t size,
                     uint32_t flags, uint64_t result_va)
{
    Retcode rc = aspace_op_start(t->aspace, &t->vm_op, kind, va, size, flags);
    if (rc != rcOk)
        return rc;
    t->user_arg[0] = va;
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

/* mode: VM_RWX, or zero. */
static Retcode allocate(struct thread *t, const kl_core_VMM_Allocate_req *req, uint32_t mode,
                        uint64_t *out)
{
    uint32_t f = req->flags;
    uint64_t va;
    if (!(f & VMM_FLAG_RESERVE) || (f & ~(uint32_t)FLAGS_ALLOCATE))
        return rcInvalidArgument;
    Retcode rc = aspace_allocate(t->aspace, req->addr, req->size, vm_region_flags(f) | mode, &va);
    if (rc != rcOk)
        return rc;
    if ((f & VMM_FLAG_COMMIT) && (f & VMM_FLAG_LOCKED))
        return vm_populate(t, va, req->size);
    *out = va;
    return rcOk;
}

Retcode service_vmm_allocate(struct kcall *call, const kl_core_VMM_Allocate_req *req,
                             kl_core_VMM_Allocate_res *res)
{
    Retcode rc = vm_check_protection(req->flags);
    return rc == rcOk ? allocate(call->thread, req, 0, &res->va) : rc;
}

/* Whether all three are asked for: what AllocateRwx and ProtectRwx are for, and nothing else. */
static bool is_rwx(uint32_t flags)
{
    return (flags & VMM_FLAG_RWX_MASK) == VMM_FLAG_RWX_MASK;
}

Retcode service_vmm_allocaterwx(struct kcall *call, const kl_core_VMM_AllocateRwx_req *req,
                                kl_core_VMM_AllocateRwx_res *res)
{
    kl_core_VMM_Allocate_req same = {.addr = req->addr, .size = req->size, .flags = req->flags};
    return is_rwx(req->flags) ? allocate(call->thread, &same, VM_RWX, &res->va) : rcInvalidArgument;
}

Retcode service_vmm_commit(struct kcall *call, const kl_core_VMM_Commit_req *req,
                           kl_core_VMM_Commit_res *res)
{
    (void)res;
    if (req->flags & ~(uint32_t)(VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_LOCKED |
                                 VMM_FLAG_RWX_MASK))
        return rcInvalidArgument;
    return start(call->thread, VM_OP_COMMIT, req->va, req->size,
                 req->flags & VMM_FLAG_LOCKED ? VM_TENTATIVE : 0, 0);
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
    if (req->flags & ~(uint32_t)VMM_FLAG_RWX_MASK)
        return rcInvalidArgument;
    Retcode rc = vm_check_protection(req->flags);
    if (rc != rcOk)
        return rc;
    return start(call->thread, VM_OP_PROTECT, req->va, req->size, vm_protection(req->flags), 0);
}

Retcode service_vmm_protectrwx(struct kcall *call, const kl_core_VMM_ProtectRwx_req *req,
                               kl_core_VMM_ProtectRwx_res *res)
{
    (void)res;
    if (req->flags != VMM_FLAG_RWX_MASK)
        return rcInvalidArgument;
    return start(call->thread, VM_OP_PROTECT, req->va, req->size,
                 vm_protection(req->flags) | VM_RWX, 0);
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

Retcode service_vmm_query(struct kcall *call, const kl_core_VMM_Query_req *req,
                          kl_core_VMM_Query_res *res)
{
    static const uint32_t states[] = {
        [VM_PAGE_FREE] = 0,
        [VM_PAGE_GUARD] = VMM_FLAG_RESERVE | VMM_FLAG_LOW_GUARD,
        [VM_PAGE_RESERVED] = VMM_FLAG_RESERVE,
        [VM_PAGE_COMMITTED] = VMM_FLAG_RESERVE | VMM_FLAG_COMMIT,
    };
    struct vm_part part;
    Retcode rc = aspace_query(call->thread->aspace, req->va, &part);
    if (rc != rcOk)
        return rc;
    res->base = part.low;
    res->size = part.high - part.low;
    res->flags = states[part.state] | vm_protection_flags(part.prot) |
                 (part.is_resident ? VMM_FLAG_LOCKED : 0u) | (part.is_shared ? VMM_FLAG_ALIAS : 0u);
    return rcOk;
}
