/*
 * suite.h: what the files of this suite share.
 */
#ifndef IPC_SUITE_H
#define IPC_SUITE_H

#include "check.h"
#include "core.h"
#include "raw.h"
#include "task.h"

#include <coresrv/nk/transport-kos.h>
#include <ipc/Server.edl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define CLASS "ipc.Server"
#define ECHO  ipc_Server_echo_iid

/* A client of the server behind a handle. */
struct client {
    NkKosTransport transport;
    struct ipc_Echo_proxy proxy;
};
static inline struct ipc_Echo *client_init(struct client *client, Handle handle)
{
    NkKosTransport_Init(&client->transport, handle, NK_NULL, 0);
    ipc_Echo_proxy_init(&client->proxy, &client->transport.base, ECHO);
    return &client->proxy.base;
}

/* Whether the server behind a handle answers. */
int is_alive(Handle handle);
/* 2 + 3 through a call that may be bad: the kernel's code. */
Retcode call_add(Handle handle, const struct kn_ex *ex);
uint64_t now_ns(void);

/* The word of a request. */
#define REQUEST(method)                                                                            \
    KN_WORD(ECHO, ipc_Echo_##method##_mid, sizeof(ipc_Echo_##method##_req), 0, NK_MESSAGE_REQUEST)

void test_sizes(Handle handle);
void test_hostile(struct child *server);
void test_plain(Handle handle);
void test_timeouts(Handle handle);
void test_callers(Handle handle);

#endif
