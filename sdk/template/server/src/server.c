/* server.c: greets whoever is named, and counts. */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <__name__/Server.edl.h>

/* The interface as this program implements it. */
struct greeter {
    struct __name___Greeter base; /* first */
    nk_uint32_t visitors;
};

static nk_err_t greet(struct __name___Greeter *self, const __name___Greeter_Greet_req *req,
                      const struct nk_arena *req_arena, __name___Greeter_Greet_res *res,
                      struct nk_arena *res_arena)
{
    struct greeter *greeter = (struct greeter *)self;
    const char *name = nk_arena_get(nk_char_t, req_arena, &req->name, NK_NULL);
    char text[128];

    if (!name)
        return NK_EBADMSG;
    snprintf(text, sizeof(text), "Hello, %s!", name);
    if (NkKosCopyStringToArena(res_arena, &res->greeting, text) != rcOk)
        return NK_ENOMEM;
    res->visitor = ++greeter->visitors;
    return NK_EOK;
}

int main(void)
{
    static const struct __name___Greeter_ops ops = {.Greet = greet};
    static struct greeter greeter = {.base = {&ops}};
    static char req_buffer[__name___Server_entity_req_arena_size];
    static char res_buffer[__name___Server_entity_res_arena_size];
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(req_buffer, req_buffer + sizeof(req_buffer));
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(res_buffer, res_buffer + sizeof(res_buffer));
    __name___Server_entity_req req;
    __name___Server_entity_res res;
    ServiceId iid;

    Handle handle = ServiceLocatorRegister("greeter_connection", NULL, 0, &iid);
    if (handle == INVALID_HANDLE) {
        fprintf(stderr, "server: no connection greeter_connection\n");
        return EXIT_FAILURE;
    }
    NkKosTransport transport;
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);

    __name___CGreeter_component component;
    __name___CGreeter_component_init(&component, &greeter.base);
    __name___Server_entity entity;
    __name___Server_entity_init(&entity, &component);

    for (;;) {
        nk_req_reset(&req);
        nk_arena_reset(&req_arena);
        nk_arena_reset(&res_arena);
        if (nk_transport_recv(&transport.base, &req.base_, &req_arena) != NK_EOK)
            continue;
        __name___Server_entity_dispatch(&entity, &req.base_, &req_arena, &res.base_, &res_arena);
        if (nk_transport_reply(&transport.base, &res.base_, &res_arena) != NK_EOK)
            fprintf(stderr, "server: reply failed\n");
    }
}
