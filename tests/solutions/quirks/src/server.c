/*
 * server.c: as `plain` with no arenas at all, as `arenas` with a response arena for one answer that
 * is never reset.
 */
#include <assert.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <string.h>

#include <quirk/Server.edl.h>

static nk_err_t add(struct quirk_Store *self, const quirk_Store_Add_req *req,
                    const struct nk_arena *req_arena, quirk_Store_Add_res *res,
                    struct nk_arena *res_arena)
{
    (void)self, (void)req_arena, (void)res_arena;
    res->result = req->a + req->b;
    return NK_EOK;
}

/* The text goes back as it came; result: its bytes. */
static nk_err_t echo(struct quirk_Store *self, const quirk_Store_Echo_req *req,
                     const struct nk_arena *req_arena, quirk_Store_Echo_res *res,
                     struct nk_arena *res_arena)
{
    nk_size_t size = 0;
    const nk_char_t *text = nk_arena_get(nk_char_t, req_arena, &req->text, &size);

    (void)self;
    res->result = size;
    return nk_arena_store(nk_char_t, res_arena, &res->answer, text, size) ? NK_ENOMEM : NK_EOK;
}

int main(int argc, char **argv)
{
    static const quirk_Store_ops ops = {.Add = add, .Echo = echo};
    struct quirk_Store by_position = {&ops}, by_name = {.ops = &ops};
    const char *name = argc > 1 ? argv[1] : "";
    int is_plain = !strcmp(name, "plain");
    char in[quirk_Server_entity_req_arena_size], out[quirk_Server_entity_res_arena_size];
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(in, in + sizeof(in));
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(out, out + sizeof(out));
    struct nk_arena *from = is_plain ? NULL : &req_arena, *to = is_plain ? NULL : &res_arena;
    quirk_Server_entity_req req;
    quirk_Server_entity_res res;
    quirk_Store_component inner;
    quirk_Server_entity entity;
    NkKosTransport transport;
    ServiceId id;
    Handle handle = ServiceLocatorRegister(name, NULL, 0, &id);

    assert(handle != INVALID_HANDLE);
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    quirk_Store_component_init(&inner, is_plain ? &by_position : &by_name);
    quirk_Server_entity_init(&entity, &inner);
    for (;;) {
        nk_req_reset(&req);
        if (nk_transport_recv(&transport.base, &req.base_, from) != NK_EOK) {
            return 1;
        }
        quirk_Server_entity_dispatch(&entity, &req.base_, from, &res.base_, to);
        if (nk_transport_reply(&transport.base, &res.base_, to) != NK_EOK) {
            return 2;
        }
    }
}
