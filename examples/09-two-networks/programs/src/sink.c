/* sink.c: a node that takes notes; its argument says which one it is. */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <nets/Archive.edl.h>

static const char *name;

static nk_err_t send_impl(struct nets_Note *self, const nets_Note_Send_req *req,
                          const struct nk_arena *req_arena, nets_Note_Send_res *res,
                          struct nk_arena *res_arena)
{
    (void)self;
    (void)req_arena;
    (void)res;
    (void)res_arena;
    fprintf(stderr, "%s: note %u\n", name, (unsigned)req->number);
    return NK_EOK;
}

static struct nets_Note *create_note(void)
{
    static const struct nets_Note_ops ops = {.Send = send_impl};
    static struct nets_Note impl = {&ops};

    return &impl;
}

/* Archive and Valve have the same endpoint, so the names of one serve both. */
int main(int argc, char **argv)
{
    nets_Archive_entity_req req;
    nets_Archive_entity_res res;
    nets_Archive_entity entity;
    NkKosTransport transport;
    ServiceId id;
    Handle handle;

    name = argc > 1 ? argv[1] : "";
    handle = ServiceLocatorRegister(name, NULL, 0, &id);
    if (handle == INVALID_HANDLE)
        return EXIT_FAILURE;
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    nets_Archive_entity_init(&entity, create_note());
    for (;;) {
        nk_req_reset(&req);
        if (nk_transport_recv(&transport.base, &req.base_, NULL) != NK_EOK)
            continue;
        nets_Archive_entity_dispatch(&entity, &req.base_, NULL, &res.base_, NULL);
        nk_transport_reply(&transport.base, &res.base_, NULL);
    }
}
