/* desk.c: collects what the clients report, so that the console shows it in one order always. */
#include <stdio.h>
#include <string.h>

#include "server.h"
#include "texts.h"

enum { CLIENTS_MAX = 4, LINES_MAX = 8 };

struct client {
    const char *name;
    int is_done;
    unsigned count;
    char lines[LINES_MAX][many_Desk_LineSize + 1];
};

static struct client clients[CLIENTS_MAX];
static int nclients;

static struct client *find_client(const struct nk_arena *arena, const nk_ptr_t *name)
{
    char text[many_Types_NameSize + 1];

    text_get(arena, name, text, sizeof(text));
    for (int i = 0; i < nclients; i++) {
        if (!strcmp(clients[i].name, text))
            return &clients[i];
    }
    return NULL;
}

static nk_err_t tell_impl(struct many_Desk *self, const many_Desk_Tell_req *req,
                          const struct nk_arena *req_arena, many_Desk_Tell_res *res,
                          struct nk_arena *res_arena)
{
    struct client *client = find_client(req_arena, &req->client);

    (void)self, (void)res, (void)res_arena;
    if (!client || client->count == LINES_MAX)
        return NK_EINVAL;
    text_get(req_arena, &req->line, client->lines[client->count++], sizeof(client->lines[0]));
    return NK_EOK;
}

static nk_err_t done_impl(struct many_Desk *self, const many_Desk_Done_req *req,
                          const struct nk_arena *req_arena, many_Desk_Done_res *res,
                          struct nk_arena *res_arena)
{
    struct client *client = find_client(req_arena, &req->client);

    (void)self, (void)res, (void)res_arena;
    if (!client)
        return NK_EINVAL;
    client->is_done = 1;
    return NK_EOK;
}

struct many_Desk *desk_create(char **names, int count)
{
    static const struct many_Desk_ops ops = {.Tell = tell_impl, .Done = done_impl};
    static struct many_Desk desk = {&ops};

    for (int i = 0; i < count && i < CLIENTS_MAX; i++)
        clients[nclients++].name = names[i];
    return &desk;
}

int desk_is_done(void)
{
    for (int i = 0; i < nclients; i++) {
        if (!clients[i].is_done)
            return 0;
    }
    return 1;
}

void desk_print(void)
{
    for (int i = 0; i < nclients; i++) {
        for (unsigned k = 0; k < clients[i].count; k++)
            fprintf(stderr, "%s: %s\n", clients[i].name, clients[i].lines[k]);
    }
    fprintf(stderr, "server: %d clients are done\n", nclients);
}
