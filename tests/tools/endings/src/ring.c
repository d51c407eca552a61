/* ring.c: see ring.h. */
#include "ring.h"

#include <stdlib.h>
#include <string.h>

#include <coresrv/hal/hal_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <endings/Ring.idl.h>

bool case_is(const char *name)
{
    char value[32];
    return KnHalGetEnv("case", value, sizeof value) == rcOk && strcmp(value, name) == 0;
}

int push(const char *channel)
{
    NkKosTransport transport;
    struct endings_Ring_proxy proxy;
    endings_Ring_Push_req req = {.number = 1};
    endings_Ring_Push_res res;
    Handle handle = ServiceLocatorConnect(channel);

    if (handle == INVALID_HANDLE)
        exit(99);
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    endings_Ring_proxy_init(&proxy, &transport.base, ServiceLocatorGetRiid(handle, "c.ring"));
    return endings_Ring_Push(&proxy.base, &req, NULL, &res, NULL);
}

void take(const char *channel)
{
    NkKosTransport transport;
    endings_Ring_Push_req req;
    ServiceId id;
    Handle handle = ServiceLocatorRegister(channel, NULL, 0, &id);

    if (handle == INVALID_HANDLE)
        exit(98);
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    nk_req_reset(&req);
    nk_transport_recv(&transport.base, &req.base_, NULL);
}
