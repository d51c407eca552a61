/* server.c: one listener for all clients; ends when every client is done. */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include "server.h"

static char req_buffer[many_Server_entity_req_arena_size];
static char res_buffer[many_Server_entity_res_arena_size];

static void serve(struct nk_transport *transport, many_Server_entity *entity)
{
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(req_buffer, req_buffer + sizeof(req_buffer));
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(res_buffer, res_buffer + sizeof(res_buffer));
    many_Server_entity_req req;
    many_Server_entity_res res;

    nk_req_reset(&req);
    nk_arena_reset(&req_arena);
    if (nk_transport_recv(transport, &req.base_, &req_arena) != NK_EOK) {
        fprintf(stderr, "server: recv failed\n");
        return;
    }
    many_Server_entity_dispatch(entity, &req.base_, &req_arena, &res.base_, &res_arena);
    if (nk_transport_reply(transport, &res.base_, &res_arena) != NK_EOK)
        fprintf(stderr, "server: reply failed\n");
}

int main(int argc, char **argv)
{
    ServiceId iid;
    Handle listener = ServiceLocatorRegister("many_connection", NULL, 0, &iid);
    NkKosTransport transport;
    many_CShelf_component fruit, tools;
    many_CHall_component hall;
    many_Server_entity entity;

    if (listener == INVALID_HANDLE)
        return EXIT_FAILURE;
    NkKosTransport_Init(&transport, listener, NK_NULL, 0);
    many_CShelf_component_init(&fruit, shelf_create());
    many_CShelf_component_init(&tools, shelf_create());
    many_CHall_component_init(&hall, &fruit, &tools);
    many_Server_entity_init(&entity, &hall, desk_create(argv + 1, argc - 1), check_create());
    while (!desk_is_done())
        serve(&transport.base, &entity);
    desk_print();
    return EXIT_SUCCESS;
}
