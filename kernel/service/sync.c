/*
 * service/sync.c: kl.core.Sync: waiting on a word of memory (core/futex.h).
 *
 * A wait and a wake of the same word are ordered by the kernel: between the comparison of the value
 * and the place in the queue nothing else runs.
 */
#include "core/process.h"
#include "core/sched.h"
#include "mm/usercopy.h"
#include "service/kcall.h"

#include <arch/timer.h>
#include <kl/core/Core.edl.h>
#include <core_services.h>
#include <tessera/flags.h>

#define NS_PER_MS 1000000ull

_Static_assert(sizeof(kl_core_Sync_Wait_res) == sizeof(kl_core_Sync_WaitOwner_res) &&
                   sizeof(kl_core_Sync_Wait_res) == sizeof(kl_core_Sync_WaitNs_res),
               "finish answers all");

static void finish_in(struct thread *t, Retcode code, uint64_t unit_ns)
{
    kl_core_Sync_Wait_res res = {0};
    uint64_t deadline = t->user_arg[0];
    if (futex_leave(t))
        code = rcOk; /* it was as good as woken */
    res.outDelay = ~0ull;
    if (deadline != TIME_NEVER) {
        uint64_t now = arch_time_ns();
        res.outDelay = deadline > now ? (deadline - now) / unit_ns : 0;
    }
    res.rc = code;
    kcall_finish(t, (const char *)&res + sizeof res.base_, sizeof res - sizeof res.base_);
}

static void finish(struct thread *t, Retcode code)
{
    finish_in(t, code, NS_PER_MS);
}

static void finish_ns(struct thread *t, Retcode code)
{
    finish_in(t, code, 1);
}

/* Whether the word is there and has the value. */
static Retcode compare(uint64_t ptr, uint32_t val)
{
    uint32_t value;
    if (ptr % 4 || !user_read(&value, ptr, sizeof value))
        return rcInvalidArgument;
    return value == val ? rcOk : rcFutexWouldBlock;
}

/* What is the same in both: whether there is a reason to wait. */
static Retcode check(uint64_t ptr, uint32_t val, uint64_t delay)
{
    Retcode rc = compare(ptr, val);
    return rc == rcOk && delay == 0 ? rcTimeout : rc;
}

static void block(struct thread *t, struct word_place place, struct thread *owner, uint64_t delay,
                  uint64_t unit_ns)
{
    uint64_t deadline = TIME_NEVER;
    if (delay != ~0ull) {
        uint64_t now = arch_time_ns();
        if (delay < (TIME_NEVER - 1 - now) / unit_ns)
            deadline = now + delay * unit_ns;
    }
    t->user_arg[0] = deadline;
    futex_enter(t, place, owner);
    wait_block(t, WAIT_FUTEX, NULL, unit_ns == 1 ? finish_ns : finish, deadline);
}

Retcode service_sync_wait(struct kcall *call, const kl_core_Sync_Wait_req *req,
                          kl_core_Sync_Wait_res *res)
{
    struct thread *t = call->thread;
    uint64_t ptr = req->ptr, delay = req->delay;
    res->outDelay = delay;
    Retcode rc = check(ptr, req->val, delay);
    if (rc != rcOk)
        return rc;
    if (thread_take_alert(t))
        return rcIpcInterrupt;
    block(t, aspace_word_place(t->aspace, ptr), NULL, delay, NS_PER_MS);
    t->is_alertable = true;
    return KCALL_PENDING;
}

/* The living thread that a word may belong to. */
static Retcode find_owner(const struct thread *t, struct word_place place, uint32_t tid,
                          struct thread **out)
{
    struct thread *owner = thread_by_tid(tid);
    bool is_private = place.space == (uintptr_t)t->aspace;
    if (!owner || owner->is_dead || (is_private && owner->process != t->process))
        return rcResourceNotFound;
    if (owner == t)
        return rcInvalidArgument;
    *out = owner;
    return rcOk;
}

Retcode service_sync_waitowner(struct kcall *call, const kl_core_Sync_WaitOwner_req *req,
                               kl_core_Sync_WaitOwner_res *res)
{
    struct thread *t = call->thread, *owner = NULL;
    uint64_t ptr = req->ptr, delay = req->delay;
    res->outDelay = delay;
    Retcode rc = check(ptr, req->val, delay);
    if (rc != rcOk)
        return rc;
    struct word_place place = aspace_word_place(t->aspace, ptr);
    if (req->ownerTid)
        rc = find_owner(t, place, req->ownerTid, &owner);
    if (rc != rcOk)
        return rc;
    block(t, place, owner, delay, NS_PER_MS);
    return KCALL_PENDING;
}

Retcode service_sync_waitns(struct kcall *call, const kl_core_Sync_WaitNs_req *req,
                            kl_core_Sync_WaitNs_res *res)
{
    struct thread *t = call->thread, *owner = NULL;
    uint64_t ptr = req->ptr, delay = req->delay;
    bool is_alertable = req->flags & KN_WAIT_ALERTABLE;
    res->outDelay = delay;
    if (req->flags & ~(uint32_t)KN_WAIT_ALERTABLE)
        return rcInvalidArgument;
    Retcode rc = compare(ptr, req->val);
    if (rc != rcOk)
        return rc;
    struct word_place place = aspace_word_place(t->aspace, ptr);
    if (req->ownerTid)
        rc = find_owner(t, place, req->ownerTid, &owner);
    if (rc != rcOk)
        return rc;
    if (delay == 0)
        return rcTimeout;
    if (is_alertable && thread_take_alert(t))
        return rcIpcInterrupt;
    block(t, place, owner, delay, 1);
    t->is_alertable = is_alertable;
    return KCALL_PENDING;
}

static Retcode wake_step(struct thread *t)
{
    return futex_wake(t->wake.place, &t->wake.left, &t->wake.woken);
}

static void wake_on(struct thread *t)
{
    kl_core_Sync_Wake_res res = {0};
    if (wake_step(t) == rcRestart) {
        t->continuation = wake_on;
        (void)sched_should_preempt();
        return;
    }
    res.wokenCnt = t->wake.woken;
    kcall_finish(t, (const char *)&res + sizeof res.base_, sizeof res - sizeof res.base_);
}

Retcode service_sync_wake(struct kcall *call, const kl_core_Sync_Wake_req *req,
                          kl_core_Sync_Wake_res *res)
{
    struct thread *t = call->thread;
    if (req->ptr % 4)
        return rcInvalidArgument;
    t->wake.place = aspace_word_place(t->aspace, req->ptr);
    t->wake.left = req->nThreads;
    t->wake.woken = 0;
    if (wake_step(t) == rcRestart) {
        t->continuation = wake_on;
        return KCALL_PENDING;
    }
    res->wokenCnt = t->wake.woken;
    return rcOk;
}
