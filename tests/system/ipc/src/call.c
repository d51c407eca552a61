/*
 * call.c: small calls that every case uses.
 */
#include "suite.h"

int is_alive(Handle handle)
{
    struct client client;
    struct ipc_Echo *echo = client_init(&client, handle);
    ipc_Echo_Add_req req = {.a = 20, .b = 22};
    ipc_Echo_Add_res res;

    return ipc_Echo_Add(echo, &req, NULL, &res, NULL) == NK_EOK && res.sum == 42;
}

Retcode call_add(Handle handle, const struct kn_ex *ex)
{
    struct kn_words words = {REQUEST(Add), {(uint64_t)3 << 32 | 2}};
    struct kn_received received;
    Retcode rc = kn_call(handle, &words, NULL, NULL, ex, &received);

    if (rc == rcOk && words.payload[0] != 5) {
        return rcInternalError;
    }
    return rc;
}

uint64_t now_ns(void)
{
    uint64_t ns = 0;

    core_uptime(&ns);
    return ns;
}
