/* client.c: three ticks. */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <clock/Clock.idl.h>

int main(void)
{
    Handle handle = ServiceLocatorConnect("clock_connection");
    NkKosTransport transport;
    struct clock_Clock_proxy proxy;

    if (handle == INVALID_HANDLE)
        return EXIT_FAILURE;
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    clock_Clock_proxy_init(&proxy, &transport.base, ServiceLocatorGetRiid(handle, "clock"));
    for (int i = 0; i < 3; i++) {
        clock_Clock_Tick_req req;
        clock_Clock_Tick_res res;

        if (clock_Clock_Tick(&proxy.base, &req, NK_NULL, &res, NK_NULL) != NK_EOK)
            return EXIT_FAILURE;
        fprintf(stderr, "client: tick %u\n", (unsigned)res.count);
    }
    return EXIT_SUCCESS;
}
