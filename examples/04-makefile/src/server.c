/* server.c: counts calls. The SDK's own loop receives, dispatches and replies. */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/nk/transport-kos-dispatch.h>
#include <coresrv/sl/sl_api.h>

#include <clock/Server.edl.h>

static nk_err_t tick_impl(struct clock_Clock *self, const clock_Clock_Tick_req *req,
                          const struct nk_arena *req_arena, clock_Clock_Tick_res *res,
                          struct nk_arena *res_arena)
{
    static nk_uint32_t count;

    (void)self, (void)req, (void)req_arena, (void)res_arena;
    res->count = ++count;
    return NK_EOK;
}

int main(void)
{
    static const struct clock_Clock_ops ops = {.Tick = tick_impl};
    static struct clock_Clock clock_impl = {&ops};
    ServiceId iid;
    Handle listener = ServiceLocatorRegister("clock_connection", NULL, 0, &iid);
    clock_Server_entity entity;

    if (listener == INVALID_HANDLE)
        return EXIT_FAILURE;
    clock_Server_entity_init(&entity, &clock_impl);
    NkKosDispatchInfo info = NK_ENTITY_DISPATCH_INFO_INITIALIZER(clock_Server, entity);
    NkKosDoDispatch(listener, &info);
    return EXIT_FAILURE; /* the loop does not end */
}
