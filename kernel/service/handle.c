/*
 * service/handle.c: kl.core.Handle: closing handles, making channels and listeners.
 */
#include "core/process.h"
#include "ipc/channel.h"
#include "core/sched.h"
#include "ipc/user_object.h"
#include "object/badge.h"
#include "object/event.h"
#include "object/handle.h"
#include "object/notice.h"
#include "service/kcall.h"

#include <kl/core/Core.edl.h>
#include <core_services.h>

#define SETTLE_STEP 64
#define REVOKE_STEP 64

#define HANDLE_TYPE_USER_FIRST 0x10000u
#define HANDLE_TYPE_USER_LAST  0x1ffffu

enum {
    RIGHTS_BADGE = RIGHT_GET_EVENT | RIGHT_GET_SID,
    RIGHTS_CLIENT = RIGHT_TRANSFER | RIGHT_COPY | RIGHT_GET_SID | RIGHT_IPC_CALL,
    RIGHTS_SERVER = RIGHT_TRANSFER | RIGHT_COPY | RIGHT_GET_SID | RIGHT_IPC_RECV,
    RIGHTS_LISTENER = RIGHTS_SERVER | RIGHT_IPC_LISTEN,
};

Retcode service_handle_close(struct kcall *call, const kl_core_Handle_Close_req *req,
                             kl_core_Handle_Close_res *res)
{
    (void)res;
    return handle_close(&call->process->handles, req->handle);
}

Retcode service_handle_createlistener(struct kcall *call,
                                      const kl_core_Handle_CreateListener_req *req,
                                      kl_core_Handle_CreateListener_res *res)
{
    struct process *p = call->process;
    struct listener *l;
    (void)req;
    Retcode rc = handle_reserve(&p->handles, 1);
    if (rc == rcOk)
        rc = listener_create(p, &l);
    if (rc != rcOk)
        return rc;
    res->listener = handle_install(&p->handles, &l->object, RIGHTS_LISTENER);
    object_put(&l->object);
    return rcOk;
}

struct ends {
    handle_t listener, server, client;
};

/* The listener a new channel joins: an existing one of the server, or a new one. One reference. */
static Retcode take_listener(struct process *server, handle_t h, struct listener **out)
{
    struct object *o;
    if (h == 0)
        return listener_create(server, out);
    Retcode rc = handle_get(&server->handles, h, OBJECT_LISTENER, RIGHT_IPC_LISTEN, &o);
    if (rc != rcOk)
        return rc;
    *out = container_of(o, struct listener, object);
    object_ref(o);
    return rcOk;
}

static void install(struct process *server, struct process *client, handle_t listener,
                    struct listener *l, struct channel *c, struct server_end *s, struct ends *out)
{
    if (s) {
        out->listener = listener;
        out->server = handle_install(&server->handles, &s->object, RIGHTS_SERVER);
    } else {
        out->listener = out->server =
            handle_install(&server->handles, &l->object, RIGHTS_LISTENER);
    }
    out->client = handle_install(&client->handles, &c->object, RIGHTS_CLIENT);
}

static Retcode connect(struct process *server, struct process *client, handle_t listener,
                       struct ends *out)
{
    struct listener *l;
    struct channel *c;
    struct server_end *s;
    Retcode rc = handle_reserve(&server->handles, server == client ? 2 : 1);
    if (rc == rcOk && server != client)
        rc = handle_reserve(&client->handles, 1);
    if (rc != rcOk)
        return rc;
    rc = take_listener(server, listener, &l);
    if (rc != rcOk)
        return rc;
    rc = channel_create(client, l, listener != 0, &c, &s);
    if (rc == rcOk) {
        /* commit */
        install(server, client, listener, l, c, s, out);
        object_put(&c->object);
        if (s)
            object_put(&s->object);
    } else if (!listener) {
        listener_discard(l);
    }
    object_put(&l->object);
    return rc;
}

Retcode service_handle_connect(struct kcall *call, const kl_core_Handle_Connect_req *req,
                               kl_core_Handle_Connect_res *res)
{
    struct ends e;
    Retcode rc = connect(call->process, call->process, req->listener, &e);
    if (rc != rcOk)
        return rc;
    res->outListener = e.listener;
    res->outServer = e.server;
    res->outClient = e.client;
    return rcOk;
}

/* A stopped process that the caller may set up; zero is the caller itself. */
static Retcode stopped_process(struct kcall *call, handle_t h, struct process **out)
{
    struct object *o;
    if (h == 0) {
        *out = call->process;
        return rcOk;
    }
    Retcode rc = handle_get(&call->process->handles, h, OBJECT_PROCESS, RIGHT_TASK_CONTROL, &o);
    if (rc != rcOk)
        return rc;
    *out = container_of(o, struct process, object);
    return (*out)->state == PROCESS_STOPPED ? rcOk : rcInvalidOperation;
}

