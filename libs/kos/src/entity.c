/*
 * entity.c: making, connecting and starting processes (coresrv/entity/entity_api.h).
 *
 * Channels are made in the kernel at once; names, arguments and environment are kept here until
 * EntityRun writes them into the new process's block (entity_block.c).
 */
#include "entity.h"
#include "core_call.h"
#include "elf_image.h"
#include "line.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/task/task_api.h>
#include <kos/internal.h>
#include <rtl/retcode_hr.h>
#include <stdlib.h>
#include <string.h>
#include <tessera/flags.h>

#define PRIORITY_NORMAL 15 /* of a new process */

/* ---- create ---- */

static void complain_create(const char *name, const char *path, const char *eiid, Retcode rc)
{
    struct line line;

    line_begin(&line);
    line_add(&line, "cannot create process ");
    line_add(&line, name);
    line_add(&line, " of class ");
    line_add(&line, eiid);
    line_add(&line, " from file ");
    line_add_quoted(&line, path);
    line_add(&line, ": ");
    line_add(&line, RtlRetcodeName(rc));
    line_end(&line);
}

/* Appends a string with its terminator to a request's arena. */
static int put_text(char *arena, size_t *used, size_t capacity, nk_ptr_t *desc, const char *text)
{
    size_t size = strlen(text) + 1;

    if (size > kl_core_Types_UCoreStringSize || size > capacity - *used) {
        return 0;
    }
    memcpy(arena + *used, text, size);
    desc->offset = (nk_uint32_t)*used;
    desc->size = (nk_uint32_t)size;
    *used += size;
    return 1;
}

static Retcode create_task(const EntityInfo *info, const char *name, const char *path,
                           rtl_uint32_t flags, Handle *task)
{
    kl_core_Task_Create_req req = {
        .stackSize = 0,
        .priority = PRIORITY_NORMAL,
        .flags = flags,
        .memory = info->memory,
    };
    kl_core_Task_Create_res res;
    char arena[kl_core_Task_Create_req_arena_size];
    struct core_arenas arenas = {.in = arena};
    Retcode rc;

    if (!put_text(arena, &arenas.in_size, sizeof(arena), &req.name, name) ||
        !put_text(arena, &arenas.in_size, sizeof(arena), &req.eiid, info->eiid) ||
        !put_text(arena, &arenas.in_size, sizeof(arena), &req.path, path)) {
        return rcInvalidArgument;
    }
    rc = CORE_CALL_LONG(task_Task, Task, Create, req, res, &arenas);
    if (rc == rcOk) {
        *task = res.child;
    }
    return rc;
}

static int copy_names(Entity *entity, const char *name, const char *path)
{
    entity->name = strdup(name);
    entity->path = strdup(path);
    return entity->name && entity->path;
}

/* A process that cannot be given its program ends at once. */
static Retcode create_program(const EntityInfo *info, const char *name, const char *path,
                              const struct entity_program *program, Handle *task)
{
    kl_core_Task_Terminate_req req = {0};
    kl_core_Task_Terminate_res res;
    Retcode rc = create_task(info, name, path, program ? KN_TASK_EMPTY : 0, task);

    if (rc != rcOk || (!program && !info->max_priority)) {
        return rc;
    }
    if (info->max_priority) {
        rc = KnTaskSetPriorityCeiling(*task, info->max_priority);
    }
    if (rc == rcOk && program) {
        rc = elf_load(*task, program->count, program->entry, program->segs);
    }
    if (rc != rcOk) {
        req.task = *task;
        (void)CORE_CALL(task_Task, Task, Terminate, req, res);
        KnHandleClose(*task);
    }
    return rc;
}

Retcode entity_create(const EntityInfo *info, const char *name, const char *path,
                      const struct entity_program *program, Entity **out)
{
    Entity *entity;
    Retcode rc = rcOutOfMemory;

    name = name ? name : info->eiid;
    path = path ? path : info->eiid;
    entity = calloc(1, sizeof(*entity));
    if (entity) {
        entity->info = info;
        if (copy_names(entity, name, path) && entity_copy_info(entity)) {
            rc = create_program(info, name, path, program, &entity->task);
        }
    }
    if (rc != rcOk) {
        complain_create(name, path, info->eiid, rc);
        entity_free_memory(entity);
        return rc;
    }
    *out = entity;
    return rcOk;
}

Entity *EntityInitEx(const EntityInfo *info, const char *name, const char *path)
{
    Entity *entity;

    if (!info || !info->eiid || entity_create(info, name, path, NULL, &entity) != rcOk) {
        return RTL_NULL;
    }
    return entity;
}

