/*
 * service/task_load.c: kl.core.Task: giving an empty process its program (core/loading.h).
 *
 * A segment is copied in steps. The process is looked up again in each: its handle may be gone by then,
 * or it may have been started. What cannot be finished is taken out of the process again, in steps, too.
 */
#include "core/loading.h"
#include "core/process.h"
#include "core/sched.h"
#include "core/shortage.h"
#include "object/handle.h"
#include "object/mdl.h"
#include "service/kcall.h"
#include "service/vm_flags.h"

#include <kl/core/Core.edl.h>
#include <core_services.h>

static Retcode find(struct process *caller, handle_t h, struct process **out)
{
    struct object *o;
    Retcode rc = handle_get(&caller->handles, h, OBJECT_PROCESS, RIGHT_TASK_CONTROL, &o);
    if (rc == rcOk)
        *out = container_of(o, struct process, object);
    return rc;
}

/* t->user_arg of a LoadSeg under way; t->mdl_work has the rest and a reference to the shared memory. */
enum { LOAD_TASK, LOAD_VA, LOAD_MEMORY, LOAD_RESULT };

static void finish(struct thread *t, Retcode rc)
{
    const struct { int32_t rc, pad; } res = {rc, 0};
    mdl_work_end(&t->mdl_work);
    shortage_tell(t, rc);
    kcall_finish(t, &res, sizeof res);
}

static void again(struct thread *t, void (*next)(struct thread *))
{
    t->continuation = next;
    (void)sched_should_preempt();
}

/* Takes a segment that could not be filled out of the process, if that is there and stopped still. */
static void undo_on(struct thread *t)
{
    struct process *p;
    Retcode rc = find(t->process, (handle_t)t->user_arg[LOAD_TASK], &p);
    if (rc == rcOk && p->state == PROCESS_STOPPED)
        rc = aspace_op_step(p->aspace, &t->vm_op);
    if (rc == rcRestart)
        again(t, undo_on);
    else
        finish(t, (Retcode)(uint32_t)t->user_arg[LOAD_RESULT]);
}

static void undo(struct thread *t, struct process *p, Retcode why)
{
    t->user_arg[LOAD_RESULT] = (uint32_t)why;
    if (p->state == PROCESS_STOPPED &&
        aspace_op_start(p->aspace, &t->vm_op, VM_OP_FREE, t->user_arg[LOAD_VA],
                        t->user_arg[LOAD_MEMORY], 0) == rcOk)
        t->continuation = undo_on;
    else
        finish(t, why);
}

static void load_on(struct thread *t)
{
    struct mdl_work *w = &t->mdl_work;
    struct loading_segment s = {
        .mdl = w->from,
        .offset = w->source,
        .size = w->size,
        .va = t->user_arg[LOAD_VA],
        .memory_size = t->user_arg[LOAD_MEMORY],
        .done = w->cursor,
    };
    struct process *p;
    Retcode rc = find(t->process, (handle_t)t->user_arg[LOAD_TASK], &p);
    if (rc != rcOk) {
        finish(t, rc);
        return;
    }
    rc = loading_step(p, &s);
    w->cursor = s.done;
    if (rc == rcRestart)
        again(t, load_on);
    else if (rc == rcOk)
        finish(t, rcOk);
    else
        undo(t, p, rc);
}

static Retcode find_source(struct kcall *call, const kl_core_Task_LoadSeg_req *req,
                           struct mdl **out)
{
    struct object *o;
    *out = NULL;
    if (req->size == 0)
        return rcOk;
    Retcode rc = handle_get(&call->process->handles, req->mdl, OBJECT_MDL, RIGHT_MDL_READ, &o);
    if (rc == rcOk)
        *out = mdl_of(o);
    return rc;
}

Retcode service_task_loadseg(struct kcall *call, const kl_core_Task_LoadSeg_req *req,
                             kl_core_Task_LoadSeg_res *res)
{
    struct thread *t = call->thread;
    struct loading_segment s = {
        .offset = req->offset, .size = req->size, .va = req->va, .memory_size = req->memorySize};
    struct process *p;
    (void)res;
    Retcode rc = find(call->process, req->task, &p);
    if (rc == rcOk)
        rc = find_source(call, req, &s.mdl);
    if (rc != rcOk)
        return rc;
    if (req->flags & ~(uint32_t)VMM_FLAG_RWX_MASK)
        return rcInvalidArgument;
    rc = loading_begin(p, &s, vm_protection(req->flags));
    if (rc != rcOk || s.size == 0)
        return rc;
    object_ref(&s.mdl->object);
    t->mdl_work = (struct mdl_work){.from = s.mdl, .source = s.offset, .size = s.size};
    t->user_arg[LOAD_TASK] = req->task;
    t->user_arg[LOAD_VA] = s.va;
    t->user_arg[LOAD_MEMORY] = s.memory_size;
    t->continuation = load_on;
    return KCALL_PENDING;
}

Retcode service_task_setinitialstate(struct kcall *call,
                                     const kl_core_Task_SetInitialState_req *req,
                                     kl_core_Task_SetInitialState_res *res)
{
    struct process *p;
    (void)res;
    Retcode rc = find(call->process, req->task, &p);
    return rc == rcOk ? loading_set_entry(p, req->entry, req->base, req->phdr, req->phnum) : rc;
}

Retcode service_task_getimagebase(struct kcall *call, const kl_core_Task_GetImageBase_req *req,
                                  kl_core_Task_GetImageBase_res *res)
{
    struct process *p;
    Retcode rc = find(call->process, req->task, &p);
    if (rc != rcOk)
        return rc;
    if (p->state != PROCESS_STOPPED || p->program.is_file)
        return rcInvalidOperation;
    res->base = p->program.base;
    return rcOk;
}
