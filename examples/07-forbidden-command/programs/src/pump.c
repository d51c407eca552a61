/* pump.c: obeys every command that reaches it. */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <plant/Pump.edl.h>

static nk_uint32_t speed;

static nk_err_t command_impl(struct plant_Control *self, const plant_Control_Command_req *req,
                             const struct nk_arena *req_arena, plant_Control_Command_res *res,
                             struct nk_arena *res_arena)
{
    (void)self;
    (void)req_arena;
    (void)res_arena;
    switch (req->command) {
    case plant_Control_Start:
        speed = 10;
        break;
    case plant_Control_SetSpeed:
        speed = req->value;
        break;
    case plant_Control_FactoryReset:
        fprintf(stderr, "pump: all settings are lost\n");
        break;
    default:
        speed = 0;
    }
    fprintf(stderr, "pump: command %u, speed %u\n", (unsigned)req->command, (unsigned)speed);
    res->speed = speed;
    return NK_EOK;
}

static struct plant_Control *create_control(void)
{
    static const struct plant_Control_ops ops = {.Command = command_impl};
    static struct plant_Control impl = {&ops};

    return &impl;
}

int main(void)
{
    plant_Pump_entity_req req;
    plant_Pump_entity_res res;
    plant_Pump_entity entity;
    NkKosTransport transport;
    ServiceId id;
    Handle handle = ServiceLocatorRegister("pump", NULL, 0, &id);

    if (handle == INVALID_HANDLE)
        return EXIT_FAILURE;
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    plant_Pump_entity_init(&entity, create_control());
    for (;;) {
        nk_req_reset(&req);
        if (nk_transport_recv(&transport.base, &req.base_, NULL) != NK_EOK)
            continue;
        plant_Pump_entity_dispatch(&entity, &req.base_, NULL, &res.base_, NULL);
        nk_transport_reply(&transport.base, &res.base_, NULL);
    }
}
