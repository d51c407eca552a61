/* panel.c: the steps in the right order, and in every wrong one. */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <boiler/Boiler.idl.h>

static nk_err_t fill(struct boiler_Boiler_proxy *boiler)
{
    boiler_Boiler_Fill_req req;
    boiler_Boiler_Fill_res res;

    return boiler_Boiler_Fill(&boiler->base, &req, NULL, &res, NULL);
}

static nk_err_t heat(struct boiler_Boiler_proxy *boiler)
{
    boiler_Boiler_Heat_req req;
    boiler_Boiler_Heat_res res;

    return boiler_Boiler_Heat(&boiler->base, &req, NULL, &res, NULL);
}

static nk_err_t open_valve(struct boiler_Boiler_proxy *boiler)
{
    boiler_Boiler_Open_req req;
    boiler_Boiler_Open_res res;

    return boiler_Boiler_Open(&boiler->base, &req, NULL, &res, NULL);
}

static nk_err_t drain(struct boiler_Boiler_proxy *boiler)
{
    boiler_Boiler_Drain_req req;
    boiler_Boiler_Drain_res res;

    return boiler_Boiler_Drain(&boiler->base, &req, NULL, &res, NULL);
}

static const struct {
    const char *name;
    nk_err_t (*call)(struct boiler_Boiler_proxy *);
} steps[] = {
    {"heat", heat},  {"fill", fill},       {"open", open_valve}, {"fill", fill}, {"heat", heat},
    {"drain", drain}, {"open", open_valve}, {"drain", drain},     {"heat", heat}, {"fill", fill},
};

int main(void)
{
    struct boiler_Boiler_proxy boiler;
    NkKosTransport transport;
    Handle handle = ServiceLocatorConnect("boiler");
    nk_iid_t riid = ServiceLocatorGetRiid(handle, "boiler");

    if (handle == INVALID_HANDLE || riid == INVALID_RIID)
        return EXIT_FAILURE;
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    boiler_Boiler_proxy_init(&boiler, &transport.base, riid);
    for (unsigned i = 0; i < sizeof(steps) / sizeof(steps[0]); i++) {
        nk_err_t err = steps[i].call(&boiler);
        fprintf(stderr, "panel: %s: %s\n", steps[i].name,
                err == NK_EOK ? "done" : err == NK_EPERM ? "not now" : "failed");
    }
    return EXIT_SUCCESS;
}
