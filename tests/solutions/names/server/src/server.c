/* server.c: two endpoints, one of them in a component of a component. */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <deep/names/Server.edl.h>

struct impl {
    struct deep_names_Ping base;
    int factor;
};

static nk_err_t ping(struct deep_names_Ping *self, const struct deep_names_Ping_Ping_req *req,
                     const struct nk_arena *req_arena, struct deep_names_Ping_Ping_res *res,
                     struct nk_arena *res_arena)
{
    (void)req_arena, (void)res_arena;
    res->result = req->value * ((struct impl *)self)->factor;
    return NK_EOK;
}

int main(void)
{
    static const struct deep_names_Ping_ops ops = {.Ping = ping};
    static struct impl direct = {{&ops}, 10}, nested = {{&ops}, -1};
    static deep_names_CPing_component inner;
    static deep_names_Outer_component outer;
    static deep_names_Server_entity entity;
    static deep_names_Server_entity_req req;
    static deep_names_Server_entity_res res;
    NkKosTransport transport;
    ServiceId iid;

    NkKosTransport_Init(&transport, ServiceLocatorRegister("server_connection", NULL, 0, &iid), NK_NULL,
                        0);
    deep_names_CPing_component_init(&inner, &nested.base);
    deep_names_Outer_component_init(&outer, &inner);
    deep_names_Server_entity_init(&entity, &outer, &direct.base);
    for (;;) {
        nk_req_reset(&req);
        if (nk_transport_recv(&transport.base, &req.base_, NK_NULL) != NK_EOK)
            return EXIT_FAILURE;
        deep_names_Server_entity_dispatch(&entity, &req.base_, NK_NULL, &res.base_, NK_NULL);
        if (nk_transport_reply(&transport.base, &res.base_, NK_NULL) != NK_EOK)
            return EXIT_FAILURE;
    }
}
