/*
 * service/task_handles.c: Task.NextHandle: the handles of a process, one a call.
 *
 * Free slots and far ancestors are passed in steps. Between two steps everything may change: each looks
 * the process up again, and a handle that has gone meanwhile is passed over.
 */
#include "core/process.h"
#include "core/sched.h"
#include "object/handle.h"
#include "service/kcall.h"

#include <kl/core/Core.edl.h>
#include <core_services.h>
#include <tessera/handle_info.h>

#define STEP 256u /* slots, or nodes of a tree */

_Static_assert((int)HANDLE_KIND_CORE == OBJECT_CORE && (int)HANDLE_KIND_PROCESS == OBJECT_PROCESS &&
                   (int)HANDLE_KIND_THREAD == OBJECT_THREAD &&
                   (int)HANDLE_KIND_CHANNEL == OBJECT_CHANNEL &&
                   (int)HANDLE_KIND_SERVER == OBJECT_SERVER &&
                   (int)HANDLE_KIND_LISTENER == OBJECT_LISTENER &&
                   (int)HANDLE_KIND_USER == OBJECT_USER && (int)HANDLE_KIND_BADGE == OBJECT_BADGE &&
                   (int)HANDLE_KIND_NOTICE == OBJECT_NOTICE && (int)HANDLE_KIND_MDL == OBJECT_MDL &&
                   (int)HANDLE_KIND_SECURITY == OBJECT_SECURITY,
               "programs see the kernel's kinds");

/* The first handle from slot *index on; null: the budget is used up, or with *is_end there is none. */
static struct handle_entry *find_entry(const struct handle_table *t, uint32_t *index,
                                       uint32_t *budget, bool *is_end)
{
    for (; *budget > 0; --*budget, ++*index) {
        struct handle_entry *e = handle_slot(t, *index);
        *is_end = !e;
        if (!e || e->object || e->is_revoked)
            return e;
    }
    return NULL;
}

static Retcode describe(struct thread *t, struct handle_entry *e, uint32_t *budget,
                        kl_core_Task_NextHandle_res *res)
{
    res->handle = handle_number(e);
    res->id = e->serial;
    if (!e->object) {
        res->kind = HANDLE_KIND_REVOKED;
        return rcOk;
    }
    uint32_t generation;
    if (!tree_position(&t->walk, e, budget, &res->parent, &generation))
        return rcRestart;
    if (generation > HANDLE_GENERATION_MAX)
        generation = HANDLE_GENERATION_MAX;
    res->kind = e->object->kind | generation << HANDLE_GENERATION_SHIFT;
    res->sid = e->object->subject.sid;
    res->rights = e->rights;
    return rcOk;
}

/* The call's arguments stand in user_arg: process, slot. rcRestart: it takes longer. */
static Retcode next(struct thread *t, kl_core_Task_NextHandle_res *res)
{
    struct object *o;
    uint32_t index = (uint32_t)t->user_arg[1], budget = STEP;
    bool is_end = false;
    Retcode rc = handle_get(&t->process->handles, (handle_t)t->user_arg[0], OBJECT_PROCESS,
                            RIGHT_TASK_DEBUG, &o);
    if (rc != rcOk)
        return rc;
    const struct process *p = container_of(o, struct process, object);
    struct handle_entry *e = find_entry(&p->handles, &index, &budget, &is_end);
    t->user_arg[1] = index;
    if (is_end)
        return rcResourceNotFound;
    return e ? describe(t, e, &budget, res) : rcRestart;
}

static void next_on(struct thread *t)
{
    kl_core_Task_NextHandle_res res = {0};
    res.rc = next(t, &res);
    if (res.rc == rcRestart) {
        t->continuation = next_on;
        (void)sched_should_preempt();
        return;
    }
    tree_walk_drop(&t->walk);
    kcall_finish(t, (const char *)&res + sizeof res.base_, sizeof res - sizeof res.base_);
}

Retcode service_task_nexthandle(struct kcall *call, const kl_core_Task_NextHandle_req *req,
                                kl_core_Task_NextHandle_res *res)
{
    struct thread *t = call->thread;
    t->user_arg[0] = req->task;
    t->user_arg[1] = req->index;
    Retcode rc = next(t, res);
    if (rc != rcRestart)
        return rc;
    t->continuation = next_on;
    return KCALL_PENDING;
}
