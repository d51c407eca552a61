/*
 * service/task.c: kl.core.Task: processes.
 */
#include "core/coredump.h"
#include "core/process.h"
#include "core/sched.h"
#include "core/text.h"
#include "object/handle.h"
#include "service/kcall.h"

#include <arch/timer.h>
#include <kl/core/Core.edl.h>
#include <core_services.h>
#include <tessera/flags.h>
#include <tessera/start.h>

#define NS_PER_MS 1000000ull
#define START_STEP 8192u /* bytes of a start block written between two preemption points */

enum { RIGHTS_CHILD = RIGHT_TRANSFER | RIGHT_COPY | RIGHT_GET_SID | RIGHT_GET_EVENT |
                      RIGHT_TASK_CONTROL | RIGHT_TASK_WAIT | RIGHT_TASK_DEBUG };

Retcode service_task_create(struct kcall *call, const kl_core_Task_Create_req *req,
                            kl_core_Task_Create_res *res)
{
    char name[PROCESS_NAME_MAX], eiid[128], path[PROCESS_PATH_MAX];
    struct process *p;
    if (req->flags & ~(uint32_t)KN_TASK_EMPTY)
        return rcInvalidArgument;
    Retcode rc = kcall_string(call, req->name, name, sizeof name);
    if (rc == rcOk)
        rc = kcall_string(call, req->eiid, eiid, sizeof eiid);
    if (rc == rcOk)
        rc = kcall_string(call, req->path, path, sizeof path);
    if (rc == rcOk)
        rc = handle_reserve(&call->process->handles, 1);
    if (rc == rcOk)
        rc = process_create(call->process, name, eiid, path, req->flags & KN_TASK_EMPTY,
                            req->stackSize, req->priority, req->memory, &p);
    if (rc != rcOk)
        return rc;
    p->main_thread->affinity = call->thread->affinity;
    res->child = handle_install(&call->process->handles, &p->object, RIGHTS_CHILD);
    return rcOk;
}

static Retcode find(struct kcall *call, handle_t h, uint32_t right, struct process **out)
{
    struct object *o;
    Retcode rc = handle_get(&call->process->handles, h, OBJECT_PROCESS, right, &o);
    if (rc == rcOk)
        *out = container_of(o, struct process, object);
    return rc;
}

/* t->user_arg of a SetStart under way: handle, address of the new block, bytes written. */
enum { START_TASK, START_VA, START_DONE };

static Retcode set_start_step(struct thread *t, struct process *p)
{
    struct transfer *x = &t->transfer;
    uint64_t *arg = t->user_arg;
    const kl_core_Task_SetStart_req *req = (const void *)x->constant;
    uint32_t done = (uint32_t)arg[START_DONE], left = req->block.size - done;
    uint32_t step = left < START_STEP ? left : START_STEP;
    Retcode rc = process_start_write(p, arg[START_VA], done, x->arena + req->block.offset + done,
                                     step);
    arg[START_DONE] += step;
    if (rc == rcOk && step < left)
        return rcRestart;
    if (rc == rcOk)
        rc = process_start_end(p, arg[START_VA], req->block.size);
    if (rc != rcOk && p->aspace)
        process_start_undo(p, arg[START_VA], req->block.size);
    return rc;
}

/* The process may be gone, or started, by now. */
static void set_start_on(struct thread *t)
{
    struct object *o;
    Retcode rc = handle_get(&t->process->handles, (handle_t)t->user_arg[START_TASK], OBJECT_PROCESS,
                            RIGHT_TASK_CONTROL, &o);
    if (rc == rcOk)
        rc = set_start_step(t, container_of(o, struct process, object));
    if (rc == rcRestart) {
        t->continuation = set_start_on;
        (void)sched_should_preempt();
        return;
    }
    const struct { int32_t rc, pad; } res = {rc, 0};
    kcall_finish(t, &res, sizeof res);
}

Retcode service_task_setstart(struct kcall *call, const kl_core_Task_SetStart_req *req,
                              kl_core_Task_SetStart_res *res)
{
    struct process *p;
    (void)res;
    Retcode rc = find(call, req->task, RIGHT_TASK_CONTROL, &p);
    if (rc != rcOk)
        return rc;
    if (req->block.size == 0 || req->block.size > KN_BLOCK_MAX)
        return rcInvalidArgument;
    struct thread *t = call->thread;
    if (!t->transfer.arena)
        return process_set_start(p, call->arena + req->block.offset, req->block.size);
    rc = process_start_begin(p, req->block.size, &t->user_arg[START_VA]);
    if (rc != rcOk)
        return rc;
    t->user_arg[START_TASK] = req->task;
    t->user_arg[START_DONE] = 0;
    t->continuation = set_start_on;
    return KCALL_PENDING;
}

