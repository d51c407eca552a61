/* client.c: every form in which programs name an endpoint. */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#define NK_USE_UNQUALIFIED_NAMES
#include <deep/names/Ping.idl.h>

int main(void)
{
    static const char *const names[] = {
        "main",                     /* endpoint of the process class */
        "Server.main",              /* class and endpoint */
        "deep.names.Server.main",   /* with its package */
        "outer.inner.ping",         /* instances and endpoint */
        "CPing.ping",               /* component class and endpoint */
        "deep.names.CPing.ping",
        "nowhere.ping",
    };
    Handle handle = ServiceLocatorConnect("server_connection");
    NkKosTransport transport;
    Ping_proxy proxy;

    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    for (unsigned i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        nk_iid_t riid = ServiceLocatorGetRiid(handle, names[i]);
        Ping_Ping_req req = {.value = (nk_int32_t)i};
        Ping_Ping_res res;

        if (riid == INVALID_RIID)
            continue;
        Ping_proxy_init(&proxy, &transport.base, riid);
        nk_err_t err = proxy.base.ops->Ping(&proxy.base, &req, NK_NULL, &res, NK_NULL);
        fprintf(stderr, "%s: riid %u, error %d, %d\n", names[i], (unsigned)riid, (int)err,
                (int)res.result);
    }
    Handle none = ServiceLocatorConnect("server_conection");
    fprintf(stderr, "a wrong connection: %s\n", none == INVALID_HANDLE ? "INVALID_HANDLE" : "?");
    return EXIT_SUCCESS;
}
