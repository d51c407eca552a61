/* client.c: ten calls, each with a number in the constant part and a text in the arena. */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#define NK_USE_UNQUALIFIED_NAMES
#include <echo/Ping.idl.h>

#define CALLS 10

/* Where the texts of a request and of a response travel; as large as the interface allows. */
static char req_buffer[Ping_Say_req_arena_size];
static char res_buffer[Ping_Say_res_arena_size];

/* One call. Returns zero, or what went wrong. */
static nk_err_t say(struct Ping_proxy *proxy, nk_uint32_t number)
{
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(req_buffer, req_buffer + sizeof(req_buffer));
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(res_buffer, res_buffer + sizeof(res_buffer));
    Ping_Say_req req;
    Ping_Say_res res;
    char text[64];

    snprintf(text, sizeof(text), "ping %u from the client", (unsigned)number);
    req.number = number;
    if (NkKosCopyStringToArena(&req_arena, &req.text, text) != 0)
        return NK_ENOMEM;
    nk_err_t err = Ping_Say(&proxy->base, &req, &req_arena, &res, &res_arena);
    if (err != NK_EOK)
        return err;

    nk_uint32_t size = 0;
    const char *answer = nk_arena_get(nk_char_t, &res_arena, &res.answer, &size);
    if (!answer || size == 0)
        return NK_EBADMSG;
    fprintf(stderr, "client: %u -> %u, \"%s\"\n", (unsigned)number, (unsigned)res.doubled, answer);
    return NK_EOK;
}

int main(void)
{
    Handle handle = ServiceLocatorConnect("echo_connection");
    if (handle == INVALID_HANDLE) {
        fprintf(stderr, "client: no connection echo_connection\n");
        return EXIT_FAILURE;
    }
    NkKosTransport transport;
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);

    nk_iid_t riid = ServiceLocatorGetRiid(handle, "cserver.ping");
    if (riid == INVALID_RIID) {
        fprintf(stderr, "client: no endpoint cserver.ping\n");
        return EXIT_FAILURE;
    }
    struct Ping_proxy proxy;
    Ping_proxy_init(&proxy, &transport.base, riid);

    for (nk_uint32_t i = 1; i <= CALLS; i++) {
        nk_err_t err = say(&proxy, i);
        if (err != NK_EOK) {
            fprintf(stderr, "client: call %u failed: %d\n", (unsigned)i, (int)err);
            return EXIT_FAILURE;
        }
    }
    fprintf(stderr, "client: %d calls answered\n", CALLS);
    return EXIT_SUCCESS;
}
