/*
 * kos_task.c: processes as KosTask (kos/task.h): an Entity with the parameters that belong to it.
 */
#include "core_call.h"
#include "entity.h"

#include <coresrv/task/task_api.h>
#include <kos/internal.h>
#include <kos/task.h>
#include <stdlib.h>
#include <string.h>
#include <tessera/start.h>

struct KosTask {
    char *name, *path; /* asked for, or null */
    char *eiid;        /* of info */
    EntityInfo info;
    Entity *entity; /* null before KosTaskSetup, and in `self` */
    struct entity_program program; /* of KosTaskLoadSegments; no segments: a file of the image */
};

static KosTask self; /* what KosTaskGetSelf returns */

/* ---- create ---- */

static void free_task(KosTask *task)
{
    free(task->name);
    free(task->path);
    free(task->eiid);
    free(task);
}

/* A copy of a text that may be null. Zero: no memory. */
static int copy_text(char **to, const char *from)
{
    *to = from ? strdup(from) : NULL;
    return !from || *to;
}

Retcode KosTaskCreate(const char *name, const char *path, KosTask **outTask)
{
    KosTask *task;

    if (!outTask) {
        return rcInvalidArgument;
    }
    task = calloc(1, sizeof(*task));
    if (!task) {
        return rcOutOfMemory;
    }
    if (!copy_text(&task->name, name) || !copy_text(&task->path, path)) {
        free_task(task);
        return rcOutOfMemory;
    }
    *outTask = task;
    return rcOk;
}

Retcode KosTaskLoadSegments(KosTask *task, rtl_size_t segCount, rtl_uintptr_t entry,
                            const VmSeg *segs)
{
    if (!task || task == &self || !segs || !segCount) {
        return rcInvalidArgument;
    }
    if (task->entity) {
        return rcInvalidOperation;
    }
    task->program = (struct entity_program){segCount, entry, segs};
    return rcOk;
}

/* Arguments and environment of a stopped process. */
static Retcode set_lists(Entity *entity, const KosTaskParams *params)
{
    Retcode rc = params->args ? EntitySetArgs(entity, params->args) : rcOk;

    return rc == rcOk && params->envs ? EntitySetEnv(entity, params->envs) : rc;
}

Retcode KosTaskSetup(KosTask *task, const KosTaskParams *params)
{
    Entity *entity;
    Retcode rc;

    if (!task || task == &self || !params || !params->eiid ||
        (params->endpointsCount && !params->endpoints)) {
        return rcInvalidArgument;
    }
    if (task->entity) {
        return rcInvalidOperation;
    }
    free(task->eiid); /* of an attempt that failed */
    if (!copy_text(&task->eiid, params->eiid)) {
        return rcOutOfMemory;
    }
    task->info.eiid = task->eiid;
    task->info.max_endpoints = params->endpointsCount;
    task->info.endpoints = params->endpoints;
    rc = entity_create(&task->info, task->name, task->path,
                       task->program.segs ? &task->program : NULL, &entity);
    if (rc != rcOk) {
        return rc;
    }
    rc = set_lists(entity, params);
    if (rc != rcOk) {
        EntityFree(entity);
        return rc;
    }
    task->entity = entity;
    task->program.segs = NULL;
    return rcOk;
}

/* program: segments null for a file of the image. */
static Retcode init(const KosTaskParams *params, const char *name, const char *path,
                    const struct entity_program *program, KosTask **outTask)
{
    KosTask *task;
    Retcode rc;

    if (!outTask) {
        return rcInvalidArgument;
    }
    rc = KosTaskCreate(name, path, &task);
    if (rc != rcOk) {
        return rc;
    }
    task->program = *program;
    rc = KosTaskSetup(task, params);
    if (rc != rcOk) {
        free_task(task);
        return rc;
    }
    *outTask = task;
    return rcOk;
}

