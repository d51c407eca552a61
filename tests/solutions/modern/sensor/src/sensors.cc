// sensors.cc: two instances of one component, a class derived from the interface's structure.
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <plant/Sensors.edl.h>

namespace {

class Impl : public plant_Sensor {
public:
    Impl(const char *where, int offset) : where_(where), offset_(offset)
    {
        static plant_Sensor_ops table;
        table.Read = read;
        table.Name = name;
        this->ops = &table;
    }

private:
    static nk_err_t read(plant_Sensor *self, const plant_Sensor_Read_req *req, const nk_arena *,
                         plant_Sensor_Read_res *res, nk_arena *)
    {
        Impl *impl = static_cast<Impl *>(self);
        if (req->channel > 7) {
            nk_err_reset(res);
            res->err_.why = 5;
            return NK_EOK;
        }
        res->res_.reading.value = nk_int16_t(req->channel + impl->offset_);
        for (int i = 0; i < 4; i++)
            res->res_.reading.last[i] = nk_int16_t(-i);
        return NK_EOK;
    }
    static nk_err_t name(plant_Sensor *self, const plant_Sensor_Name_req *req,
                         const nk_arena *reqArena, plant_Sensor_Name_res *res, nk_arena *resArena)
    {
        Impl *impl = static_cast<Impl *>(self);
        nk_uint32_t size = 0;
        char text[64];
        snprintf(text, sizeof(text), "%s/%s",
                      nk_arena_get(nk_char_t, reqArena, &req->prefix, &size), impl->where_);
        return NkKosCopyStringToArena(resArena, &res->name, text) == rcOk ? NK_EOK : NK_ENOMEM;
    }
    const char *where_;
    int offset_;
};

} // namespace

int main()
{
    Impl indoor("indoor", 100), outdoor("outdoor", -100);
    ServiceId iid;
    NkKosTransport transport;
    plant_Sensors_entity entity;
    plant_CSensor_component in, out;
    char reqBuffer[plant_Sensors_entity_req_arena_size], resBuffer[plant_Sensors_entity_res_arena_size];
    nk_arena reqArena = NK_ARENA_INITIALIZER(reqBuffer, reqBuffer + sizeof(reqBuffer));
    nk_arena resArena = NK_ARENA_INITIALIZER(resBuffer, resBuffer + sizeof(resBuffer));
    plant_Sensors_entity_req req;
    plant_Sensors_entity_res res;

    NkKosTransport_Init(&transport, ServiceLocatorRegister("sensors", nullptr, 0, &iid), NK_NULL, 0);
    plant_CSensor_component_init(&in, &indoor);
    plant_CSensor_component_init(&out, &outdoor);
    plant_Sensors_entity_init(&entity, &in, &out);
    for (;;) {
        nk_req_reset(&req);
        nk_arena_reset(&reqArena);
        nk_arena_reset(&resArena);
        if (nk_transport_recv(&transport.base, &req.base_, &reqArena) != NK_EOK)
            continue;
        plant_Sensors_entity_dispatch(&entity, &req.base_, &reqArena, &res.base_, &resArena);
        nk_transport_reply(&transport.base, &res.base_, &resArena);
    }
}