/* The segments carry their headers; the kernel names functions of the image's files alone. */
Entity *EntityInitFromSegEx(const EntityInfo *info, const char *name, const char *path,
                            rtl_size_t segCount, rtl_uintptr_t entry, const VmSeg *segs,
                            unsigned symIndex, rtl_size_t symSize, unsigned strIndex,
                            rtl_size_t strSize, const void *hdrData, rtl_size_t hdrSize)
{
    const struct entity_program program = {segCount, entry, segs};
    Entity *entity;

    (void)symIndex, (void)symSize, (void)strIndex, (void)strSize, (void)hdrData, (void)hdrSize;
    if (!info || !info->eiid || entity_create(info, name, path, &program, &entity) != rcOk) {
        return RTL_NULL;
    }
    return entity;
}

Entity *EntityInit(const EntityInfo *info)
{
    return EntityInitEx(info, RTL_NULL, RTL_NULL);
}

/* ---- describe ---- */

Retcode EntitySetArgs(Entity *entity, const char **args)
{
    if (entity->is_running) {
        return rcInvalidOperation;
    }
    return strings_copy(&entity->args, args, SIZE_MAX) ? rcOk : rcOutOfMemory;
}

Retcode EntitySetEnv(Entity *entity, const char **envs)
{
    if (entity->is_running) {
        return rcInvalidOperation;
    }
    return strings_copy(&entity->envs, envs, SIZE_MAX) ? rcOk : rcOutOfMemory;
}

Retcode EntityConnectToService(Entity *client, Entity *server, const char *name)
{
    struct entity_channel *at_client, *at_server;
    Handle listener;
    Retcode rc;

    if (!client || !server || !name || client->is_running || server->is_running) {
        return rcInvalidArgument;
    }
    if (entity_find_channel(client, name, 0)) {
        return rcAlreadyExists;
    }
    at_client = entity_add_channel(client, name, server, 0);
    at_server = entity_add_channel(server, name, client, 1);
    if (!at_client || !at_server) {
        rc = rcOutOfMemory;
    } else {
        struct entity_channel *first = entity_find_channel(server, name, 1);

        listener = first ? first->handle : INVALID_HANDLE;
        rc = KnHandleConnectEx(server->task, client->task, listener, &at_server->handle, NULL,
                               &at_client->handle);
    }
    if (rc != rcOk) {
        entity_drop_channel(client, at_client);
        entity_drop_channel(server, at_server);
    }
    return rc;
}

Retcode EntityConnect(Entity *client, Entity *server)
{
    return server ? EntityConnectToService(client, server, server->name) : rcInvalidArgument;
}

/* ---- start, wait, forget ---- */

static Retcode set_start(Handle task, const void *block, size_t size)
{
    kl_core_Task_SetStart_req req = {.task = task, .block = {0, (nk_uint32_t)size}};
    kl_core_Task_SetStart_res res;
    struct core_arenas arenas = {.in = block, .in_size = size};

    return CORE_CALL_LONG(task_Task, Task, SetStart, req, res, &arenas);
}

Retcode EntityRun(Entity *entity)
{
    kl_core_Task_Resume_req req = {.task = entity->task};
    kl_core_Task_Resume_res res;
    void *block;
    size_t size;
    Retcode rc;

    if (entity->is_running) {
        return rcInvalidOperation;
    }
    rc = entity_build_block(entity, &block, &size);
    if (rc == rcOk) {
        rc = set_start(entity->task, block, size);
        free(block);
    }
    if (rc == rcOk) {
        rc = CORE_CALL(task_Task, Task, Resume, req, res);
    }
    entity->is_running = rc == rcOk;
    return rc;
}

Retcode EntityWait(Entity *entity, rtl_uint32_t msec, unsigned *exitCode)
{
    kl_core_Task_Wait_req req = {.task = entity->task};
    kl_core_Task_Wait_res res;
    Retcode rc;

    req.delay = msec == INFINITE_TIMEOUT ? KN_INFINITE : msec;
    rc = CORE_CALL(task_Task, Task, Wait, req, res);
    if (rc != rcOk) {
        return rc;
    }
    if (exitCode) {
        *exitCode = (unsigned)res.status;
    }
    return res.faulted ? rcFail : rcOk;
}

void EntityFree(Entity *entity)
{
    kl_core_Task_Terminate_req req = {0};
    kl_core_Task_Terminate_res res;

    if (!entity) {
        return;
    }
    if (!entity->is_running) {
        req.task = entity->task;
        (void)CORE_CALL(task_Task, Task, Terminate, req, res);
    }
    KnHandleClose(entity->task);
    entity_free_memory(entity);
}
