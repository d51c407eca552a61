/* desk.c: gives commands, also those that it may not give. */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <plant/Control.idl.h>

static void command(struct plant_Control_proxy *pump, nk_uint32_t number, nk_uint32_t value)
{
    plant_Control_Command_req req;
    plant_Control_Command_res res;

    req.command = number;
    req.value = value;
    nk_err_t err = plant_Control_Command(&pump->base, &req, NULL, &res, NULL);
    if (err == NK_EOK)
        fprintf(stderr, "desk: command %u: speed is %u\n", (unsigned)number, (unsigned)res.speed);
    else
        fprintf(stderr, "desk: command %u: %s\n", (unsigned)number,
                err == NK_EPERM ? "not permitted" : "failed");
}

int main(void)
{
    struct plant_Control_proxy pump;
    NkKosTransport transport;
    Handle handle = ServiceLocatorConnect("pump");
    nk_iid_t riid = ServiceLocatorGetRiid(handle, "control");

    if (handle == INVALID_HANDLE || riid == INVALID_RIID)
        return EXIT_FAILURE;
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    plant_Control_proxy_init(&pump, &transport.base, riid);
    command(&pump, plant_Control_Start, 0);
    command(&pump, plant_Control_SetSpeed, 80);
    command(&pump, plant_Control_SetSpeed, 120);
    command(&pump, plant_Control_FactoryReset, 0);
    command(&pump, plant_Control_Stop, 0);
    return EXIT_SUCCESS;
}
