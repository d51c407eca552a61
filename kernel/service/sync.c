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

#define BUCKETS 256
#define WAKE_STEP 64
#define NS_PER_MS 1000000ull

static struct list buckets[BUCKETS];

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
    list_add_tail(bucket(t->aspace, ptr), &t->wait.link);
    wait_block(t, WAIT_FUTEX, NULL, finish, deadline);
    return KCALL_PENDING;
}

/* Wakes waiters on a word of an address space; returns how many. */
uint32_t sync_wake(struct aspace *as, uint64_t ptr, uint32_t count)
{
    struct list *b = bucket(as, ptr);
    uint32_t woken = 0;
    for (struct list *l = b->next, *next; l != b && woken < count; l = next) {
        next = l->next;
        struct thread *t = container_of(l, struct thread, wait.link);
        if (t->aspace != as || t->user_arg[0] != ptr)
            continue;
        wait_cancel(t, rcOk);
        woken++;
    }
    return woken;
}

Retcode service_sync_wake(struct kcall *call, const kl_core_Sync_Wake_req *req,
                          kl_core_Sync_Wake_res *res)
{
    if (req->ptr % 4)
        return rcInvalidArgument;
    res->wokenCnt = sync_wake(call->thread->aspace, req->ptr, req->nThreads);
    return rcOk;
}
