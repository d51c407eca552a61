/*
 * serve.c: ipc.Echo.
 */
#include "serve.h"

#include <ctype.h>
#include <kos/thread.h>
#include <stdlib.h>
#include <string.h>

static nk_uint32_t calls, orders;

/* The parameters that every method has. */
#define METHOD(name)                                                                               \
    static nk_err_t name(struct ipc_Echo *self, const ipc_Echo_##name##_req *req,                  \
                         const struct nk_arena *req_arena, ipc_Echo_##name##_res *res,             \
                         struct nk_arena *res_arena)
#define UNUSED_ARENAS                                                                              \
    (void)self;                                                                                    \
    (void)req_arena;                                                                               \
    (void)res_arena;                                                                               \
    calls++

METHOD(Nothing)
{
    UNUSED_ARENAS;
    (void)req;
    (void)res;
    return NK_EOK;
}

METHOD(Add)
{
    UNUSED_ARENAS;
    res->sum = req->a + req->b;
    return NK_EOK;
}

METHOD(Five)
{
    UNUSED_ARENAS;
    for (int i = 0; i < 5; i++) {
        res->taken[i] = ~req->given[4 - i];
    }
    return NK_EOK;
}

METHOD(Six)
{
    UNUSED_ARENAS;
    for (int i = 0; i < 6; i++) {
        res->taken[i] = ~req->given[5 - i];
    }
    return NK_EOK;
}

METHOD(Page)
{
    UNUSED_ARENAS;
    for (int i = 0; i < 512; i++) {
        res->taken[i] = ~req->given[511 - i];
    }
    return NK_EOK;
}

METHOD(Copy)
{
    nk_size_t n = 0;
    const nk_uint8_t *given = nk_arena_get(nk_uint8_t, req_arena, &req->given, &n);
    nk_uint8_t *taken = nk_arena_alloc(nk_uint8_t, res_arena, &res->taken, n);

    UNUSED_ARENAS;
    if (!given || !taken) {
        return NK_ENOMEM;
    }
    for (nk_size_t i = 0; i < n; i++) {
        taken[i] = (nk_uint8_t)(given[i] + req->plus);
    }
    res->size = n;
    return NK_EOK;
}

METHOD(Make)
{
    nk_uint8_t *made = nk_arena_alloc(nk_uint8_t, res_arena, &res->made, req->size);

    UNUSED_ARENAS;
    if (!made) {
        return NK_ENOMEM;
    }
    for (nk_size_t i = 0; i < req->size; i++) {
        made[i] = (nk_uint8_t)(i * 7 + req->seed);
    }
    return NK_EOK;
}

METHOD(Upper)
{
    nk_size_t n = 0;
    const char *text = nk_arena_get(nk_char_t, req_arena, &req->text, &n);
    char *upper = nk_arena_alloc(nk_char_t, res_arena, &res->upper, n);

    UNUSED_ARENAS;
    if (!text || !upper) {
        return NK_ENOMEM;
    }
    for (nk_size_t i = 0; i < n; i++) {
        upper[i] = (char)toupper((unsigned char)text[i]);
    }
    return NK_EOK;
}

METHOD(Total)
{
    const nk_uint32_t *words = nk_arena_get(nk_uint32_t, req_arena, &req->words, &res->count);

    UNUSED_ARENAS;
    res->total = 0;
    for (nk_size_t i = 0; words && i < res->count; i++) {
        res->total += words[i];
    }
    return NK_EOK;
}

METHOD(Names)
{
    nk_size_t n = 0, bytes;
    const nk_ptr_t *names = nk_arena_get(nk_ptr_t, req_arena, &req->names, &n);

    UNUSED_ARENAS;
    res->bytes = 0;
    for (nk_size_t i = 0; names && i < n; i++) {
        if (nk_arena_get(nk_char_t, req_arena, &names[i], &bytes) && bytes) {
            res->bytes += bytes - 1;
        }
    }
    return NK_EOK;
}

METHOD(Fail)
{
    UNUSED_ARENAS;
    res->unused = 0;
    return req->code;
}

METHOD(Pause)
{
    UNUSED_ARENAS;
    KosThreadSleep(req->ms);
    res->calls = calls;
    return NK_EOK;
}

METHOD(Store)
{
    UNUSED_ARENAS;
    (void)req->given;
    (void)res;
    return NK_EOK;
}

METHOD(Spin)
{
    UNUSED_ARENAS;
    res->unused = 0;
    for (volatile nk_uint32_t i = 0; i < req->rounds; i++) {
    }
    return NK_EOK;
}

METHOD(Order)
{
    UNUSED_ARENAS;
    (void)req->id;
    res->position = orders++;
    return NK_EOK;
}

METHOD(Quit)
{
    UNUSED_ARENAS;
    (void)res;
    exit(req->status);
}

struct ipc_Echo *serve_echo(void)
{
    static const struct ipc_Echo_ops ops = {
        .Nothing = Nothing, .Add = Add,     .Five = Five,   .Six = Six,     .Page = Page,
        .Copy = Copy,       .Make = Make,   .Upper = Upper, .Total = Total, .Names = Names,
        .Fail = Fail,       .Pause = Pause, .Spin = Spin,   .Order = Order, .Quit = Quit,
        .Store = Store,
    };
    static struct ipc_Echo echo = {&ops};

    return &echo;
}
