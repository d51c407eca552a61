/* desk_client.h: how a client connects, and reports what it does. */
#ifndef DESK_CLIENT_H
#define DESK_CLIENT_H

#include <stdarg.h>
#include <stdio.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <many/Desk.idl.h>

#include "texts.h"

struct desk_client {
    const char *name;
    Handle channel;
    NkKosTransport transport;
    struct many_Desk_proxy proxy;
};

/* Returns zero, or -1 if there is no connection. */
static inline int desk_connect(struct desk_client *desk, const char *name)
{
    desk->name = name;
    desk->channel = ServiceLocatorConnect("many_connection");
    if (desk->channel == INVALID_HANDLE)
        return -1;
    NkKosTransport_Init(&desk->transport, desk->channel, NK_NULL, 0);
    many_Desk_proxy_init(&desk->proxy, &desk->transport.base,
                         ServiceLocatorGetRiid(desk->channel, "desk"));
    return 0;
}

static inline void desk_tell(struct desk_client *desk, const char *format, ...)
{
    char buffer[many_Desk_Tell_req_arena_size], line[many_Desk_LineSize + 1];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));
    many_Desk_Tell_req req;
    many_Desk_Tell_res res;
    va_list args;

    va_start(args, format);
    vsnprintf(line, sizeof(line), format, args);
    va_end(args);
    if (text_put(&arena, &req.client, desk->name) != NK_EOK ||
        text_put(&arena, &req.line, line) != NK_EOK ||
        many_Desk_Tell(&desk->proxy.base, &req, &arena, &res, NK_NULL) != NK_EOK)
        fprintf(stderr, "%s: cannot report: %s\n", desk->name, line);
}

static inline void desk_done(struct desk_client *desk)
{
    char buffer[many_Desk_Done_req_arena_size];
    struct nk_arena arena = NK_ARENA_INITIALIZER(buffer, buffer + sizeof(buffer));
    many_Desk_Done_req req;
    many_Desk_Done_res res;

    if (text_put(&arena, &req.client, desk->name) != NK_EOK ||
        many_Desk_Done(&desk->proxy.base, &req, &arena, &res, NK_NULL) != NK_EOK)
        fprintf(stderr, "%s: cannot end\n", desk->name);
}

#endif
