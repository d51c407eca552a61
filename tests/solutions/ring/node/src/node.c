/* node.c: passes a number on to the next node until it is zero. */
#include <assert.h>
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#define NK_USE_UNQUALIFIED_NAMES
#include <ring/Node.edl.h>

#include "names.h"

static struct Pass_proxy next;

static nk_err_t pass_on(nk_uint32_t left, nk_uint32_t *passed)
{
    Pass_Pass_req req = {{0}, left};
    Pass_Pass_res res;
    nk_err_t err;

    nk_req_reset(&req); /* the header alone */
    err = Pass_Pass(&next.base, &req, NULL, &res, NULL);
    *passed = res.passed;
    return err;
}

static nk_err_t pass_impl(struct Pass *self, const Pass_Pass_req *req, const struct nk_arena *req_arena,
                          Pass_Pass_res *res, struct nk_arena *res_arena)
{
    nk_uint32_t passed = 0;
    nk_err_t err = NK_EOK;

    (void)self, (void)req_arena, (void)res_arena;
    if (req->left != 0)
        err = pass_on(req->left - 1, &passed);
    res->passed = passed + 1;
    return err;
}

static void serve(Handle handle)
{
    static const Pass_ops ops = {.Pass = pass_impl};
    static Pass impl = {&ops};
    NkKosTransport transport;
    ring_Pass_component component;
    Node_entity entity;
    Node_entity_req req;
    Node_entity_res res;

    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    ring_Pass_component_init(&component, &impl);
    Node_entity_init(&entity, &component);
    for (;;) {
        nk_req_reset(&req);
        if (nk_transport_recv(&transport.base, &req.base_, NULL) != NK_EOK)
            continue;
        Node_entity_dispatch(&entity, &req.base_, NULL, &res.base_, NULL);
        nk_transport_reply(&transport.base, &res.base_, NULL);
    }
}

int main(int argc, char **argv)
{
    static NkKosTransport transport;
    ServiceId iid;
    Handle server = ServiceLocatorRegister(NEXT_CONNECTION, NULL, 0, &iid);
    Handle client = ServiceLocatorConnect(NEXT_CONNECTION);

    assert(server != INVALID_HANDLE && client != INVALID_HANDLE);
    NkKosTransport_Init(&transport, client, NK_NULL, 0);
    nk_iid_t riid = ServiceLocatorGetRiid(client, "passer.pass");
    assert(riid != INVALID_RIID);
    Pass_proxy_init(&next, &transport.base, riid);
    if (argc > 1) {
        nk_uint32_t passed = 0;
        nk_err_t err = pass_on(ring_Types_Hops - 1, &passed);
        fprintf(stderr, "%s %s: error %d, passed %u\n", argv[0], argv[1], (int)err, (unsigned)passed);
    }
    serve(server);
    return EXIT_SUCCESS;
}
