/* heater.c: does what it is told, at once. */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <boiler/Heater.edl.h>

static nk_err_t fill_impl(struct boiler_Boiler *self, const boiler_Boiler_Fill_req *req,
                          const struct nk_arena *req_arena, boiler_Boiler_Fill_res *res,
                          struct nk_arena *res_arena)
{
    (void)self;
    (void)req;
    (void)req_arena;
    (void)res;
    (void)res_arena;
    fprintf(stderr, "boiler: full\n");
    return NK_EOK;
}

static nk_err_t heat_impl(struct boiler_Boiler *self, const boiler_Boiler_Heat_req *req,
                          const struct nk_arena *req_arena, boiler_Boiler_Heat_res *res,
                          struct nk_arena *res_arena)
{
    (void)self;
    (void)req;
    (void)req_arena;
    (void)res;
    (void)res_arena;
    fprintf(stderr, "boiler: hot\n");
    return NK_EOK;
}

static nk_err_t open_impl(struct boiler_Boiler *self, const boiler_Boiler_Open_req *req,
                          const struct nk_arena *req_arena, boiler_Boiler_Open_res *res,
                          struct nk_arena *res_arena)
{
    (void)self;
    (void)req;
    (void)req_arena;
    (void)res;
    (void)res_arena;
    fprintf(stderr, "boiler: open\n");
    return NK_EOK;
}

static nk_err_t drain_impl(struct boiler_Boiler *self, const boiler_Boiler_Drain_req *req,
                          const struct nk_arena *req_arena, boiler_Boiler_Drain_res *res,
                          struct nk_arena *res_arena)
{
    (void)self;
    (void)req;
    (void)req_arena;
    (void)res;
    (void)res_arena;
    fprintf(stderr, "boiler: empty\n");
    return NK_EOK;
}

static struct boiler_Boiler *create_boiler(void)
{
    static const struct boiler_Boiler_ops ops = {
        .Fill = fill_impl, .Heat = heat_impl, .Open = open_impl, .Drain = drain_impl};
    static struct boiler_Boiler impl = {&ops};

    return &impl;
}

int main(void)
{
    boiler_Heater_entity_req req;
    boiler_Heater_entity_res res;
    boiler_Heater_entity entity;
    NkKosTransport transport;
    ServiceId id;
    Handle handle = ServiceLocatorRegister("boiler", NULL, 0, &id);

    if (handle == INVALID_HANDLE)
        return EXIT_FAILURE;
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    boiler_Heater_entity_init(&entity, create_boiler());
    for (;;) {
        nk_req_reset(&req);
        if (nk_transport_recv(&transport.base, &req.base_, NULL) != NK_EOK)
            continue;
        boiler_Heater_entity_dispatch(&entity, &req.base_, NULL, &res.base_, NULL);
        nk_transport_reply(&transport.base, &res.base_, NULL);
    }
}
