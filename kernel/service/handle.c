/*
 * service/handle.c: kl.core.Handle: closing handles, making channels and listeners.
 */
#include "core/process.h"
#include "ipc/channel.h"
#include "object/handle.h"
#include "service/kcall.h"

#include <kl/core/Core.edl.h>
#include <core_services.h>

enum {
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
