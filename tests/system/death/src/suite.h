/*
 * suite.h: what the files of this suite share.
 */
#ifndef DEATH_SUITE_H
#define DEATH_SUITE_H

#include "check.h"
#include "core.h"
#include "task.h"

#include <death/Server.edl.h>
#include <kos/thread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <tessera/call.h>

#define CLASS "death.Server"
#define WORK  death_Server_work_iid

#define REQUEST(method)                                                                            \
    KN_WORD(WORK, death_Work_##method##_mid, sizeof(death_Work_##method##_req), 0,                 \
            NK_MESSAGE_REQUEST)

/* A short call with one argument; what the kernel says. */
static inline Retcode call_short(Handle handle, uint64_t word, uint64_t argument)
{
    struct kn_words words = {word, {argument}};
    struct kn_received received;

    return kn_call(handle, &words, NULL, NULL, NULL, &received);
}

/* A thread of this process that is in a call. */
struct caller {
    Handle handle;
    uint64_t word, argument;
    volatile Retcode rc;
    volatile int is_done;
};
void caller_start(struct caller *caller, Handle handle, uint64_t word, uint64_t argument);
/* Its result, or rcBusy if it has none after two seconds. */
Retcode caller_result(struct caller *caller);

/* A server and a client of it. This process's own class has no endpoints, so nobody can be its
 * client. */
struct pair {
    struct child server, client;
};
void pair_begin(struct pair *p, const char *server_mode, uint64_t server_number,
                const char *client_mode, uint64_t client_number);
void pair_end(struct pair *p);

void test_servers(void);
void test_copies(void);
void test_clients(void);
void test_faults(void);
void test_tasks(void);

#endif
