/*
 * server.c: serves two connections with ready-made loops, one thread each.
 */
#include <coresrv/nk/transport-kos-dispatch.h>
#include <coresrv/sl/sl_api.h>
#include <ctype.h>
#include <kos/thread.h>
#include <stdio.h>
#include <stdlib.h>

#include <kostest/Server.edl.h>

static nk_err_t add(struct kostest_Calc *self, const kostest_Calc_Add_req *req,
                    const struct nk_arena *req_arena, kostest_Calc_Add_res *res,
                    struct nk_arena *res_arena)
{
    (void)self;
    (void)req_arena;
    (void)res_arena;
    res->sum = req->a + req->b;
    return NK_EOK;
}

static nk_err_t upper(struct kostest_Calc *self, const kostest_Calc_Upper_req *req,
                      const struct nk_arena *req_arena, kostest_Calc_Upper_res *res,
                      struct nk_arena *res_arena)
{
    nk_size_t size, i;
    const char *from = nk_arena_get(nk_char_t, req_arena, &req->text, &size);
    char *to = nk_arena_alloc(nk_char_t, res_arena, &res->upper, size);

    (void)self;
    if (!from || !to) {
        return NK_ENOMEM;
    }
    for (i = 0; i < size; i++) {
        to[i] = (char)toupper((unsigned char)from[i]);
    }
    return NK_EOK;
}

static nk_err_t turn(struct kostest_Calc *self, const kostest_Calc_Turn_req *req,
                     const struct nk_arena *req_arena, kostest_Calc_Turn_res *res,
                     struct nk_arena *res_arena)
{
    nk_size_t size, i;
    const nk_uint8_t *from = nk_arena_get(nk_uint8_t, req_arena, &req->data, &size);
    nk_uint8_t *to = nk_arena_alloc(nk_uint8_t, res_arena, &res->turned, size);

    (void)self;
    if (!from || !to) {
        return NK_ENOMEM;
    }
    for (i = 0; i < size; i++) {
        to[i] = from[size - 1 - i];
    }
    return NK_EOK;
}

static nk_err_t fail(struct kostest_Calc *self, const kostest_Calc_Fail_req *req,
                     const struct nk_arena *req_arena, kostest_Calc_Fail_res *res,
                     struct nk_arena *res_arena)
{
    (void)self;
    (void)req_arena;
    (void)res;
    (void)res_arena;
    return (nk_err_t)req->code;
}

static kostest_Server_entity entity;
static NkKosDispatchInfo info = NK_ENTITY_DISPATCH_INFO_INITIALIZER(kostest_Server, entity);

static int serve(void *connection)
{
    ServiceId unused;
    Handle listener = ServiceLocatorRegister(connection, NULL, 0, &unused);
    nk_err_t err = NkKosDoDispatch(listener, &info);

    fprintf(stderr, "FAIL server: loop of %s ended with %d\n", (const char *)connection, (int)err);
    return err;
}

int main(void)
{
    static const struct kostest_Calc_ops ops = {add, upper, turn, fail};
    static struct kostest_Calc calc = {&ops};
    kostest_CCalc_component component;
    Tid tid;

    kostest_CCalc_component_init(&component, &calc);
    kostest_Server_entity_init(&entity, &component, &calc);
    if (KosThreadCreate(&tid, ThreadPriorityNormal, ThreadStackSizeDefault, serve,
                        "other_connection", 0) != rcOk) {
        return EXIT_FAILURE;
    }
    return serve("calc_connection");
}
