/*
 * ipc/user_object.c: see user_object.h.
 */
#include "ipc/user_object.h"

#include "core/process.h"
#include "ipc/channel.h"
#include "ipc/ipc.h"
#include "mm/kmem.h"

static void user_destroy(struct object *o)
{
    struct user_object *u = user_object_of(o);
    struct account *account = u->account;
    if (u->listener)
        object_put(&u->listener->object);
    kmem_free(account, u, sizeof *u);
    account_put(account);
}

static const struct object_ops user_ops = {"user resource", NULL, user_destroy, call_handle_revoked};

Retcode user_object_create(struct process *creator, uint64_t context, struct listener *listener,
                           uint16_t riid, struct user_object **out)
{
    Retcode rc = rcOk;
    if (listener && riid >= ksm_image.classes[listener->process->class]->nendpoints)
        return rcInvalidArgument;
    struct user_object *u = kmem_alloc(creator->account, sizeof *u, &rc);
    if (!u)
        return rc;
    object_init(&u->object, OBJECT_USER, &user_ops);
    u->account = account_ref(creator->account);
    u->context = context;
    u->listener = listener;
    u->riid = riid;
    if (listener)
        object_ref(&listener->object);
    *out = u;
    return rcOk;
}