Retcode service_handle_connectex(struct kcall *call, const kl_core_Handle_ConnectEx_req *req,
                                 kl_core_Handle_ConnectEx_res *res)
{
    struct process *server, *client;
    struct ends e;
    Retcode rc = stopped_process(call, req->server, &server);
    if (rc == rcOk)
        rc = stopped_process(call, req->client, &client);
    if (rc == rcOk)
        rc = connect(server, client, req->serverListener, &e);
    if (rc != rcOk)
        return rc;
    res->outListener = e.listener;
    res->outServer = e.server;
    res->outClient = e.client;
    return rcOk;
}

/* ---- derived handles ---- */

static Retcode find_unused_badge(struct kcall *call, handle_t h, struct badge **out)
{
    struct object *o;
    *out = NULL;
    if (!h)
        return rcOk;
    Retcode rc = handle_get(&call->process->handles, h, OBJECT_BADGE, 0, &o);
    if (rc != rcOk)
        return rc;
    *out = container_of(o, struct badge, object);
    return (*out)->is_used ? rcInvalidArgument : rcOk;
}

Retcode service_handle_copy(struct kcall *call, const kl_core_Handle_Copy_req *req,
                            kl_core_Handle_Copy_res *res)
{
    struct handle_table *t = &call->process->handles;
    struct handle_entry *e = handle_lookup(t, req->inHandle);
    struct badge *badge;
    if (!e)
        return handle_miss(t, req->inHandle);
    uint32_t rights = req->newRightsMask == RIGHTS_SAME ? e->rights : req->newRightsMask;
    if (!(e->rights & RIGHT_COPY) || (rights & ~e->rights))
        return handle_refuse(e, rights | RIGHT_COPY);
    Retcode rc = find_unused_badge(call, req->copyBadge, &badge);
    if (rc == rcOk)
        rc = handle_reserve(t, 1);
    if (rc != rcOk)
        return rc;
    res->outHandle = handle_install_child(t, e, rights, badge);
    return rcOk;
}

/* ---- user resources and badges ---- */

/* The listener behind a listener or server handle of the caller; null for zero. */
static Retcode find_listener(struct kcall *call, handle_t h, struct listener **out)
{
    const struct handle_table *t = &call->process->handles;
    *out = NULL;
    if (!h)
        return rcOk;
    struct handle_entry *e = handle_lookup(t, h);
    if (!e)
        return handle_miss(t, h);
    if (e->object->kind != OBJECT_LISTENER && e->object->kind != OBJECT_SERVER)
        return rcInvalidArgument;
    if (!(e->rights & RIGHT_IPC_RECV))
        return handle_refuse(e, RIGHT_IPC_RECV);
    *out = e->object->kind == OBJECT_LISTENER
               ? container_of(e->object, struct listener, object)
               : container_of(e->object, struct server_end, object)->channel->listener;
    return rcOk;
}

Retcode service_handle_createuserobject(struct kcall *call,
                                        const kl_core_Handle_CreateUserObject_req *req,
                                        kl_core_Handle_CreateUserObject_res *res)
{
    struct process *p = call->process;
    struct listener *l;
    struct user_object *u;
    if (req->type < HANDLE_TYPE_USER_FIRST || req->type > HANDLE_TYPE_USER_LAST ||
        req->riid > NK_IID_MAX || (req->rights & ~RIGHTS_SAME))
        return rcInvalidArgument;
    Retcode rc = find_listener(call, req->ipcChannel, &l);
    if (rc == rcOk && l && l->is_closed)
        rc = rcNotConnected;
    if (rc == rcOk)
        rc = handle_reserve(&p->handles, 1);
    if (rc == rcOk)
        rc = user_object_create(p, req->context, l, (uint16_t)req->riid, &u);
    if (rc != rcOk)
        return rc;
    res->handle = handle_install(&p->handles, &u->object, req->rights);
    object_put(&u->object);
    return rcOk;
}

Retcode service_handle_createbadge(struct kcall *call, const kl_core_Handle_CreateBadge_req *req,
                                   kl_core_Handle_CreateBadge_res *res)
{
    struct process *p = call->process;
    struct object *o;
    struct badge *b;
    Retcode rc = handle_get(&p->handles, req->notice, OBJECT_NOTICE, 0, &o);
    if (rc == rcOk)
        rc = handle_reserve(&p->handles, 1);
    if (rc == rcOk)
        rc = badge_create(p->account, req->context, &b);
    if (rc != rcOk)
        return rc;
    rc = notice_subscribe(container_of(o, struct notice, object), p->account, &b->object,
                          EVENT_BADGE_CLOSED | EVENT_OBJECT_DESTROYED, req->eventId, 0);
    if (rc == rcOk)
        res->handle = handle_install(&p->handles, &b->object, RIGHTS_BADGE);
    object_put(&b->object);
    return rc;
}

