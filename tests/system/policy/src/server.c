/*
 * server.c: the server: counts what reaches it.
 */
#include "suite.h"

static uint32_t calls;

static nk_err_t ask(struct ptest_Deck *self, const ptest_Deck_Ask_req *req,
                    const struct nk_arena *in, ptest_Deck_Ask_res *res, struct nk_arena *out)
{
    (void)self, (void)in, (void)out;
    calls++;
    res->m = req->n * 20;
    return NK_EOK;
}

static nk_err_t nameless(struct ptest_Deck *self, const ptest_Deck_Nameless_req *req,
                         const struct nk_arena *in, ptest_Deck_Nameless_res *res,
                         struct nk_arena *out)
{
    (void)self, (void)in, (void)out, (void)req;
    calls++;
    res->m = 0;
    return NK_EOK;
}

static nk_err_t fault(struct ptest_Deck *self, const ptest_Deck_Fault_req *req,
                      const struct nk_arena *in, ptest_Deck_Fault_res *res, struct nk_arena *out)
{
    (void)self, (void)in, (void)out;
    calls++;
    nk_err_reset(&res->err_);
    res->err_.why = req->reason;
    return NK_EOK;
}

static nk_err_t fail(struct ptest_Deck *self, const ptest_Deck_Fail_req *req,
                     const struct nk_arena *in, ptest_Deck_Fail_res *res, struct nk_arena *out)
{
    (void)self, (void)in, (void)out, (void)res;
    calls++;
    return (nk_err_t)req->code;
}

static nk_err_t mute(struct ptest_Deck *self, const ptest_Deck_Mute_req *req,
                     const struct nk_arena *in, ptest_Deck_Mute_res *res, struct nk_arena *out)
{
    (void)self, (void)in, (void)out, (void)res;
    calls++;
    return (nk_err_t)req->code;
}

static uint32_t take(const nk_handle_desc_t *thing)
{
    uint32_t rights = nk_get_rights(thing);

    KnHandleClose(nk_get_handle(thing));
    calls++;
    return rights;
}

static nk_err_t give(struct ptest_Deck *self, const ptest_Deck_Give_req *req,
                     const struct nk_arena *in, ptest_Deck_Give_res *res, struct nk_arena *out)
{
    (void)self, (void)in, (void)out;
    res->rights = take(&req->thing);
    return NK_EOK;
}

static nk_err_t mark(struct ptest_Deck *self, const ptest_Deck_Mark_req *req,
                     const struct nk_arena *in, ptest_Deck_Mark_res *res, struct nk_arena *out)
{
    (void)self, (void)in, (void)out;
    res->rights = take(&req->thing);
    return NK_EOK;
}

static nk_err_t arm(struct ptest_Deck *self, const ptest_Deck_Arm_req *req,
                    const struct nk_arena *in, ptest_Deck_Arm_res *res, struct nk_arena *out)
{
    (void)self, (void)in, (void)out;
    calls++;
    res->size = req->data.size;
    return NK_EOK;
}

static nk_err_t fire(struct ptest_Deck *self, const ptest_Deck_Fire_req *req,
                     const struct nk_arena *in, ptest_Deck_Fire_res *res, struct nk_arena *out)
{
    (void)self, (void)in, (void)out;
    calls++;
    res->size = req->data.size;
    return NK_EOK;
}

static nk_err_t rest(struct ptest_Deck *self, const ptest_Deck_Rest_req *req,
                     const struct nk_arena *in, ptest_Deck_Rest_res *res, struct nk_arena *out)
{
    (void)self, (void)in, (void)out, (void)req;
    calls++;
    res->size = 0;
    return NK_EOK;
}

static nk_err_t text(struct ptest_Deck *self, const ptest_Deck_Text_req *req,
                     const struct nk_arena *in, ptest_Deck_Text_res *res, struct nk_arena *out)
{
    (void)self, (void)in, (void)out;
    calls++;
    res->size = req->data.size;
    return NK_EOK;
}

static nk_err_t count(struct ptest_Deck *self, const ptest_Deck_Count_req *req,
                      const struct nk_arena *in, ptest_Deck_Count_res *res, struct nk_arena *out)
{
    (void)self, (void)in, (void)out, (void)req;
    res->calls = calls;
    return NK_EOK;
}

/* Room for 100,000 bytes of arena: less than what the interface allows. */
#define ROOM 100000u

int serve(Handle listener)
{
    static const ptest_Deck_ops ops = {
        .Ask = ask, .Nameless = nameless, .Fault = fault, .Fail = fail, .Mute = mute, .Give = give,
        .Mark = mark, .Arm = arm, .Fire = fire, .Rest = rest, .Text = text, .Count = count,
    };
    static char memory[ROOM] __attribute__((aligned(4096)));
    static struct ptest_Deck impl = {&ops};
    struct nk_arena in = NK_ARENA_INITIALIZER(memory, memory + sizeof(memory));
    ptest_Server_entity_req req;
    ptest_Server_entity_res res;
    ptest_Server_entity entity;
    NkKosTransport transport;

    ptest_Server_entity_init(&entity, &impl);
    NkKosTransport_Init(&transport, listener, NK_NULL, 0);
    for (;;) {
        nk_req_reset(&req);
        nk_arena_reset(&in);
        nk_err_t err = nk_transport_recv(&transport.base, &req.base_, &in);
        if (err == NK_ENOTCONN) {
            return 0;
        }
        if (err == NK_EOK) {
            ptest_Server_entity_dispatch(&entity, &req.base_, &in, &res.base_, NULL);
            nk_transport_reply(&transport.base, &res.base_, NULL);
        }
    }
}
