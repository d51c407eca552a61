/* shelf.c: a shelf keeps copies of what clients put there. */
#include <string.h>

#include "server.h"
#include "texts.h"

enum { NAME_SIZE = many_Types_NameSize + 1, SHELVES_MAX = 2 };

struct thing {
    nk_uint16_t id;
    many_Types_Colour colour;
    char name[NAME_SIZE];
    nk_uint32_t ntags;
    char tags[many_Types_MaxTags][NAME_SIZE];
    many_Types_Amount amount;
    char words[NAME_SIZE]; /* if that is what the amount's tag says */
};

struct shelf {
    struct many_Shelf base; /* base class, first */
    nk_uint32_t count;
    struct thing things[many_Shelf_MaxItems];
};

/* ---- messages to things ---- */

static void get_item(struct thing *thing, const struct nk_arena *arena, const many_Types_Item *item)
{
    nk_uint32_t count = 0;
    const nk_ptr_t *tags = nk_arena_get(nk_ptr_t, arena, &item->tags, &count);

    thing->id = item->id;
    memcpy(thing->colour, item->colour, sizeof(thing->colour));
    text_get(arena, &item->name, thing->name, NAME_SIZE);
    thing->ntags = tags ? count : 0;
    for (nk_uint32_t i = 0; i < thing->ntags; i++)
        text_get(arena, &tags[i], thing->tags[i], NAME_SIZE);
}

static void get_amount(struct thing *thing, const struct nk_arena *arena,
                       const many_Types_Amount *amount)
{
    thing->amount = *amount;
    if (amount->tag_ == many_Types_Amount_words_tag)
        text_get(arena, &amount->words, thing->words, NAME_SIZE);
}

/* ---- things to messages ---- */

static nk_err_t put_item(const struct thing *thing, struct nk_arena *arena, many_Types_Item *item)
{
    nk_ptr_t *tags = nk_arena_alloc(nk_ptr_t, arena, &item->tags, thing->ntags);

    item->id = thing->id;
    memcpy(item->colour, thing->colour, sizeof(item->colour));
    if (!tags || text_put(arena, &item->name, thing->name) != NK_EOK)
        return NK_ENOMEM;
    for (nk_uint32_t i = 0; i < thing->ntags; i++) {
        if (text_put(arena, &tags[i], thing->tags[i]) != NK_EOK)
            return NK_ENOMEM;
    }
    return NK_EOK;
}

static nk_err_t put_amount(const struct thing *thing, struct nk_arena *arena,
                           many_Types_Amount *amount)
{
    *amount = thing->amount;
    if (amount->tag_ == many_Types_Amount_words_tag)
        return text_put(arena, &amount->words, thing->words);
    return NK_EOK;
}

/* ---- methods ---- */

/* Answers with error parameters: the caller sees them, and no `out` parameter. */
static nk_err_t refuse_put(many_Shelf_Put_res *res, struct nk_arena *arena)
{
    nk_err_reset(res);
    res->err_.code = many_Types_CodeFull;
    return text_put(arena, &res->err_.why, "there is no room left");
}

static nk_err_t put_impl(struct many_Shelf *self, const many_Shelf_Put_req *req,
                         const struct nk_arena *req_arena, many_Shelf_Put_res *res,
                         struct nk_arena *res_arena)
{
    struct shelf *shelf = (struct shelf *)self;
    struct thing *thing;

    if (shelf->count == many_Shelf_MaxItems)
        return refuse_put(res, res_arena);
    thing = &shelf->things[shelf->count++];
    get_item(thing, req_arena, &req->item);
    get_amount(thing, req_arena, &req->amount);
    res->count = shelf->count;
    return NK_EOK;
}

static nk_err_t find_impl(struct many_Shelf *self, const many_Shelf_Find_req *req,
                          const struct nk_arena *req_arena, many_Shelf_Find_res *res,
                          struct nk_arena *res_arena)
{
    struct shelf *shelf = (struct shelf *)self;
    char name[NAME_SIZE];

    text_get(req_arena, &req->name, name, sizeof(name));
    for (nk_uint32_t i = 0; i < shelf->count; i++) {
        const struct thing *thing = &shelf->things[i];

        if (strcmp(thing->name, name) != 0)
            continue;
        nk_err_t err = put_item(thing, res_arena, &res->item);
        return err == NK_EOK ? put_amount(thing, res_arena, &res->amount) : err;
    }
    nk_err_reset(res);
    res->err_.code = many_Types_CodeUnknown;
    return text_put(res_arena, &res->err_.missing, name);
}

static nk_err_t list_impl(struct many_Shelf *self, const many_Shelf_List_req *req,
                          const struct nk_arena *req_arena, many_Shelf_List_res *res,
                          struct nk_arena *res_arena)
{
    struct shelf *shelf = (struct shelf *)self;
    many_Types_Item *items =
        nk_arena_alloc(many_Types_Item, res_arena, &res->items, shelf->count);

    (void)req, (void)req_arena;
    if (!items)
        return NK_ENOMEM;
    for (nk_uint32_t i = 0; i < shelf->count; i++) {
        if (put_item(&shelf->things[i], res_arena, &items[i]) != NK_EOK)
            return NK_ENOMEM;
    }
    return NK_EOK;
}

struct many_Shelf *shelf_create(void)
{
    static const struct many_Shelf_ops ops = {
        .Put = put_impl, .Find = find_impl, .List = list_impl};
    static struct shelf shelves[SHELVES_MAX];
    static int used;

    if (used == SHELVES_MAX)
        return NULL;
    shelves[used].base.ops = &ops;
    return &shelves[used++].base;
}