/* ---- revoke ---- */

/* One step of a revocation; the caller is answered when nothing is left of it. */
static void revoke_on(struct thread *t)
{
    bool is_done = !t->revoke.object || revoke_step(&t->revoke, REVOKE_STEP);
    if (!objects_settle(&t->settle_upto, SETTLE_STEP) || !is_done) {
        t->continuation = revoke_on;
        (void)sched_should_preempt();
        return;
    }
    const struct { int32_t rc, pad; } res = {rcOk, 0};
    kcall_finish(t, &res, sizeof res);
}

Retcode service_handle_revoke(struct kcall *call, const kl_core_Handle_Revoke_req *req,
                              kl_core_Handle_Revoke_res *res)
{
    struct handle_table *t = &call->process->handles;
    struct handle_entry *e = handle_lookup(t, req->handle);
    (void)res;
    if (!e)
        return handle_miss(t, req->handle);
    if (e->object->kind == OBJECT_CORE)
        return rcSecurityDisallow;
    revoke_start(&call->thread->revoke, e);
    call->thread->continuation = revoke_on;
    return KCALL_PENDING;
}

/* Looks for the badge below the handle. rcRestart: it takes longer; rcOk: the revoke began, or nothing
 * of that transfer is left. */
static Retcode find_subtree(struct thread *t, handle_t handle, handle_t badge)
{
    struct handle_table *table = &t->process->handles;
    struct handle_entry *e = handle_lookup(table, handle);
    uint32_t budget = REVOKE_STEP;
    struct object *o;
    bool encloses;
    if (!e)
        return handle_miss(table, handle);
    Retcode rc = handle_get(table, badge, OBJECT_BADGE, 0, &o);
    if (rc != rcOk)
        return rc;
    struct badge *b = container_of(o, struct badge, object);
    if (!b->is_planted)
        return b->is_used ? rcOk : rcInvalidArgument;
    if (!tree_encloses(&t->walk, e, b, &budget, &encloses))
        return rcRestart;
    if (!encloses)
        return rcInvalidArgument;
    revoke_start_badge(&t->revoke, b->under, b);
    return rcOk;
}

static void find_subtree_on(struct thread *t)
{
    Retcode rc = find_subtree(t, (handle_t)t->user_arg[0], (handle_t)t->user_arg[1]);
    if (rc == rcRestart) {
        t->continuation = find_subtree_on;
        (void)sched_should_preempt();
    } else if (rc == rcOk) {
        revoke_on(t);
    } else {
        const struct { int32_t rc, pad; } res = {rc, 0};
        tree_walk_drop(&t->walk);
        kcall_finish(t, &res, sizeof res);
    }
}

Retcode service_handle_revokesubtree(struct kcall *call,
                                     const kl_core_Handle_RevokeSubtree_req *req,
                                     kl_core_Handle_RevokeSubtree_res *res)
{
    struct thread *t = call->thread;
    (void)res;
    Retcode rc = find_subtree(t, req->handle, req->badge);
    if (rc == rcRestart) {
        t->user_arg[0] = req->handle;
        t->user_arg[1] = req->badge;
        t->continuation = find_subtree_on;
        return KCALL_PENDING;
    }
    if (rc != rcOk || !t->revoke.object)
        return rc;
    t->continuation = revoke_on;
    return KCALL_PENDING;
}

Retcode service_handle_getsidbyhandle(struct kcall *call,
                                      const kl_core_Handle_GetSidByHandle_req *req,
                                      kl_core_Handle_GetSidByHandle_res *res)
{
    struct handle_table *t = &call->process->handles;
    struct handle_entry *e = handle_lookup(t, req->handle);
    if (!e)
        return handle_miss(t, req->handle);
    if (!(e->rights & RIGHT_GET_SID))
        return handle_refuse(e, RIGHT_GET_SID);
    res->sid = e->object->subject.sid;
    return rcOk;
}

Retcode service_handle_securityconnect(struct kcall *call,
                                       const kl_core_Handle_SecurityConnect_req *req,
                                       kl_core_Handle_SecurityConnect_res *res)
{
    struct handle_table *t = &call->process->handles;
    (void)req;
    Retcode rc = handle_reserve(t, 1);
    if (rc == rcOk)
        res->handle = handle_install(t, security_object(), RIGHT_IPC_CALL);
    return rc;
}
