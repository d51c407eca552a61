/* check.c: arithmetic, bytes, handles. */
#include <coresrv/handle/handle_api.h>

#include "server.h"

static nk_err_t add_impl(struct many_Check *self, const many_Check_Add_req *req,
                         const struct nk_arena *req_arena, many_Check_Add_res *res,
                         struct nk_arena *res_arena)
{
    (void)self, (void)req_arena, (void)res_arena;
    res->sum = (nk_sint64_t)req->a + req->b + req->c + req->d + req->e + req->f +
               (nk_sint64_t)req->g + req->h + (nk_sint64_t)req->i + (nk_sint64_t)req->j;
    for (int i = 0; i < 2; i++) {
        for (int k = 0; k < 2; k++)
            res->sum += req->grid[i][k];
    }
    return NK_EOK;
}

static nk_err_t reverse_impl(struct many_Check *self, const many_Check_Reverse_req *req,
                             const struct nk_arena *req_arena, many_Check_Reverse_res *res,
                             struct nk_arena *res_arena)
{
    nk_uint32_t size = 0;
    const nk_uint8_t *data = nk_arena_get(nk_uint8_t, req_arena, &req->data, &size);
    nk_uint8_t *reversed = nk_arena_alloc(nk_uint8_t, res_arena, &res->reversed, size);

    (void)self;
    if (!data || !reversed)
        return NK_EINVAL;
    for (nk_uint32_t i = 0; i < size; i++)
        reversed[i] = data[size - 1 - i];
    return NK_EOK;
}

/* A handle that arrived is ours: it is closed again. */
static int take(const nk_handle_desc_t *desc)
{
    Handle handle = nk_get_handle(desc);

    return handle != INVALID_HANDLE && KnHandleClose(handle) == rcOk;
}

static nk_err_t lend_impl(struct many_Check *self, const many_Check_Lend_req *req,
                          const struct nk_arena *req_arena, many_Check_Lend_res *res,
                          struct nk_arena *res_arena)
{
    (void)self, (void)req_arena, (void)res_arena;
    res->hasThing = (nk_uint8_t)take(&req->thing);
    res->hasDesk = (nk_uint8_t)take(&req->desk);
    return NK_EOK;
}

struct many_Check *check_create(void)
{
    static const struct many_Check_ops ops = {
        .Add = add_impl, .Reverse = reverse_impl, .Lend = lend_impl};
    static struct many_Check check = {&ops};

    return &check;
}
