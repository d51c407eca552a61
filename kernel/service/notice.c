/*
 * service/notice.c: kl.core.Notice: notification receivers.
 */
#include "object/notice.h"

#include "core/process.h"
#include "core/sched.h"
#include "object/event.h"
#include "service/kcall.h"

#include <arch/timer.h>
#include <core_services.h>
#include <kl/core/Core.edl.h>

#define SCAN_STEP 64u
#define POST_STEP 16u
#define NS_PER_MS 1000000ull

enum { RIGHTS_NOTICE = RIGHT_GET_EVENT | RIGHT_SET_EVENT };

static Retcode find(struct kcall *call, handle_t h, struct notice **out)
{
    struct object *o;
    Retcode rc = handle_get(&call->process->handles, h, OBJECT_NOTICE, 0, &o);
    if (rc == rcOk)
        *out = container_of(o, struct notice, object);
    return rc;
}

Retcode service_notice_create(struct kcall *call, const kl_core_Notice_Create_req *req,
                              kl_core_Notice_Create_res *res)
{
    struct process *p = call->process;
    struct notice *n;
    (void)req;
    Retcode rc = handle_reserve(&p->handles, 1);
    if (rc == rcOk)
        rc = notice_create(p->account, &n);
    if (rc != rcOk)
        return rc;
    res->notify = handle_install(&p->handles, &n->object, RIGHTS_NOTICE);
    object_put(&n->object);
    return rcOk;
}

/* The end of a process is a state: who asks later is told all the same. */
static uint32_t past_events(const struct object *o)
{
    bool is_dead = o->kind == OBJECT_PROCESS &&
                   container_of(o, struct process, object)->state == PROCESS_DEAD;
    return is_dead ? EVENT_TASK_COMPLETED : 0;
}

Retcode service_notice_subscribetoobject(struct kcall *call,
                                         const kl_core_Notice_SubscribeToObject_req *req,
                                         kl_core_Notice_SubscribeToObject_res *res)
{
    const struct handle_table *t = &call->process->handles;
    struct notice *n;
    (void)res;
    Retcode rc = find(call, req->notify, &n);
    if (rc != rcOk)
        return rc;
    struct handle_entry *e = handle_lookup(t, req->object);
    if (!e)
        return handle_miss(t, req->object);
    if (!(e->rights & RIGHT_GET_EVENT))
        return handle_refuse(e, RIGHT_GET_EVENT);
    return notice_subscribe(n, call->process->account, e->object, req->evMask, req->evId,
                            past_events(e->object));
}

/* The call's arguments stand in user_arg: receiver, object, whether an id is given, id. */
static Retcode unsubscribe(struct thread *t)
{
    const struct handle_table *table = &t->process->handles;
    struct object *o;
    handle_t object = (handle_t)t->user_arg[1];
    Retcode rc = handle_get(table, (handle_t)t->user_arg[0], OBJECT_NOTICE, 0, &o);
    if (rc != rcOk)
        return rc;
    struct handle_entry *e = handle_lookup(table, object);
    if (!e)
        return handle_miss(table, object);
    return notice_unsubscribe(&t->scan, container_of(o, struct notice, object), e->object,
                              t->user_arg[2], t->user_arg[3], SCAN_STEP);
}

static void unsubscribe_on(struct thread *t)
{
    struct { int32_t rc, pad; } res = {unsubscribe(t), 0};
    if (res.rc == rcRestart) {
        t->continuation = unsubscribe_on;
        (void)sched_should_preempt();
        return;
    }
    notice_scan_drop(&t->scan);
    kcall_finish(t, &res, sizeof res);
}

static Retcode unsubscribe_start(struct thread *t, handle_t notice, handle_t object, bool has_id,
                                 uint64_t id)
{
    t->user_arg[0] = notice;
    t->user_arg[1] = object;
    t->user_arg[2] = has_id;
    t->user_arg[3] = id;
    Retcode rc = unsubscribe(t);
    if (rc != rcRestart)
        return rc;
    t->continuation = unsubscribe_on;
    return KCALL_PENDING;
}

