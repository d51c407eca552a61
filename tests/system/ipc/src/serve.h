/*
 * serve.h: the methods of ipc.Echo, and the cases that run in the child.
 */
#ifndef IPC_SERVE_H
#define IPC_SERVE_H

#include <coresrv/nk/transport-kos-dispatch.h>
#include <ipc/Server.edl.h>

struct ipc_Echo *serve_echo(void);
/* Cases in which this process is client and server; the number that failed. */
int test_both(ipc_Server_entity *entity);

#endif
