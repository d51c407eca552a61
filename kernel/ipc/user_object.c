/*
 * ipc/user_object.c: see user_object.h.
 */
#include "ipc/user_object.h"

#include "core/process.h"
#include "ipc/channel.h"
#include "ipc/ipc.h"
#include "mm/kmem.h"

static bool user_destroy(struct object *o, uint32_t budget)
{
    struct user_object *u = user_object_of(o);
    struct account *account = u->account;
    (void)budget;
    if (u->listener)
        object_put(&u->listener->object);
    kmem_free(account, u, sizeof *u);
    account_put(account);
    return true;
}

/* Only what is callable can have Calls that wait. */
static void user_handle_revoked(struct object *o)
{
    if (user_object_of(o)->listener)
        callers_check(&user_object_of(o)->callers, o);
}

static bool user_settle(struct object *o, uint32_t budget)
{
    return callers_check_step(&user_object_of(o)->callers, budget);
}

static const struct object_ops user_ops = {.name = "user resource",
                                           .destroy = user_destroy,
                                           .settle = user_settle,
                                           .handle_revoked = user_handle_revoked};

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
    list_init(&u->callers.threads);
    if (listener)
        object_ref(&listener->object);
    *out = u;
    return rcOk;
}
