/*
 * service/thread_control.c: kl.core.Thread: what one thread does to another one, and who is who.
 *
 * A thread that is ended runs its last steps in the kernel itself, at the priority of whoever ends
 * it, who waits for that. In the middle of a kernel method with several steps it finishes that
 * first, since the method's effects are not its own alone (freed addresses, woken threads, revoked
 * handles).
 */
#include "service/thread_control.h"

#include "core/lend.h"
#include "core/process.h"
#include "core/sched.h"
#include "core/smp.h"
#include "object/handle.h"
#include "service/kcall.h"

#include <kl/core/Core.edl.h>
#include <core_services.h>
#include <tessera/flags.h>

struct thread *thread_own(const struct kcall *call, uint32_t tid)
{
    struct thread *t = thread_by_tid(tid);
    return t && t->process == call->process ? t : NULL;
}

/* A thread by handle, or if that is zero by its number in the caller's process. */
static Retcode find_thread(const struct kcall *call, handle_t h, uint32_t tid, struct thread **out)
{
    struct object *o;
    if (!h) {
        *out = thread_own(call, tid);
        return *out ? rcOk : rcResourceNotFound;
    }
    Retcode rc = handle_get(&call->process->handles, h, OBJECT_THREAD, RIGHT_THREAD_CONTROL, &o);
    if (rc == rcOk)
        *out = container_of(o, struct thread, object);
    return rc;
}

/* The same, of a thread that has not ended. */
static Retcode find_living(const struct kcall *call, handle_t h, uint32_t tid, struct thread **out)
{
    Retcode rc = find_thread(call, h, tid, out);
    return rc == rcOk && (*out)->is_dead ? rcResourceNotFound : rc;
}

Retcode service_thread_alert(struct kcall *call, const kl_core_Thread_Alert_req *req,
                             kl_core_Thread_Alert_res *res)
{
    struct thread *t;
    (void)res;
    Retcode rc = find_living(call, req->thread, req->tid, &t);
    if (rc == rcOk)
        thread_alert(t);
    return rc;
}

/* ---- stopping and ending ---- */

Retcode service_thread_suspend(struct kcall *call, const kl_core_Thread_Suspend_req *req,
                               kl_core_Thread_Suspend_res *res)
{
    (void)req;
    (void)res;
    call->thread->state = THREAD_STOPPED; /* rcOk is what it finds when it is resumed */
    sched_yield();
    return rcOk;
}

Retcode service_thread_resume(struct kcall *call, const kl_core_Thread_Resume_req *req,
                              kl_core_Thread_Resume_res *res)
{
    struct thread *t = thread_own(call, req->tid);
    (void)res;
    if (!t)
        return rcResourceNotFound;
    if (t->state != THREAD_STOPPED)
        return rcInvalidOperation;
    thread_start(t);
    return rcOk;
}

static void terminated(struct thread *t, Retcode code)
{
    struct { int32_t rc, pad; } res = {code, 0};
    list_remove(&t->wait.link);
    kcall_finish(t, &res, sizeof res);
}

Retcode service_thread_terminate(struct kcall *call, const kl_core_Thread_Terminate_req *req,
                                 kl_core_Thread_Terminate_res *res)
{
    struct thread *t = call->thread, *victim;
    (void)res;
    Retcode rc = find_living(call, req->thread, req->tid, &victim);
    if (rc != rcOk)
        return rc;
    if (victim->process->state != PROCESS_RUNNING)
        return rcInvalidOperation;
    thread_terminate(victim, req->code);
    if (victim == t)
        return rcOk;
    if (victim->base_priority < t->priority) { /* the caller waits for its last steps */
        victim->base_priority = t->priority;
        lend_settle(victim);
    }
    list_add_tail(&victim->waiters, &t->wait.link);
    wait_block(t, WAIT_THREAD, victim, terminated, TIME_NEVER);
    return KCALL_PENDING;
}

/* ---- properties ---- */

Retcode service_thread_setpriority(struct kcall *call, const kl_core_Thread_SetPriority_req *req,
                                   kl_core_Thread_SetPriority_res *res)
{
    struct thread *t = thread_own(call, req->tid);
    (void)res;
    if (!t || t->is_dead)
        return rcResourceNotFound;
    if (req->priority >= PRIORITIES)
        return rcInvalidArgument;
    if (req->priority > call->process->priority_ceiling)
        return rcSecurityDisallow;
    t->base_priority = (uint8_t)req->priority;
    lend_settle(t);
    return rcOk;
}

Retcode service_thread_opencurrent(struct kcall *call, const kl_core_Thread_OpenCurrent_req *req,
                                   kl_core_Thread_OpenCurrent_res *res)
{
    struct thread *t = call->thread;
    (void)req;
    Retcode rc = handle_reserve(&call->process->handles, 1);
    if (rc != rcOk)
        return rc;
    res->thread.handle = handle_install(&call->process->handles, &t->object, RIGHT_THREAD_CONTROL);
    res->thread.rights = RIGHT_THREAD_CONTROL;
    res->tid = t->tid;
    return rcOk;
}

static uint32_t state_of(const struct thread *t)
{
    switch (t->state) {
    case THREAD_STOPPED:
        return KN_THREAD_STOPPED;
    case THREAD_READY:
        return KN_THREAD_READY;
    case THREAD_BLOCKED:
        return KN_THREAD_BLOCKED;
    case THREAD_DEAD:
        break;
    }
    return KN_THREAD_ENDED;
}

Retcode service_thread_getinfo(struct kcall *call, const kl_core_Thread_GetInfo_req *req,
                               kl_core_Thread_GetInfo_res *res)
{
    struct thread *t;
    Retcode rc = find_thread(call, req->thread, req->tid, &t);
    if (rc != rcOk)
        return rc;
    res->number = t->tid;
    res->state = state_of(t);
    res->priority = t->base_priority;
    res->effectivePriority = t->priority;
    res->exitCode = t->is_dead ? t->exit_code : 0;
    return rcOk;
}

/* ---- processors ---- */

static uint64_t running_cpus(void)
{
    return cpu_count == CPUS_MAX ? ~0ull : (1ull << cpu_count) - 1;
}

Retcode service_thread_setaffinity(struct kcall *call, const kl_core_Thread_SetAffinity_req *req,
                                   kl_core_Thread_SetAffinity_res *res)
{
    struct thread *t = thread_own(call, req->tid);
    (void)res;
    if (!t || t->is_dead)
        return rcResourceNotFound;
    if (!(req->cpus & running_cpus()))
        return rcInvalidArgument;
    sched_set_affinity(t, req->cpus);
    return rcOk;
}

Retcode service_thread_getaffinity(struct kcall *call, const kl_core_Thread_GetAffinity_req *req,
                                   kl_core_Thread_GetAffinity_res *res)
{
    lock_assert_held();
    const struct thread *t = thread_own(call, req->tid);
    if (!t || t->is_dead)
        return rcResourceNotFound;
    const struct cpu *cpu = smp_running_on(t);
    if (!cpu)
        cpu = t->cpu;
    res->cpus = t->affinity & running_cpus();
    res->cpu = cpu ? cpu->index : 0;
    res->count = cpu_count;
    return rcOk;
}
