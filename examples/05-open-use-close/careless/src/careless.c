/* careless.c: opens the first resource, uses it once, and ends without closing anything. */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <store/Store.idl.h>

int main(void)
{
    struct store_Store_proxy proxy;
    NkKosTransport transport;
    store_Store_OpenResource_req open_req = {.ID = 1};
    store_Store_OpenResource_res open_res;

    Handle handle = ServiceLocatorConnect("store_connection");
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    store_Store_proxy_init(&proxy, &transport.base, ServiceLocatorGetRiid(handle, "store"));
    if (store_Store_OpenResource(&proxy.base, &open_req, NULL, &open_res, NULL) != NK_EOK)
        return EXIT_FAILURE;

    store_Store_UseResource_req use_req = {.param = 4};
    store_Store_UseResource_res use_res;
    use_req.handle = nk_handle_desc(nk_get_handle(&open_res.handle));
    if (store_Store_UseResource(&proxy.base, &use_req, NULL, &use_res, NULL) != NK_EOK)
        return EXIT_FAILURE;
    fprintf(stderr, "careless: 4 -> %u, and leaves\n", (unsigned)use_res.result);
    return EXIT_SUCCESS;
}
