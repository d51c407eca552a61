/* client.c: opens the second resource, as soon as there is one, uses it, closes it, and tries once more. */
#include <stdio.h>
#include <stdlib.h>

#include <coresrv/handle/handle_api.h>
#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>
#include <kos/thread.h>

#include <store/Store.idl.h>
#include <store_rights.h>

static nk_err_t use(struct store_Store *store, Handle resource, nk_uint8_t param)
{
    store_Store_UseResource_req req = {.handle = nk_handle_desc(resource), .param = param};
    store_Store_UseResource_res res;
    nk_err_t err = store_Store_UseResource(store, &req, NULL, &res, NULL);

    if (err == NK_EOK)
        fprintf(stderr, "client: %u -> %u\n", (unsigned)param, (unsigned)res.result);
    return err;
}

int main(void)
{
    struct store_Store_proxy proxy;
    NkKosTransport transport;

    Handle handle = ServiceLocatorConnect("store_connection");
    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    store_Store_proxy_init(&proxy, &transport.base, ServiceLocatorGetRiid(handle, "store"));

    store_Store_OpenResource_req open_req = {.ID = 2};
    store_Store_OpenResource_res open_res;
    nk_err_t err;
    while ((err = store_Store_OpenResource(&proxy.base, &open_req, NULL, &open_res, NULL)) ==
           NK_ENOENT)
        KosThreadSleep(10);
    if (err != NK_EOK)
        return EXIT_FAILURE;
    Handle resource = nk_get_handle(&open_res.handle);
    nk_rights_t rights = nk_get_rights(&open_res.handle);
    fprintf(stderr, "client: may use: %s, may close: %s\n", rights & STORE_RIGHT_USE ? "yes" : "no",
            rights & STORE_RIGHT_CLOSE ? "yes" : "no");

    for (nk_uint8_t param = 20; param < 23; param++) {
        if (use(&proxy.base, resource, param) != NK_EOK)
            return EXIT_FAILURE;
    }
    store_Store_CloseResource_req close_req = {.handle = nk_handle_desc(resource)};
    store_Store_CloseResource_res close_res;
    if (store_Store_CloseResource(&proxy.base, &close_req, NULL, &close_res, NULL) != NK_EOK)
        return EXIT_FAILURE;
    fprintf(stderr, "client: use after close: %s\n",
            use(&proxy.base, resource, 1) == NK_ESTALE ? "the handle is revoked" : "?");
    if (KnHandleClose(resource) != rcOk)
        return EXIT_FAILURE;
    fprintf(stderr, "client: done\n");
    return EXIT_SUCCESS;
}
