/* node.c: sends a note to everybody; its argument is its turn. */
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include <coresrv/nk/transport-kos.h>
#include <coresrv/sl/sl_api.h>

#include <nets/Note.idl.h>

static void send_note(const char *name, nk_uint32_t number)
{
    struct nets_Note_proxy node;
    NkKosTransport transport;
    nets_Note_Send_req req;
    nets_Note_Send_res res;
    Handle handle = ServiceLocatorConnect(name);

    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    nets_Note_proxy_init(&node, &transport.base, ServiceLocatorGetRiid(handle, "note"));
    req.number = number;
    nk_err_t err = nets_Note_Send(&node.base, &req, NULL, &res, NULL);
    fprintf(stderr, "node %u to %s: %s\n", (unsigned)number, name,
            err == NK_EOK ? "sent" : err == NK_EPERM ? "not permitted" : "failed");
}

int main(int argc, char **argv)
{
    unsigned turn = argc > 1 ? (unsigned)atoi(argv[1]) : 0;

    sleep(turn); /* so that the lines of one do not stand among those of another */
    send_note("archive", turn);
    send_note("valve", turn);
    return EXIT_SUCCESS;
}
