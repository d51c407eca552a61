/*
 * child.c: the program of all processes but Einit; the first argument says which part it plays.
 */
#include "suite.h"

struct ptest_Deck_proxy deck;
static NkKosTransport transport;

void client_init(Handle channel)
{
    NkKosTransport_Init(&transport, channel, NK_NULL, 0);
    ptest_Deck_proxy_init(&deck, &transport.base, ptest_Server_deck_iid);
}

uint32_t seen_calls(void)
{
    ptest_Deck_Count_req req;
    ptest_Deck_Count_res res;

    CHECK_EQUAL("the server counts", ptest_Deck_Count(&deck.base, &req, NULL, &res, NULL), NK_EOK);
    return res.calls;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    Handle handle = argc > 2 ? (Handle)strtoul(argv[2], NULL, 10) : INVALID_HANDLE;

    if (!strcmp(mode, "serve")) {
        return serve(handle);
    }
    if (!strcmp(mode, "small")) {
        fprintf(stderr, "ok a program with little of the kernel prints\n");
        printf("ok and through stdout, %d arguments\n", argc);
        return 0;
    }
    client_init(handle);
    test_messages();
    test_kernel();
    test_records();
    return check_failures();
}
