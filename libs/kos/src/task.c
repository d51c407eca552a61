/*
 * task.c: the calling process, the handles of others (coresrv/task/task_api.h).
 */
#include "core_call.h"

#include <coresrv/task/task_api.h>
#include <kos/internal.h>

void KnTaskExitRaw(int status)
{
    kl_core_Task_Exit_req req = {.status = status};
    kl_core_Task_Exit_res res;

    for (;;) {
        (void)CORE_CALL(task_Task, Task, Exit, req, res);
        __builtin_trap(); /* refused by the policy: the fault ends the process */
    }
}

void KnTaskExit(rtl_int32_t status)
{
    KnTaskExitRaw(status);
}

Retcode KnTaskReseedAslr(Handle task, rtl_uint64_t seed)
{
    kl_core_Task_ReseedAslr_req req = {.task = task, .seed = seed};
    kl_core_Task_ReseedAslr_res res;

    return CORE_CALL(task_Task, Task, ReseedAslr, req, res);
}

Retcode KnTaskSetPriorityCeiling(Handle task, rtl_uint32_t priority)
{
    kl_core_Task_SetPriorityCeiling_req req = {.task = task, .priority = priority};
    kl_core_Task_SetPriorityCeiling_res res;

    return CORE_CALL(task_Task, Task, SetPriorityCeiling, req, res);
}

Retcode KnTaskGetName(char *name, rtl_size_t size)
{
    kl_core_Task_GetName_req req = {0};
    kl_core_Task_GetName_res res;
    char answer[kl_core_Task_GetName_res_arena_size];
    struct core_arenas arenas = {.out = answer, .out_capacity = sizeof(answer)};
    Retcode rc = CORE_CALL_LONG(task_Task, Task, GetName, req, res, &arenas);

    return rc == rcOk ? core_copy_text(&arenas, &res.name, name, size) : rc;
}

Retcode KnTaskGetPath(char *path, rtl_size_t size)
{
    kl_core_Task_GetPath_req req = {0};
    kl_core_Task_GetPath_res res;
    char answer[kl_core_Task_GetPath_res_arena_size];
    struct core_arenas arenas = {.out = answer, .out_capacity = sizeof(answer)};
    Retcode rc = CORE_CALL_LONG(task_Task, Task, GetPath, req, res, &arenas);

    return rc == rcOk ? core_copy_text(&arenas, &res.path, path, size) : rc;
}

#define SLOT_MASK 0xfffffu

static Retcode next_handle(Handle task, rtl_uint32_t index, KnHandleInfo *info)
{
    kl_core_Task_NextHandle_req req = {.task = task, .index = index};
    kl_core_Task_NextHandle_res res;
    Retcode rc = CORE_CALL(task_Task, Task, NextHandle, req, res);

    if (rc == rcOk) {
        *info = (KnHandleInfo){
            .id = res.id,
            .parent = res.parent,
            .sid = res.sid,
            .handle = res.handle,
            .rights = res.rights,
            .kind = (enum handle_kind)(res.kind & HANDLE_KIND_MASK),
            .generation = res.kind >> HANDLE_GENERATION_SHIFT,
        };
    }
    return rc;
}

Retcode KnTaskListHandles(Handle task, rtl_uint32_t *cursor, KnHandleInfo *infos, rtl_size_t max,
                          rtl_size_t *count)
{
    rtl_uint32_t index;
    rtl_size_t n = 0;
    Retcode rc = rcOk;

    if (!cursor || !infos || !count || !max) {
        return rcInvalidArgument;
    }
    for (index = *cursor; n < max && rc == rcOk; n += rc == rcOk) {
        rc = next_handle(task, index, &infos[n]);
        if (rc == rcOk) {
            index = (infos[n].handle & SLOT_MASK) + 1;
        }
    }
    if (rc != rcOk && rc != rcResourceNotFound) {
        return rc;
    }
    *cursor = index;
    *count = n;
    return rcOk;
}
