/*
 * task.c: see task.h.
 */
#include "task.h"

#include "core.h"

#include <stdio.h>
#include <string.h>
#include <tessera/start.h>

#define PATH "Child"
#define TEXT 24

/* The creator's block of tessera/start.h with arguments alone. */
struct start_block {
    struct kn_block head;
    uint32_t args[CHILD_ARGS];
    char text[CHILD_ARGS][TEXT];
};

Retcode child_create_from(struct child *child, const char *path, const char *class, uint32_t priority)
{
    memset(child, 0, sizeof(*child));
    return core_task_create(path, class, path, 0, priority, 0, &child->task);
}

Retcode child_create(struct child *child, const char *class, uint32_t priority)
{
    return child_create_from(child, PATH, class, priority);
}

Retcode child_add_server(struct child *child)
{
    Handle server;

    return core_connect_ex(child->task, INVALID_HANDLE, child->listener, &child->listener, &server,
                           &child->client);
}

Retcode child_join(struct child *client, struct child *server)
{
    Handle end;

    return core_connect_ex(server->task, client->task, server->listener, &server->listener, &end,
                           &client->outgoing);
}

Retcode child_add_client(struct child *child, Handle listener)
{
    Handle same;

    return core_connect_ex(INVALID_HANDLE, child->task, listener, &same, &child->incoming,
                           &child->outgoing);
}

Retcode child_start(struct child *child, const char *mode, unsigned count,
                    const uint64_t *numbers)
{
    static struct start_block block;

    memset(&block, 0, sizeof(block));
    block.head.magic = KN_BLOCK_MAGIC;
    block.head.argc = 2 + count;
    block.head.args = offsetof(struct start_block, args);
    for (unsigned i = 0; i < 2 + count; i++) {
        block.args[i] = (uint32_t)(offsetof(struct start_block, text) + i * TEXT);
    }
    snprintf(block.text[0], TEXT, "%s", PATH);
    snprintf(block.text[1], TEXT, "%s", mode);
    for (unsigned i = 0; i < count; i++) {
        snprintf(block.text[2 + i], TEXT, "%llu", (unsigned long long)numbers[i]);
    }
    Retcode rc = core_task_set_start(child->task, &block, sizeof(block));
    return rc == rcOk ? core_task_resume(child->task) : rc;
}

Retcode child_serve(struct child *child, const char *class, const char *mode, uint32_t priority)
{
    Retcode rc = child_create(child, class, priority);
    if (rc != rcOk) {
        return rc;
    }
    rc = child_add_server(child);
    if (rc == rcOk) {
        uint64_t number = child->listener;
        rc = child_start(child, mode, 1, &number);
    }
    return rc;
}

int child_wait(struct child *child, uint64_t ms)
{
    int32_t status = 0;
    uint32_t faulted = 0;

    if (core_task_wait(child->task, ms, &status, &faulted) != rcOk) {
        return -2000;
    }
    return faulted ? -1000 : status;
}

void child_drop(struct child *child)
{
    if (child->task) {
        core_task_terminate(child->task);
        child_wait(child, CORE_FOREVER);
        core_close(child->task);
    }
    if (child->client) {
        core_close(child->client);
    }
    if (child->incoming) {
        core_close(child->incoming);
    }
    memset(child, 0, sizeof(*child));
}
