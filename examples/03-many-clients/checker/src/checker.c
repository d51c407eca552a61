/* checker.c: every kind of number, bytes, and handles. */
#include <stdlib.h>

#include <coresrv/handle/handle_api.h>

#include <many/Check.idl.h>

#include "desk_client.h"

static struct desk_client desk;
static struct many_Check_proxy check;

static void add(void)
{
    many_Check_Add_req req = {
        .a = 200, .b = -100, .c = 60000, .d = -30000, .e = 4000000000u, .f = -2000000000,
        .g = 1000000000000u, .h = -500000000000, .i = 7, .j = 8, .grid = {{1, 2}, {3, 4}},
    };
    many_Check_Add_res res;

    if (many_Check_Add(&check.base, &req, NK_NULL, &res, NK_NULL) == NK_EOK)
        desk_tell(&desk, "the sum is %lld", (long long)res.sum);
}

static void reverse(void)
{
    char req_buffer[many_Check_Reverse_req_arena_size];
    char res_buffer[many_Check_Reverse_res_arena_size];
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(req_buffer, req_buffer + sizeof(req_buffer));
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(res_buffer, res_buffer + sizeof(res_buffer));
    many_Check_Reverse_req req;
    many_Check_Reverse_res res;
    nk_uint32_t size = 0;

    nk_arena_store(nk_uint8_t, &req_arena, &req.data, "\x01\x02\x03", 3);
    if (many_Check_Reverse(&check.base, &req, &req_arena, &res, &res_arena) != NK_EOK)
        return;
    const nk_uint8_t *data = nk_arena_get(nk_uint8_t, &res_arena, &res.reversed, &size);
    if (data && size == 3)
        desk_tell(&desk, "reversed: %u %u %u", data[0], data[1], data[2]);
}

/* Gives away one end of a channel; the other place stays empty. */
static void lend(void)
{
    Handle listener, server, client;
    many_Check_Lend_req req = {0};
    many_Check_Lend_res res;

    if (KnHandleConnect(INVALID_HANDLE, &listener, &server, &client) != rcOk)
        return;
    req.thing = nk_handle_desc(listener);
    req.desk = nk_handle_desc();
    nk_err_t err = many_Check_Lend(&check.base, &req, NK_NULL, &res, NK_NULL);
    if (err == NK_EOK)
        desk_tell(&desk, "handles arrived: %u and %u", res.hasThing, res.hasDesk);
    else
        desk_tell(&desk, "handles: error %d", (int)err);
}

int main(void)
{
    if (desk_connect(&desk, "checker") != 0)
        return EXIT_FAILURE;
    many_Check_proxy_init(&check, &desk.transport.base,
                          ServiceLocatorGetRiid(desk.channel, "many.Server.check"));
    add();
    reverse();
    lend();
    desk_done(&desk);
    return EXIT_SUCCESS;
}
