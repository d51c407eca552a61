/*
 * ipc/channel.c: creation and death of channels, server ends and listeners.
 */
#include "ipc/channel.h"

#include "core/process.h"
#include "ipc/ipc.h"
#include "mm/kmem.h"
#include "policy/policy.h"

/* What a channel that is not connected leads to. */
static struct listener nowhere = {.is_closed = true, .receivers = {&nowhere.receivers, &nowhere.receivers}};

/* A listener closes: nobody can receive any more, so every caller is told. */
static void listener_last_handle(struct object *o)
{
    struct listener *l = container_of(o, struct listener, object);
    l->is_closed = true;
    list_move_all(&l->leaving, &l->receivers);
    if (l->direct)
        owed_link(l->direct);
    listener_discard(l);
    object_settle(o);
}

static bool listener_settle(struct object *o, uint32_t budget)
{
    return ipc_listener_close_step(container_of(o, struct listener, object), budget);
}

static bool listener_destroy(struct object *o, uint32_t budget)
{
    struct listener *l = container_of(o, struct listener, object);
    struct account *account = l->account;
    (void)budget;
    kmem_free(account, l, sizeof *l);
    account_put(account);
    return true;
}

static const struct object_ops listener_ops = {.name = "listener",
                                               .last_handle = listener_last_handle,
                                               .destroy = listener_destroy,
                                               .settle = listener_settle};

Retcode listener_create(struct process *process, struct listener **out)
{
    Retcode rc = rcOk;
    struct listener *l = kmem_alloc(process->account, sizeof *l, &rc);
    if (!l)
        return rc;
    object_init(&l->object, OBJECT_LISTENER, &listener_ops);
    l->account = account_ref(process->account);
    l->process = process;
    object_ref(&process->object);
    list_init(&l->receivers);
    list_init(&l->leaving);
    list_init(&l->owed);
    list_init(&l->boosted);
    list_init(&l->returning);
    list_init(&l->takers);
    for (int i = 0; i < PRIORITIES; i++)
        list_init(&l->senders[i]);
    list_add_tail(&process->listeners, &l->link);
    *out = l;
    return rcOk;
}

void listener_discard(struct listener *l)
{
    list_remove(&l->link);
    object_put(&l->process->object);
    l->process = NULL;
}

static bool channel_destroy(struct object *o, uint32_t budget)
{
    struct channel *c = container_of(o, struct channel, object);
    struct account *account = c->account;
    (void)budget;
    object_put(&c->listener->object);
    kmem_free(account, c, sizeof *c);
    account_put(account);
    return true;
}

static void channel_handle_revoked(struct object *o)
{
    callers_check(&container_of(o, struct channel, object)->callers, o);
}

static bool channel_settle(struct object *o, uint32_t budget)
{
    struct channel *c = container_of(o, struct channel, object);
    return c->is_connected ? callers_check_step(&c->callers, budget)
                           : callers_end_step(&c->callers, rcNotConnected, budget);
}

static const struct object_ops channel_ops = {.name = "IPC channel",
                                              .destroy = channel_destroy,
                                              .settle = channel_settle,
                                              .handle_revoked = channel_handle_revoked};

/* Nobody can receive from this channel any more: those who wait there are told. */
static void server_last_handle(struct object *o)
{
    struct server_end *s = container_of(o, struct server_end, object);
    s->channel->is_connected = false;
    s->channel->open = &nowhere;
    object_settle(&s->channel->object);
}

static bool server_destroy(struct object *o, uint32_t budget)
{
    struct server_end *s = container_of(o, struct server_end, object);
    struct account *account = s->account;
    (void)budget;
    object_put(&s->channel->object);
    kmem_free(account, s, sizeof *s);
    account_put(account);
    return true;
}

static const struct object_ops server_ops = {.name = "server end",
                                             .last_handle = server_last_handle,
                                             .destroy = server_destroy};

Retcode channel_create(struct process *client, struct listener *listener, bool want_server,
                       struct channel **channel, struct server_end **server)
{
    Retcode rc = rcOk;
    struct account *account = client->account;
    const struct policy_pair *pair;
    rc = policy_pair_get(client->class, listener->process->class, &pair);
    if (rc != rcOk)
        return rc;
    struct channel *c = kmem_alloc(account, sizeof *c, &rc);
    if (!c)
        return rc;
    struct server_end *s = NULL;
    if (want_server) {
        s = kmem_alloc(account, sizeof *s, &rc);
        if (!s) {
            kmem_free(account, c, sizeof *c);
            return rc;
        }
    }
    /* commit */
    object_init(&c->object, OBJECT_CHANNEL, &channel_ops);
    c->account = account_ref(account);
    c->listener = listener;
    c->pair = pair;
    c->held = pair->held;
    c->held_long = pair->held_long;
    c->open = listener;
    c->is_connected = true;
    list_init(&c->callers.threads);
    object_ref(&listener->object);
    if (s) {
        object_init(&s->object, OBJECT_SERVER, &server_ops);
        s->account = account_ref(account);
        s->channel = c;
        object_ref(&c->object);
    }
    *channel = c;
    *server = s;
    return rcOk;
}
