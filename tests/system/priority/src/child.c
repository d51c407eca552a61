/*
 * child.c: a server that works and has the next one work, or a process that takes all it may.
 */
#include <coresrv/nk/transport-kos.h>
#include <coresrv/thread/thread_api.h>
#include <kos/thread.h>
#include <priority/Server.edl.h>
#include <stdlib.h>
#include <string.h>

static struct priority_Work_proxy next;
static int has_next;

static nk_err_t do_work(struct priority_Work *self, const priority_Work_Do_req *req,
                        const struct nk_arena *req_arena, priority_Work_Do_res *res,
                        struct nk_arena *res_arena)
{
    priority_Work_Do_req inner = {.steps = req->steps};
    priority_Work_Do_res answer = {0};

    (void)self;
    (void)req_arena;
    (void)res_arena;
    if (has_next && priority_Work_Do(&next.base, &inner, NK_NULL, &answer, NK_NULL) != NK_EOK) {
        return NK_ENOENT;
    }
    for (volatile uint64_t i = 0; i < req->steps; i++) {
    }
    res->depth = answer.depth + 1;
    return NK_EOK;
}

static int serve(Handle listener, Handle outgoing)
{
    static const struct priority_Work_ops ops = {.Do = do_work};
    static struct priority_Work work = {&ops};
    NkKosTransport transport, to_next;
    priority_Server_entity entity;
    priority_Server_entity_req req;
    priority_Server_entity_res res;

    has_next = outgoing != 0;
    NkKosTransport_Init(&to_next, outgoing, NK_NULL, 0);
    priority_Work_proxy_init(&next, &to_next.base, priority_Server_work_iid);
    priority_Server_entity_init(&entity, &work);
    NkKosTransport_Init(&transport, listener, NK_NULL, 0);
    for (;;) {
        nk_req_reset(&req);
        if (nk_transport_recv(&transport.base, &req.base_, NK_NULL) != NK_EOK) {
            return 0;
        }
        priority_Server_entity_dispatch(&entity, &req.base_, NK_NULL, &res.base_, NK_NULL);
        nk_transport_reply(&transport.base, &res.base_, NK_NULL);
    }
}

static int spin(void *context)
{
    (void)context;
    for (;;) {
    }
}

/* Threads, at least as many as there are CPUs, at the highest priority that this process can have. The status
 * says that it could have no more: then it is 0 and there is none. */
static int take_all(uint32_t ceiling, unsigned spinners)
{
    Tid tid;

    if (KosThreadCreate(&tid, ceiling + 1, 0, spin, 0, 0) == rcOk ||
        KnThreadSetPriority(KosThreadCurrentId(), ceiling + 1) == rcOk) {
        return 9;
    }
    KnThreadSetPriority(KosThreadCurrentId(), ceiling);
    for (unsigned i = 0; i < spinners; i++) {
        KosThreadCreate(&tid, ceiling, 0, spin, 0, 0);
    }
    return spin(0);
}

/* argv: "serve", listener, channel to the next one or 0; or "spin", ceiling, number of threads. */
int main(int argc, char **argv)
{
    if (argc > 3 && !strcmp(argv[1], "serve")) {
        return serve((Handle)strtoul(argv[2], NULL, 10), (Handle)strtoul(argv[3], NULL, 10));
    }
    return argc > 3 ? take_all((uint32_t)strtoul(argv[2], NULL, 10),
                               (unsigned)strtoul(argv[3], NULL, 10))
                    : 1;
}
