/*
 * service/mdl.c: shared memory: the methods Mdl... of kl.core.VMM.
 *
 * What depends on the size goes on in steps (object/mdl.h); the handle is made when all is done.
 */
#include "core/process.h"
#include "core/sched.h"
#include "core/shortage.h"
#include "service/kcall.h"
#include "service/vm_flags.h"

#include <kl/core/Core.edl.h>
#include <core_services.h>

#define FLAGS_CREATE                                                                               \
    (VMM_FLAG_RWX_MASK | VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_LOCKED)
#define FLAGS_MAP                                                                                  \
    (FLAGS_CREATE | VMM_FLAG_LOW_GUARD | VMM_FLAG_HIGH_GUARD | VMM_FLAG_GROW_DOWN | VMM_FLAG_FIXED)

/* ---- making new ones ---- */

static void answer(struct thread *t, Retcode rc, handle_t mdl)
{
    const struct { uint32_t mdl; int32_t rc; } res = {rc == rcOk ? mdl : 0, rc};
    mdl_work_end(&t->mdl_work);
    shortage_tell(t, rc);
    kcall_finish(t, &res, sizeof res);
}

/* Frees what is left of an object that could not be finished, then answers. */
static void give_up(struct thread *t)
{
    if (objects_settle(&t->settle_upto, VM_STEP_PAGES)) {
        answer(t, (Retcode)(uint32_t)t->user_arg[1], 0);
        return;
    }
    t->continuation = give_up;
    (void)sched_should_preempt();
}

static Retcode enter(struct thread *t, struct mdl *m, handle_t *out)
{
    struct handle_table *table = &t->process->handles;
    Retcode rc = handle_reserve(table, 1);
    if (rc == rcOk)
        *out = handle_install(table, &m->object, mdl_rights(m));
    return rc;
}

static void work_on(struct thread *t)
{
    struct mdl_work *w = &t->mdl_work;
    handle_t mdl = (handle_t)t->user_arg[1];
    Retcode rc = mdl_work_step(w);
    if (rc == rcOk && w->kind == MDL_WORK_PREPARE) {
        rc = mdl_share(w, &t->process->handles, &mdl);
        t->user_arg[1] = mdl;
        if (rc == rcOk)
            rc = rcRestart;
    } else if (rc == rcOk && w->kind != MDL_WORK_MOVE) {
        rc = enter(t, w->to, &mdl);
    }
    if (rc == rcOk) {
        answer(t, rcOk, mdl);
    } else if (rc == rcRestart) {
        t->continuation = work_on;
        (void)sched_should_preempt();
    } else {
        mdl_work_end(w);
        t->user_arg[1] = (uint32_t)rc;
        give_up(t);
    }
}

/* A new object for the caller; t->mdl_work holds it. */
static Retcode create(struct thread *t, uint64_t size, uint32_t flags)
{
    uint32_t prot = vm_protection(flags);
    if (flags & ~(uint32_t)FLAGS_CREATE)
        return rcInvalidArgument;
    t->mdl_work = (struct mdl_work){.as = t->aspace, .size = size};
    return mdl_create(t->process->account, size, prot ? prot | VM_READ : VM_READ | VM_WRITE,
                      &t->mdl_work.to);
}

static Retcode begin(struct thread *t, enum mdl_work_kind kind, uint64_t source)
{
    t->mdl_work.kind = kind;
    t->mdl_work.source = source;
    t->user_arg[1] = 0;
    t->continuation = work_on;
    return KCALL_PENDING;
}

Retcode service_vmm_mdlcreate(struct kcall *call, const kl_core_VMM_MdlCreate_req *req,
                              kl_core_VMM_MdlCreate_res *res)
{
    struct thread *t = call->thread;
    Retcode rc = create(t, req->size, req->flags);
    if (rc != rcOk)
        return rc;
    if (req->flags & VMM_FLAG_LOCKED)
        return begin(t, MDL_WORK_FILL, 0);
    handle_t mdl;
    rc = enter(t, t->mdl_work.to, &mdl);
    mdl_work_end(&t->mdl_work);
    if (rc == rcOk)
        res->mdl = mdl;
    return rc;
}

Retcode service_vmm_mdlcreatefromvm(struct kcall *call, const kl_core_VMM_MdlCreateFromVm_req *req,
                                    kl_core_VMM_MdlCreateFromVm_res *res)
{
    (void)res;
    if (req->va & PAGE_MASK || req->size & PAGE_MASK || req->flags & VMM_FLAG_LOCKED)
        return rcInvalidArgument;
    Retcode rc = create(call->thread, req->size, req->flags);
    return rc == rcOk ? begin(call->thread, MDL_WORK_PREPARE, req->va) : rc;
}

Retcode service_vmm_mdlcreatefrombuf(struct kcall *call,
                                     const kl_core_VMM_MdlCreateFromBuf_req *req,
                                     kl_core_VMM_MdlCreateFromBuf_res *res)
{
    (void)res;
    if (req->size > USER_TOP || req->va > USER_TOP - req->size)
        return rcInvalidArgument;
    Retcode rc = create(call->thread, req->size, req->flags);
    return rc == rcOk ? begin(call->thread, MDL_WORK_READ, req->va) : rc;
}

/* ---- using them ---- */

static Retcode find(struct kcall *call, handle_t h, uint32_t rights, struct mdl **out)
{
    struct object *o;
    Retcode rc = handle_get(&call->process->handles, h, OBJECT_MDL, rights, &o);
    if (rc == rcOk)
        *out = mdl_of(o);
    return rc;
}

Retcode service_vmm_mdlclone(struct kcall *call, const kl_core_VMM_MdlClone_req *req,
                             kl_core_VMM_MdlClone_res *res)
{
    struct mdl *from;
    (void)res;
    Retcode rc = find(call, req->mdl, RIGHT_MDL_READ, &from);
    if (rc != rcOk)
        return rc;
    uint32_t flags = req->flags;
    if (!(flags & VMM_FLAG_RWX_MASK))
        flags |= vm_protection_flags(from->max_prot);
    rc = create(call->thread, mdl_size(from), flags);
    if (rc != rcOk)
        return rc;
    object_ref(&from->object);
    call->thread->mdl_work.from = from;
    return begin(call->thread, MDL_WORK_CLONE, 0);
}

Retcode service_vmm_mdlgetsize(struct kcall *call, const kl_core_VMM_MdlGetSize_req *req,
                               kl_core_VMM_MdlGetSize_res *res)
{
    struct mdl *m;
    Retcode rc = find(call, req->mdl, 0, &m);
    if (rc == rcOk)
        res->size = mdl_size(m);
    return rc;
}

Retcode service_vmm_mdlmap(struct kcall *call, const kl_core_VMM_MdlMap_req *req,
                           kl_core_VMM_MdlMap_res *res)
{
    struct thread *t = call->thread;
    const struct handle_table *table = &call->process->handles;
    struct handle_entry *e = handle_lookup(table, req->mdl);
    const bool is_locked = req->flags & VMM_FLAG_LOCKED;
    bool is_filled;
    uint64_t va;
    if (!e)
        return handle_miss(table, req->mdl);
    if (e->object->kind != OBJECT_MDL || req->flags & ~(uint32_t)FLAGS_MAP)
        return rcInvalidArgument;
    Retcode rc = mdl_map(e, t->aspace, req->offset, req->size, req->hint,
                         vm_region_flags(req->flags) | (is_locked ? VM_FILL : 0), &va, &is_filled);
    if (rc != rcOk)
        return rc;
    if (is_locked && !is_filled)
        return vm_populate(t, va, req->size);
    res->va = va;
    return rcOk;
}