Retcode service_task_resume(struct kcall *call, const kl_core_Task_Resume_req *req,
                            kl_core_Task_Resume_res *res)
{
    struct process *p;
    (void)res;
    Retcode rc = find(call, req->task, RIGHT_TASK_CONTROL, &p);
    return rc == rcOk ? process_start(call->process, p) : rc;
}

Retcode service_task_exit(struct kcall *call, const kl_core_Task_Exit_req *req,
                          kl_core_Task_Exit_res *res)
{
    (void)res;
    bool is_first = call->process->state == PROCESS_RUNNING;
    process_end(call->process, req->status, false);
    if (is_first)
        (void)coredump_begin_exit(call->thread, req->status);
    return KCALL_PENDING;
}

Retcode service_task_terminate(struct kcall *call, const kl_core_Task_Terminate_req *req,
                               kl_core_Task_Terminate_res *res)
{
    struct process *p;
    (void)res;
    Retcode rc = find(call, req->task, RIGHT_TASK_CONTROL, &p);
    if (rc != rcOk)
        return rc;
    if (p->state == PROCESS_DYING || p->state == PROCESS_DEAD)
        return rcInvalidOperation;
    process_terminate(p);
    return p == call->process ? KCALL_PENDING : rcOk;
}

static void fill(const struct process *p, kl_core_Task_Wait_res *res)
{
    res->status = p->status;
    res->faulted = p->has_faulted;
}

static void wait_done(struct thread *t, Retcode code)
{
    kl_core_Task_Wait_res res = {0};
    struct process *p = t->wait.object;
    list_remove(&t->wait.link);
    process_wait_end(p, (uint32_t)t->user_arg[0]);
    if (code == rcOk)
        fill(p, &res);
    res.rc = code;
    kcall_finish(t, (const char *)&res + sizeof res.base_, sizeof res - sizeof res.base_);
    object_put(&p->object);
}

Retcode service_task_wait(struct kcall *call, const kl_core_Task_Wait_req *req,
                          kl_core_Task_Wait_res *res)
{
    struct process *p;
    uint64_t now = arch_time_ns(), deadline = TIME_NEVER;
    Retcode rc = find(call, req->task, RIGHT_TASK_WAIT, &p);
    if (rc != rcOk)
        return rc;
    if (p == call->process)
        return rcInvalidArgument;
    if (p->state == PROCESS_DEAD) {
        fill(p, res);
        return rcOk;
    }
    if (req->delay == 0)
        return rcTimeout;
    if (req->delay < (TIME_NEVER - 1 - now) / NS_PER_MS)
        deadline = now + req->delay * NS_PER_MS;
    object_ref(&p->object);
    list_add_tail(&p->waiters, &call->thread->wait.link);
    call->thread->user_arg[0] = call->thread->priority;
    process_wait_begin(p, call->thread->priority);
    wait_block(call->thread, WAIT_PROCESS, p, wait_done, deadline);
    return KCALL_PENDING;
}

Retcode service_task_getname(struct kcall *call, const kl_core_Task_GetName_req *req,
                             kl_core_Task_GetName_res *res)
{
    (void)req;
    return kcall_store(call, &res->name, call->process->name,
                       (uint32_t)text_length(call->process->name) + 1);
}

Retcode service_task_getpath(struct kcall *call, const kl_core_Task_GetPath_req *req,
                             kl_core_Task_GetPath_res *res)
{
    (void)req;
    return kcall_store(call, &res->path, call->process->path,
                       (uint32_t)text_length(call->process->path) + 1);
}

Retcode service_task_reseedaslr(struct kcall *call, const kl_core_Task_ReseedAslr_req *req,
                                kl_core_Task_ReseedAslr_res *res)
{
    struct process *p;
    (void)res;
    Retcode rc = find(call, req->task, RIGHT_TASK_CONTROL, &p);
    return rc == rcOk ? process_reseed(p, req->seed) : rc;
}

Retcode service_task_setpriorityceiling(struct kcall *call,
                                        const kl_core_Task_SetPriorityCeiling_req *req,
                                        kl_core_Task_SetPriorityCeiling_res *res)
{
    struct process *p;
    (void)res;
    Retcode rc = find(call, req->task, RIGHT_TASK_CONTROL, &p);
    if (rc != rcOk)
        return rc;
    if (req->priority >= PRIORITIES)
        return rcInvalidArgument;
    if (req->priority > call->process->priority_ceiling)
        return rcSecurityDisallow;
    return process_set_ceiling(p, req->priority);
}

/* The start block stays mapped: the C library refers to its strings. */
Retcode service_task_freeselfenv(struct kcall *call, const kl_core_Task_FreeSelfEnv_req *req,
                                 kl_core_Task_FreeSelfEnv_res *res)
{
    (void)call;
    (void)req;
    (void)res;
    return rcOk;
}
