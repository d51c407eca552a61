/* client.c: asks for a greeting for each of its arguments. */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <__name__/Greeter.idl.h>

/* Texts travel in arenas, as large as the interface allows. */
static char req_buffer[__name___Greeter_Greet_req_arena_size];
static char res_buffer[__name___Greeter_Greet_res_arena_size];

/* One call; prints the answer. */
static nk_err_t greet(struct __name___Greeter_proxy *proxy, const char *name)
{
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(req_buffer, req_buffer + sizeof(req_buffer));
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(res_buffer, res_buffer + sizeof(res_buffer));
    __name___Greeter_Greet_req req;
    __name___Greeter_Greet_res res;

    if (NkKosCopyStringToArena(&req_arena, &req.name, name) != rcOk)
        return NK_ENOMEM;
    nk_err_t err = __name___Greeter_Greet(&proxy->base, &req, &req_arena, &res, &res_arena);
    if (err != NK_EOK)
        return err;

    nk_uint32_t size = 0;
    const char *greeting = nk_arena_get(nk_char_t, &res_arena, &res.greeting, &size);
    if (!greeting || size == 0)
        return NK_EBADMSG;
    fprintf(stderr, "client: \"%s\" (visitor %u)\n", greeting, (unsigned)res.visitor);
    return NK_EOK;
}

int main(int argc, char **argv)
{
    Handle handle = ServiceLocatorConnect("greeter_connection");
    if (handle == INVALID_HANDLE) {
        fprintf(stderr, "client: no connection greeter_connection\n");
        return EXIT_FAILURE;
    }
    NkKosTransport transport;
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);

    nk_iid_t riid = ServiceLocatorGetRiid(handle, "hall.greeter");
    if (riid == INVALID_RIID) {
        fprintf(stderr, "client: no endpoint hall.greeter\n");
        return EXIT_FAILURE;
    }
    struct __name___Greeter_proxy proxy;
    __name___Greeter_proxy_init(&proxy, &transport.base, riid);

    for (int i = 1; i < argc; i++) {
        nk_err_t err = greet(&proxy, argv[i]);
        if (err != NK_EOK) {
            fprintf(stderr, "client: no greeting for %s: error %d\n", argv[i], (int)err);
            return EXIT_FAILURE;
        }
    }
    return EXIT_SUCCESS;
}
