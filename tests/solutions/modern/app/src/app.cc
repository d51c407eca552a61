// app.cc: reads two instances of one component, through classes over the generated structures.
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <plant/Sensor.idl.h>

namespace {

// An arena with its memory, as programs derive it.
template <unsigned N> class Arena : public nk_arena {
public:
    Arena() { start = current = buffer; end = buffer + N; }
    nk_arena *get() { return this; }
private:
    char buffer[N];
};

class Sensor {
public:
    Sensor(Handle handle, const char *endpoint)
    {
        NkKosTransport_Init(&transport, handle, NK_NULL, 0);
        riid = ServiceLocatorGetRiid(handle, endpoint);
        plant_Sensor_proxy_init(&proxy, &transport.base, riid);
    }
    bool valid() const { return riid != INVALID_RIID; }
    void print(nk_uint8_t channel)
    {
        plant_Sensor_Read_req req = {};
        plant_Sensor_Read_res res;
        req.channel = channel;
        nk_err_t err = plant_Sensor_Read(&proxy.base, &req, nullptr, &res, nullptr);
        if (err != NK_EOK)
            fprintf(stderr, "channel %u: failed\n", unsigned(channel));
        else if (nk_msg_check_err(&res))
            fprintf(stderr, "channel %u: error %u\n", unsigned(channel), unsigned(res.err_.why));
        else
            fprintf(stderr, "channel %u: %d, before %d\n", unsigned(channel),
                         int(res.res_.reading.value), int(res.res_.reading.last[3]));
    }
    void printName(const char *prefix)
    {
        Arena<plant_Sensor_Name_req_arena_size> in;
        Arena<plant_Sensor_Name_res_arena_size> out;
        plant_Sensor_Name_req req = {};
        plant_Sensor_Name_res res;
        nk_uint32_t size = 0;
        NkKosCopyStringToArena(in.get(), &req.prefix, prefix);
        plant_Sensor_Name(&proxy.base, &req, in.get(), &res, out.get());
        fprintf(stderr, "name: %s\n", nk_arena_get(nk_char_t, out.get(), &res.name, &size));
    }
private:
    NkKosTransport transport;
    plant_Sensor_proxy proxy;
    nk_iid_t riid;
};

} // namespace

int main()
{
    Handle handle = ServiceLocatorConnect("sensors");
    Sensor indoor(handle, "indoor.sensor"), outdoor(handle, "outdoor.sensor");

    if (!indoor.valid() || !outdoor.valid())
        return EXIT_FAILURE;
    indoor.print(1);
    outdoor.print(2);
    indoor.print(9);
    outdoor.printName(getenv("PLANT"));
    return EXIT_SUCCESS;
}
