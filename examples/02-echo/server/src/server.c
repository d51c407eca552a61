/* server.c: answers each Say for ever: the text in capitals, the number doubled. */
#include <ctype.h>
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <echo/Server.edl.h>

/* Ping as this program implements it. */
struct ping_impl {
    struct echo_Ping base; /* base class, first */
    nk_uint32_t factor;
};

static nk_err_t say_impl(struct echo_Ping *self, const echo_Ping_Say_req *req,
                         const struct nk_arena *req_arena, echo_Ping_Say_res *res,
                         struct nk_arena *res_arena)
{
    struct ping_impl *impl = (struct ping_impl *)self;
    nk_uint32_t size = 0;
    const char *text = nk_arena_get(nk_char_t, req_arena, &req->text, &size);
    char *answer = nk_arena_alloc(nk_char_t, res_arena, &res->answer, size);

    if (!text || !answer)
        return NK_ENOMEM;
    for (nk_uint32_t i = 0; i < size; i++)
        answer[i] = (char)toupper((unsigned char)text[i]);
    res->doubled = req->number * impl->factor;
    return NK_EOK;
}

static struct echo_Ping *create_ping(nk_uint32_t factor)
{
    static const struct echo_Ping_ops ops = {.Say = say_impl};
    static struct ping_impl impl = {.base = {&ops}};

    impl.factor = factor;
    return &impl.base;
}

int main(void)
{
    static char req_buffer[echo_Server_entity_req_arena_size];
    static char res_buffer[echo_Server_entity_res_arena_size];
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(req_buffer, req_buffer + sizeof(req_buffer));
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(res_buffer, res_buffer + sizeof(res_buffer));
    echo_Server_entity_req req;
    echo_Server_entity_res res;
    ServiceId iid;

    Handle handle = ServiceLocatorRegister("echo_connection", NULL, 0, &iid);
    if (handle == INVALID_HANDLE) {
        fprintf(stderr, "server: no connection echo_connection\n");
        return EXIT_FAILURE;
    }
    NkKosTransport transport;
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);

    echo_CPing_component component;
    echo_CPing_component_init(&component, create_ping(2));
    echo_Server_entity entity;
    echo_Server_entity_init(&entity, &component);

    for (;;) {
        nk_req_reset(&req);
        nk_arena_reset(&req_arena);
        nk_arena_reset(&res_arena);
        if (nk_transport_recv(&transport.base, &req.base_, &req_arena) != NK_EOK) {
            fprintf(stderr, "server: recv failed\n");
            continue;
        }
        echo_Server_entity_dispatch(&entity, &req.base_, &req_arena, &res.base_, &res_arena);
        if (nk_transport_reply(&transport.base, &res.base_, &res_arena) != NK_EOK)
            fprintf(stderr, "server: reply failed\n");
    }
}
