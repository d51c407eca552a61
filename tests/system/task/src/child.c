/*
 * child.c: `exit N` ends with N; `fault` by a fault; `wait` never; `serve` answers one call on "first";
 * `call` asks over "first" and ends with the answer; `env` ends with the number in TASK_NUMBER;
 * `data` ends with 123 if all kinds of data are right; `constant` writes into constant data.
 */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <kos/task.h>
#include <kos/thread.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <task/Child.edl.h>

static nk_err_t twice(struct task_Twice *self, const task_Twice_Twice_req *req,
                      const struct nk_arena *req_arena, task_Twice_Twice_res *res,
                      struct nk_arena *res_arena)
{
    (void)self, (void)req_arena, (void)res_arena;
    res->result = 2 * req->value;
    return NK_EOK;
}

static int serve(void)
{
    static const task_Twice_ops ops = {.Twice = twice};
    struct task_Twice impl = {&ops};
    task_Child_entity entity;
    task_Child_entity_req req;
    task_Child_entity_res res;
    NkKosTransport transport;
    ServiceId id;

    NkKosTransport_Init(&transport, ServiceLocatorRegister("first", NULL, 0, &id), NK_NULL, 0);
    task_Child_entity_init(&entity, &impl);
    nk_req_reset(&req);
    if (nk_transport_recv(&transport.base, &req.base_, NULL) != NK_EOK) {
        return 1;
    }
    task_Child_entity_dispatch(&entity, &req.base_, NULL, &res.base_, NULL);
    return nk_transport_reply(&transport.base, &res.base_, NULL) == NK_EOK ? 0 : 2;
}

static int call(void)
{
    Handle handle = ServiceLocatorConnect("first");
    task_Twice_proxy proxy;
    task_Twice_Twice_req req = {.value = 21};
    task_Twice_Twice_res res;
    NkKosTransport transport;

    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    task_Twice_proxy_init(&proxy, &transport.base, ServiceLocatorGetRiid(handle, "twice"));
    if (task_Twice_Twice(&proxy.base, &req, NULL, &res, NULL) != NK_EOK) {
        return 1;
    }
    return (int)res.result;
}

static __thread int of_thread = 100;
static int written = 20, zero;
static const char *const texts[] = {"no", "yes"}; /* addresses in constant data */

/* 123: each kind of data is what it was linked to be. */
static int sum_data(void)
{
    const char *const *volatile text = texts;
    volatile int *here = &zero;

    return of_thread + written + *here + (int)strlen(text[1]);
}

int main(int argc, char **argv)
{
    const char *what = argc > 1 ? argv[1] : "";

    if (!strcmp(what, "exit") && argc > 2) {
        KosTaskExit(atoi(argv[2]));
    } else if (!strcmp(what, "fault")) {
        *(volatile int *)8 = 1;
    } else if (!strcmp(what, "data")) {
        return sum_data();
    } else if (!strcmp(what, "constant")) {
        *(const char *volatile *)(void *)(uintptr_t)texts = what;
    } else if (!strcmp(what, "wait")) {
        KosThreadSleep(1000000);
    } else if (!strcmp(what, "serve")) {
        return serve();
    } else if (!strcmp(what, "call")) {
        return call();
    } else if (!strcmp(what, "env") && getenv("TASK_NUMBER")) {
        return atoi(getenv("TASK_NUMBER"));
    }
    return 99;
}
