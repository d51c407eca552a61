/*
 * client.c: puts three things on its shelf, which has room for two, finds one of them and looks for
 * one that is not there. Arguments: the shelf, then the things.
 */
#include <stdlib.h>

#define NK_USE_UNQUALIFIED_NAMES
#include <many/Shelf.idl.h>

#include "desk_client.h"

static struct desk_client desk;
static struct Shelf_proxy shelf;
static char req_buffer[Shelf_req_arena_size];
static char res_buffer[Shelf_res_arena_size];

static nk_err_t fill_item(struct nk_arena *arena, Types_Item *item, const char *name, unsigned number)
{
    static const char *const tags[] = {"new", "cheap", "light"};
    nk_ptr_t *list = nk_arena_alloc(nk_ptr_t, arena, &item->tags, number);

    item->id = (nk_uint16_t)(100 + number);
    for (unsigned i = 0; i < sizeof(item->colour); i++)
        item->colour[i] = (nk_uint8_t)(number * 10 + i);
    for (unsigned i = 0; list && i < number; i++) {
        if (text_put(arena, &list[i], tags[i]) != NK_EOK)
            return NK_ENOMEM;
    }
    return list ? text_put(arena, &item->name, name) : NK_ENOMEM;
}

/* The first thing is counted, the second weighed, the third described. */
static nk_err_t fill_amount(struct nk_arena *arena, Types_Amount *amount, unsigned number)
{
    switch (number) {
    case 1:
        amount->tag_ = Types_Amount_pieces_tag;
        amount->pieces = 12;
        return NK_EOK;
    case 2:
        amount->tag_ = Types_Amount_weight_tag;
        amount->weight = (Types_Weight){.grams = 2500, .isRounded = 1};
        return NK_EOK;
    default:
        amount->tag_ = Types_Amount_words_tag;
        return text_put(arena, &amount->words, "a handful");
    }
}

static void put(const char *name, unsigned number)
{
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(req_buffer, req_buffer + sizeof(req_buffer));
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(res_buffer, res_buffer + sizeof(res_buffer));
    Shelf_Put_req req = {0};
    Shelf_Put_res res;
    char why[80];

    if (fill_item(&req_arena, &req.item, name, number) != NK_EOK ||
        fill_amount(&req_arena, &req.amount, number) != NK_EOK ||
        Shelf_Put(&shelf.base, &req, &req_arena, &res, &res_arena) != NK_EOK) {
        desk_tell(&desk, "put %s: the call failed", name);
    } else if (nk_msg_check_err(&res)) {
        text_get(&res_arena, &res.err_.why, why, sizeof(why));
        desk_tell(&desk, "put %s: error %d, %s", name, (int)res.err_.code, why);
    } else {
        desk_tell(&desk, "put %s: %u on the shelf", name, (unsigned)res.count);
    }
}

static void tell_item(const Shelf_Find_res *res, const struct nk_arena *arena)
{
    char name[Types_NameSize + 1], tag[Types_NameSize + 1];
    nk_uint32_t count = 0;
    const nk_ptr_t *tags = nk_arena_get(nk_ptr_t, arena, &res->item.tags, &count);

    text_get(arena, &res->item.name, name, sizeof(name));
    tag[0] = 0;
    if (tags && count > 0)
        text_get(arena, &tags[count - 1], tag, sizeof(tag));
    desk_tell(&desk, "found %s: number %u, colour %u.%u.%u, %u tags, the last is %s", name,
              (unsigned)res->item.id, res->item.colour[0], res->item.colour[1],
              res->item.colour[2], (unsigned)count, tag);
    if (res->amount.tag_ == Types_Amount_weight_tag)
        desk_tell(&desk, "found %s: %lld grams%s", name, (long long)res->amount.weight.grams,
                  res->amount.weight.isRounded ? ", about" : "");
}

static void find(const char *name)
{
    struct nk_arena req_arena = NK_ARENA_INITIALIZER(req_buffer, req_buffer + sizeof(req_buffer));
    struct nk_arena res_arena = NK_ARENA_INITIALIZER(res_buffer, res_buffer + sizeof(res_buffer));
    Shelf_Find_req req;
    Shelf_Find_res res;
    char missing[Types_NameSize + 1];

    if (text_put(&req_arena, &req.name, name) != NK_EOK ||
        Shelf_Find(&shelf.base, &req, &req_arena, &res, &res_arena) != NK_EOK) {
        desk_tell(&desk, "find %s: the call failed", name);
    } else if (nk_msg_check_err(&res)) {
        text_get(&res_arena, &res.err_.missing, missing, sizeof(missing));
        desk_tell(&desk, "find %s: error %d, there is no %s", name, (int)res.err_.code, missing);
    } else {
        tell_item(&res, &res_arena);
    }
}

/* The names of endpoints are paths: component instances, then the endpoint. */
static nk_iid_t shelf_riid(const char *name)
{
    if (!strcmp(name, "fruit"))
        return ServiceLocatorGetRiid(desk.channel, "hall.fruit.shelf");
    return ServiceLocatorGetRiid(desk.channel, "hall.tools.shelf");
}

int main(int argc, char **argv)
{
    if (argc < 2 || desk_connect(&desk, argv[1]) != 0)
        return EXIT_FAILURE;
    Shelf_proxy_init(&shelf, &desk.transport.base, shelf_riid(argv[1]));
    for (int i = 2; i < argc; i++)
        put(argv[i], (unsigned)i - 1);
    if (argc > 3)
        find(argv[3]);
    find("unicorn");
    desk_done(&desk);
    return EXIT_SUCCESS;
}