Retcode service_notice_unsubscribefromevent(struct kcall *call,
                                            const kl_core_Notice_UnsubscribeFromEvent_req *req,
                                            kl_core_Notice_UnsubscribeFromEvent_res *res)
{
    (void)res;
    return unsubscribe_start(call->thread, req->notify, req->object, true, req->evId);
}

Retcode service_notice_unsubscribefromobject(struct kcall *call,
                                             const kl_core_Notice_UnsubscribeFromObject_req *req,
                                             kl_core_Notice_UnsubscribeFromObject_res *res)
{
    (void)res;
    return unsubscribe_start(call->thread, req->notify, req->object, false, 0);
}

static void answer(struct thread *t, uint64_t id, uint32_t events, Retcode rc)
{
    kl_core_Notice_GetEvent_res res = {0};
    res.eventId = id;
    res.eventMask = events;
    res.rc = rc;
    kcall_finish(t, (const char *)&res + sizeof res.base_, sizeof res - sizeof res.base_);
}

static void get_done(struct thread *t, Retcode code)
{
    struct notice *n = t->wait.object;
    uint64_t id = 0;
    uint32_t events = 0;
    list_remove(&t->wait.link);
    if (code == rcOk && !notice_take(n, &id, &events))
        code = rcResourceNotFound; /* dropped */
    answer(t, id, events, code);
}

Retcode service_notice_getevent(struct kcall *call, const kl_core_Notice_GetEvent_req *req,
                                kl_core_Notice_GetEvent_res *res)
{
    uint64_t now, deadline = TIME_NEVER;
    struct notice *n;
    Retcode rc = find(call, req->notify, &n);
    if (rc != rcOk)
        return rc;
    if (notice_take(n, &res->eventId, &res->eventMask))
        return rcOk;
    if (n->is_dropped)
        return rcResourceNotFound;
    if (req->delay == 0)
        return rcTimeout;
    if (thread_take_alert(call->thread))
        return rcIpcInterrupt;
    now = arch_time_ns();
    if (req->delay < (TIME_NEVER - 1 - now) / NS_PER_MS)
        deadline = now + req->delay * NS_PER_MS;
    list_add_tail(&n->waiters, &call->thread->wait.link);
    wait_block_alertable(call->thread, WAIT_NOTICE, n, get_done, deadline);
    return KCALL_PENDING;
}

Retcode service_notice_dropandwake(struct kcall *call, const kl_core_Notice_DropAndWake_req *req,
                                   kl_core_Notice_DropAndWake_res *res)
{
    struct notice *n;
    (void)res;
    Retcode rc = find(call, req->notify, &n);
    if (rc != rcOk)
        return rc;
    notice_drop(n);
    return rcOk;
}

/* Tells the rest of those who subscribed. */
static void post_on(struct thread *t)
{
    const struct { int32_t rc, pad; } res = {rcOk, 0};
    if (object_post_step(&t->post, POST_STEP)) {
        kcall_finish(t, &res, sizeof res);
        return;
    }
    t->continuation = post_on;
    (void)sched_should_preempt();
}

Retcode service_notice_setobjectevent(struct kcall *call,
                                      const kl_core_Notice_SetObjectEvent_req *req,
                                      kl_core_Notice_SetObjectEvent_res *res)
{
    struct object *o;
    (void)res;
    if (!req->evMask || (req->evMask & EVENT_GENERAL))
        return rcInvalidArgument;
    struct thread *t = call->thread;
    Retcode rc = handle_get(&call->process->handles, req->object, OBJECT_USER, RIGHT_SET_EVENT, &o);
    if (rc != rcOk || object_post(&t->post, o, req->evMask, POST_STEP))
        return rc;
    t->continuation = post_on;
    return KCALL_PENDING;
}
