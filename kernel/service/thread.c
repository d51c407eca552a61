/*
 * service/thread.c: kl.core.Thread: making, ending and waiting. What one thread does to another one:
 * thread_control.c.
 */
#include "core/process.h"
#include "core/sched.h"
#include "mm/usercopy.h"
#include "object/handle.h"
#include "service/kcall.h"
#include "service/thread_control.h"

#include <arch/timer.h>
#include <kl/core/Core.edl.h>
#include <core_services.h>
#include <tessera/flags.h>

#define NS_PER_MS 1000000ull

Retcode service_thread_create(struct kcall *call, const kl_core_Thread_Create_req *req,
                              kl_core_Thread_Create_res *res)
{
    struct process *p = call->process;
    struct thread *t;
    uint32_t priority = req->priority;
    bool wants_handle = !(req->flags & KN_THREAD_NO_HANDLE);
    if (priority == KN_PRIORITY_INHERIT)
        priority = call->thread->base_priority;
    if (priority >= PRIORITIES ||
        (req->flags & ~(uint32_t)(KN_THREAD_SUSPENDED | KN_THREAD_NO_HANDLE)))
        return rcInvalidArgument;
    if (priority > p->priority_ceiling)
        return rcSecurityDisallow;
    if (req->routine < USER_LOW || req->routine >= USER_TOP || req->stackTop < USER_LOW ||
        req->stackTop > USER_TOP || req->tls >= USER_TOP)
        return rcInvalidArgument;
    Retcode rc = wants_handle ? handle_reserve(&p->handles, 1) : rcOk;
    if (rc != rcOk)
        return rc;
    rc = thread_create(p, priority, req->routine, req->stackTop, req->context, req->context2,
                       req->tls, &t);
    if (rc != rcOk)
        return rc;
    /* commit */
    t->affinity = call->thread->affinity;
    if (wants_handle) {
        res->thread.handle = handle_install(&p->handles, &t->object, RIGHT_THREAD_CONTROL);
        res->thread.rights = RIGHT_THREAD_CONTROL;
    }
    res->tid = t->tid;
    if (!(req->flags & KN_THREAD_SUSPENDED))
        thread_start(t);
    return rcOk;
}

/* Frees the stack in steps, then clears the word, wakes its waiter and ends. */
static void exit_step(struct thread *t)
{
    if (t->user_arg[1] && aspace_op_step(t->aspace, &t->vm_op) == rcRestart) {
        t->continuation = exit_step;
        (void)sched_should_preempt();
        return;
    }
    uint64_t clear = t->user_arg[0];
    uint32_t zero = 0;
    if (clear && clear % 4 == 0 && user_write(clear, &zero, sizeof zero))
        (void)futex_wake_one(aspace_word_place(t->aspace, clear));
    t->exit_code = (int32_t)t->user_arg[2];
    thread_finish(t);
}

Retcode service_thread_exit(struct kcall *call, const kl_core_Thread_Exit_req *req,
                            kl_core_Thread_Exit_res *res)
{
    struct thread *t = call->thread;
    (void)res;
    t->user_arg[0] = req->clearPtr;
    t->user_arg[1] = 0;
    t->user_arg[2] = (uint64_t)(int64_t)req->code;
    if (req->unmapSize) {
        Retcode rc = aspace_op_start(t->aspace, &t->vm_op, VM_OP_FREE, req->unmapAddr,
                                     req->unmapSize, 0);
        if (rc != rcOk)
            return rc;
        t->user_arg[1] = 1;
    }
    t->continuation = exit_step;
    return KCALL_PENDING;
}

static void wait_done(struct thread *t, Retcode code)
{
    kl_core_Thread_Wait_res res = {0};
    struct thread *target = t->wait.object;
    list_remove(&t->wait.link);
    res.exitCode = target->is_dead ? target->exit_code : -1;
    res.rc = code;
    kcall_finish(t, (const char *)&res + sizeof res.base_, sizeof res - sizeof res.base_);
}

Retcode service_thread_wait(struct kcall *call, const kl_core_Thread_Wait_req *req,
                            kl_core_Thread_Wait_res *res)
{
    struct thread *t = call->thread, *target = thread_own(call, req->tid);
    uint64_t now = arch_time_ns(), deadline = TIME_NEVER;
    res->exitCode = -1;
    if (!target)
        return rcResourceNotFound;
    if (target == t)
        return rcInvalidArgument;
    if (target->is_dead) {
        res->exitCode = target->exit_code;
        return rcOk;
    }
    if (req->delay == 0)
        return rcTimeout;
    if (req->delay < (TIME_NEVER - 1 - now) / NS_PER_MS)
        deadline = now + req->delay * NS_PER_MS;
    list_add_tail(&target->waiters, &t->wait.link);
    wait_block(t, WAIT_THREAD, target, wait_done, deadline);
    return KCALL_PENDING;
}

static void sleep_done(struct thread *t, Retcode code)
{
    kl_core_Thread_Sleep_res res = {0};
    res.rc = code == rcTimeout ? rcOk : code;
    kcall_finish(t, (const char *)&res + sizeof res.base_, sizeof res - sizeof res.base_);
}

Retcode service_thread_sleep(struct kcall *call, const kl_core_Thread_Sleep_req *req,
                             kl_core_Thread_Sleep_res *res)
{
    uint64_t now = arch_time_ns();
    (void)res;
    if (req->delay == 0) {
        sched_yield();
        return rcOk;
    }
    if (thread_take_alert(call->thread))
        return rcIpcInterrupt;
    wait_block_alertable(call->thread, WAIT_SLEEP, NULL, sleep_done,
                         req->delay < TIME_NEVER - 1 - now ? now + req->delay : TIME_NEVER);
    return KCALL_PENDING;
}

Retcode service_thread_settls(struct kcall *call, const kl_core_Thread_SetTls_req *req,
                              kl_core_Thread_SetTls_res *res)
{
    (void)res;
    if (req->tls >= USER_TOP)
        return rcInvalidArgument;
    arch_thread_set_tls(call->thread, req->tls);
    return rcOk;
}
