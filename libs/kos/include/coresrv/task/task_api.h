/*
 * coresrv/task/task_api.h: the calling process; the handles of others.
 */
#ifndef CORESRV_TASK_TASK_API_H
#define CORESRV_TASK_TASK_API_H

#include <kos/base.h>
#include <tessera/handle_info.h>

__RTL_BEGIN_DECLS

/* The name of this process; rcBufferTooSmall if it does not fit with its terminator. */
Retcode KnTaskGetName(char *name, rtl_size_t size);
/* The ROMFS file that this process was loaded from; errors as above. */
Retcode KnTaskGetPath(char *path, rtl_size_t size);
/* Decides where memory of a process that has not started will lie when its place is not named; else
 * random numbers of the kernel do. Needs the right to control the process. rcInvalidArgument,
 * rcSecurityDisallow; rcInvalidOperation: it was started. */
Retcode KnTaskReseedAslr(Handle task, rtl_uint64_t seed);
/* The highest priority (0..31) that a thread of a process that has not started can have; so for all
 * processes that it creates. It can be lent more. Needs the right to control the process.
 * rcInvalidArgument; rcSecurityDisallow: above the caller's own ceiling; rcInvalidOperation: it was
 * started. */
Retcode KnTaskSetPriorityCeiling(Handle task, rtl_uint32_t priority);
/* Ends the process. Does not run atexit functions: programs call exit(). */
void KnTaskExit(rtl_int32_t status) RTL_NORETURN;

/* A handle of some process, and its place in the inheritance tree. */
typedef struct KnHandleInfo {
    rtl_uint64_t id;         /* of this handle alone, never given again */
    rtl_uint64_t parent;     /* id of the handle it was derived from, in whatever process; zero: a root */
    nk_sid_t sid;            /* of the resource; zero for a revoked handle */
    Handle handle;           /* its number there */
    rtl_uint32_t rights;
    enum handle_kind kind;
    rtl_uint32_t generation; /* number of its ancestors, at most HANDLE_GENERATION_MAX */
} KnHandleInfo;

/*
 * Lists handles of a process (OCAP_TASK_DEBUG): at most `max` into infos[], *count of them. *cursor is
 * zero for the first call and then as the previous one left it; *count is smaller than `max` when
 * there are no more. Handles that come and go meanwhile may be listed or not. A process that is dying has what it has
 * not closed yet, a dead one has none. On failure *cursor and *count are as they were.
 */
Retcode KnTaskListHandles(Handle task, rtl_uint32_t *cursor, KnHandleInfo *infos, rtl_size_t max,
                          rtl_size_t *count);

__RTL_END_DECLS

#endif