Retcode KosTaskInitEx(const KosTaskParams *params, const char *name, const char *path,
                      KosTask **outTask)
{
    static const struct entity_program file;

    return init(params, name, path, &file, outTask);
}

Retcode KosTaskInitFromSegEx(const KosTaskParams *params, const char *name, const char *path,
                             rtl_size_t segCount, rtl_uintptr_t entry, const VmSeg *segs,
                             unsigned symIndex, rtl_size_t symSize, unsigned strIndex,
                             rtl_size_t strSize, const void *hdrData, rtl_size_t hdrSize,
                             KosTask **outTask)
{
    const struct entity_program program = {segCount, entry, segs};

    (void)symIndex, (void)symSize, (void)strIndex, (void)strSize, (void)hdrData, (void)hdrSize;
    return segs ? init(params, name, path, &program, outTask) : rcInvalidArgument;
}

Retcode KosTaskInitFromSeg(const KosTaskParams *params, rtl_size_t segCount, rtl_uintptr_t entry,
                           const VmSeg *segs, unsigned symIndex, rtl_size_t symSize,
                           unsigned strIndex, rtl_size_t strSize, const void *hdrData,
                           rtl_size_t hdrSize, KosTask **outTask)
{
    return KosTaskInitFromSegEx(params, RTL_NULL, RTL_NULL, segCount, entry, segs, symIndex,
                                symSize, strIndex, strSize, hdrData, hdrSize, outTask);
}

Retcode KosTaskInit(const KosTaskParams *params, KosTask **outTask)
{
    return KosTaskInitEx(params, RTL_NULL, RTL_NULL, outTask);
}

/* ---- connect, start, wait ---- */

static Entity *entity_of(const KosTask *task)
{
    return task ? task->entity : NULL;
}

Retcode KosTaskConnectToService(KosTask *client, KosTask *server, const char *name)
{
    return EntityConnectToService(entity_of(client), entity_of(server), name);
}

Retcode KosTaskConnect(KosTask *client, KosTask *server)
{
    return EntityConnect(entity_of(client), entity_of(server));
}

Retcode KosTaskRun(KosTask *task)
{
    return entity_of(task) ? EntityRun(task->entity) : rcInvalidArgument;
}

Retcode KosTaskLaunch(const KosTaskParams *params)
{
    KosTask *task;
    Retcode rc = KosTaskInit(params, &task);

    if (rc == rcOk) {
        rc = KosTaskRun(task);
        KosTaskPut(task);
    }
    return rc;
}

Retcode KosTaskWait(KosTask *task, rtl_uint32_t msec, rtl_int32_t *exitCode)
{
    unsigned status;
    Retcode rc;

    if (!entity_of(task)) {
        return rcInvalidArgument;
    }
    rc = EntityWait(task->entity, msec, &status);
    if (rc == rcOk && exitCode) {
        *exitCode = (rtl_int32_t)status;
    }
    return rc;
}

/* ---- end ---- */

Retcode KosTaskStop(KosTask *task)
{
    kl_core_Task_Terminate_req req = {.task = task ? KosTaskGetHandle(task) : INVALID_HANDLE};
    kl_core_Task_Terminate_res res;

    if (req.task == INVALID_HANDLE) {
        return rcInvalidArgument;
    }
    return CORE_CALL(task_Task, Task, Terminate, req, res);
}

void KosTaskPut(KosTask *task)
{
    if (!task || task == &self) {
        return;
    }
    EntityFree(task->entity);
    free_task(task);
}

/* ---- itself ---- */

KosTask *KosTaskGetSelf(void)
{
    return &self;
}

Handle KosTaskGetHandle(KosTask *task)
{
    if (task == &self) {
        return kn_start_info ? kn_start_info->self : INVALID_HANDLE;
    }
    return entity_of(task) ? task->entity->task : INVALID_HANDLE;
}

void KosTaskExit(rtl_int32_t status)
{
    KnTaskExit(status);
}
