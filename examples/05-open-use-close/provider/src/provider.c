/*
 * provider.c: gives out handles of its resources, and frees what belongs to one when nobody has it any more.
 *
 * Each resource has a context, and each opening of it another one, tied to that transfer by a badge. A
 * thread of its own hears of badges that closed (nobody has a handle of that opening any more) and that
 * are gone (the context can be freed).
 */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <coresrv/nk/transport-kos-dispatch.h>
#include <coresrv/sl/sl_api.h>
#include <kos/thread.h>
#include <rtl/countof.h>

#include <store/Provider.edl.h>
#include <store_rights.h>

#define RESOURCE_RIGHTS (OCAP_HANDLE_TRANSFER | STORE_RIGHT_USE | STORE_RIGHT_CLOSE)
#define NOTICE_PRIORITY (ThreadPriorityNormal + 1) /* what is free is freed before the next request */

/* User resource context. */
struct resource {
    nk_uint32_t id;
    Handle handle;
};

/* Resource transfer context: one opening. */
struct opening {
    struct resource *resource;
    Handle badge;
    unsigned uses;
};

static Notice notice;
static nk_uint32_t available = 1; /* the next resource is made when this one was freed */

static struct resource *resource_create(nk_uint32_t id)
{
    struct resource *resource = calloc(1, sizeof(*resource));

    if (!resource)
        return NULL;
    resource->id = id;
    if (KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RESOURCE_RIGHTS, resource,
                                 &resource->handle) != rcOk) {
        free(resource);
        return NULL;
    }
    return resource;
}

static void resource_destroy(struct resource *resource)
{
    fprintf(stderr, "provider: resource %u is freed\n", (unsigned)resource->id);
    KnHandleClose(resource->handle);
    free(resource);
}

/* The context of a new opening, with its badge. */
static struct opening *opening_create(nk_uint32_t id)
{
    struct opening *opening = calloc(1, sizeof(*opening));

    if (!opening)
        return NULL;
    opening->resource = resource_create(id);
    if (opening->resource &&
        KnHandleCreateBadge(notice, (rtl_uintptr_t)opening, opening, &opening->badge) == rcOk)
        return opening;
    if (opening->resource)
        resource_destroy(opening->resource);
    free(opening);
    return NULL;
}

static nk_err_t open_resource(struct store_Store *self, const store_Store_OpenResource_req *req,
                              const struct nk_arena *req_arena, store_Store_OpenResource_res *res,
                              struct nk_arena *res_arena)
{
    struct opening *opening;

    (void)self;
    (void)req_arena;
    (void)res_arena;
    if (req->ID != available)
        return NK_ENOENT;
    opening = opening_create(req->ID);
    if (!opening)
        return NK_ENOMEM;
    available = 0;
    fprintf(stderr, "provider: resource %u is opened\n", (unsigned)req->ID);
    res->handle = nk_handle_desc(opening->resource->handle, RESOURCE_RIGHTS, opening->badge);
    return NK_EOK;
}

/* The opening behind a handle that a client sent, if it has the right. */
static nk_err_t find_opening(const nk_handle_desc_t *desc, nk_rights_t right,
                             struct opening **opening)
{
    nk_badge_t badge;
    nk_err_t err;

    if (!nk_is_handle_dereferenced(desc))
        return NK_EINVAL; /* not one of ours */
    err = nk_get_badge_op(desc, right, &badge);
    if (err == NK_EOK)
        *opening = (struct opening *)(uintptr_t)badge;
    return err;
}

static nk_err_t use_resource(struct store_Store *self, const store_Store_UseResource_req *req,
                             const struct nk_arena *req_arena, store_Store_UseResource_res *res,
                             struct nk_arena *res_arena)
{
    struct opening *opening;
    nk_err_t err = find_opening(&req->handle, STORE_RIGHT_USE, &opening);

    (void)self;
    (void)req_arena;
    (void)res_arena;
    if (err != NK_EOK)
        return err;
    opening->uses++;
    res->result = (nk_uint8_t)(req->param * 2);
    return NK_EOK;
}

static nk_err_t close_resource(struct store_Store *self, const store_Store_CloseResource_req *req,
                               const struct nk_arena *req_arena,
                               store_Store_CloseResource_res *res, struct nk_arena *res_arena)
{
    struct opening *opening;
    nk_err_t err = find_opening(&req->handle, STORE_RIGHT_CLOSE, &opening);

    (void)self;
    (void)req_arena;
    (void)res;
    (void)res_arena;
    if (err != NK_EOK)
        return err;
    fprintf(stderr, "provider: resource %u is closed after %u uses\n",
            (unsigned)opening->resource->id, opening->uses);
    KnHandleRevokeSubtree(opening->resource->handle, opening->badge);
    return NK_EOK;
}

static void opening_changed(struct opening *opening, rtl_uint32_t events)
{
    struct resource *resource = opening->resource;

    if (events & EVENT_BADGE_CLOSED) {
        fprintf(stderr, "provider: nobody has a handle of resource %u any more\n",
                (unsigned)resource->id);
        KnHandleClose(opening->badge);
    }
    if (events & EVENT_OBJECT_DESTROYED) {
        nk_uint32_t next = resource->id + 1;

        free(opening);
        resource_destroy(resource);
        available = next;
    }
}

static int hear_notifications(void *context)
{
    (void)context;
    for (;;) {
        EventDesc events[4];
        rtl_size_t count;

        if (KnNoticeGetEvent(notice, INFINITE_TIMEOUT, rtl_countof(events), events, &count) != rcOk)
            return 1;
        for (rtl_size_t i = 0; i < count; i++)
            opening_changed((struct opening *)events[i].eventId, events[i].eventMask);
    }
}

int main(void)
{
    static const struct store_Store_ops ops = {
        .OpenResource = open_resource,
        .UseResource = use_resource,
        .CloseResource = close_resource,
    };
    static struct store_Store store = {&ops};
    store_Provider_entity entity;
    ServiceId iid;
    Tid tid;

    Handle handle = ServiceLocatorRegister("store_connection", NULL, 0, &iid);
    if (handle == INVALID_HANDLE || KnNoticeCreate(&notice) != rcOk ||
        KosThreadCreate(&tid, NOTICE_PRIORITY, 0, hear_notifications, NULL, 0) != rcOk) {
        fprintf(stderr, "provider: cannot start\n");
        return EXIT_FAILURE;
    }
    store_Provider_entity_init(&entity, &store);
    NkKosDispatchInfo info = NK_ENTITY_DISPATCH_INFO_INITIALIZER(store_Provider, entity);
    NkKosDoDispatch(handle, &info);
    return EXIT_FAILURE;
}
