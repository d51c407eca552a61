/*
 * service/sync.c: kl.core.Sync: waiting on a word of memory (futex).
 *
 * Waiters hang in a hash table by (address space, address). A wait and a wake of the same word are
 * ordered by the kernel: the value is compared after the waiter is certain to be found.
 */
#include "core/process.h"
#include "core/sched.h"
#include "mm/usercopy.h"
#include "service/kcall.h"

#include <arch/timer.h>
#include <kl/core/Core.edl.h>
#include <core_services.h>

#define BUCKETS   256
#define WAKE_STEP 32 /* waiters looked at between two preemption points */
#define NS_PER_MS 1000000ull

static struct list buckets[BUCKETS];
static uint64_t latest; /* number of the last wait that began */

static struct list *bucket(const struct aspace *as, uint64_t ptr)
{
    uint64_t h = ((uintptr_t)as >> 6) ^ (ptr >> 2);
    struct list *b = &buckets[(h * 0x9e3779b97f4a7c15ull) >> 56];
    if (!b->next)
        list_init(b);
    return b;
}

static void finish(struct thread *t, Retcode code)
{
    kl_core_Sync_Wait_res res = {0};
    uint64_t now = arch_time_ns(), deadline = t->user_arg[1];
    list_remove(&t->wait.link);
    if (deadline == TIME_NEVER)
        res.outDelay = ~0ull;
    else
        res.outDelay = deadline > now ? (deadline - now) / NS_PER_MS : 0;
    res.rc = code;
    kcall_finish(t, (const char *)&res + sizeof res.base_, sizeof res - sizeof res.base_);
}

Retcode service_sync_wait(struct kcall *call, const kl_core_Sync_Wait_req *req,
                          kl_core_Sync_Wait_res *res)
{
    struct thread *t = call->thread;
    uint64_t now = arch_time_ns(), deadline = TIME_NEVER, ptr = req->ptr;
    uint32_t value;
    if (ptr % 4)
        return rcInvalidArgument;
    if (!user_read(&value, ptr, sizeof value))
        return rcInvalidArgument;
    res->outDelay = req->delay;
    if (value != req->val)
        return rcFutexWouldBlock;
    if (req->delay == 0)
        return rcTimeout;
    if (req->delay < (TIME_NEVER - 1 - now) / NS_PER_MS)
        deadline = now + req->delay * NS_PER_MS;
    t->user_arg[0] = ptr;
    t->user_arg[1] = deadline;
    t->user_arg[2] = ++latest;
    list_add_tail(bucket(t->aspace, ptr), &t->wait.link);
    wait_block(t, WAIT_FUTEX, NULL, finish, deadline);
    return KCALL_PENDING;
}

/* The thread itself marks the place in the queue from where its walk goes on. */
bool futex_walk_step(struct thread *t)
{
    struct futex_walk *w = &t->walk_futex;
    struct list *b = bucket(t->aspace, w->ptr), *l = b->next, *next;
    if (t->wait.kind == WAIT_WALK) {
        l = t->wait.link.next;
        thread_leave_walk(t);
    }
    for (int n = 0; l != b && w->left > 0; l = next, n++) {
        if (n == WAKE_STEP) {
            list_insert_before(l, &t->wait.link);
            t->wait.kind = WAIT_WALK;
            return false;
        }
        next = l->next;
        struct thread *waiter = container_of(l, struct thread, wait.link);
        if (waiter->wait.kind != WAIT_FUTEX || waiter->aspace != t->aspace ||
            waiter->user_arg[0] != w->ptr || waiter->user_arg[2] > w->last)
            continue;
        wait_cancel(waiter, rcOk);
        w->left--;
        w->woken++;
    }
    return true;
}

bool futex_walk_start(struct thread *t, uint64_t ptr, uint32_t count)
{
    t->walk_futex = (struct futex_walk){.ptr = ptr, .last = latest, .left = count};
    return futex_walk_step(t);
}

static void wake_on(struct thread *t)
{
    kl_core_Sync_Wake_res res = {0};
    if (!futex_walk_step(t)) {
        t->continuation = wake_on;
        (void)sched_should_preempt();
        return;
    }
    res.wokenCnt = t->walk_futex.woken;
    kcall_finish(t, (const char *)&res + sizeof res.base_, sizeof res - sizeof res.base_);
}

Retcode service_sync_wake(struct kcall *call, const kl_core_Sync_Wake_req *req,
                          kl_core_Sync_Wake_res *res)
{
    struct thread *t = call->thread;
    if (req->ptr % 4)
        return rcInvalidArgument;
    if (!futex_walk_start(t, req->ptr, req->nThreads)) {
        t->continuation = wake_on;
        return KCALL_PENDING;
    }
    res->wokenCnt = t->walk_futex.woken;
    return rcOk;
}
