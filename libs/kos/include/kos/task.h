/*
 * kos/task.h: making, connecting, starting and ending processes: the newer form of
 * coresrv/entity/entity_api.h, with the parameters in one structure and the result as a return
 * code.
 *
 * A KosTask is what this process knows of another one; one thread at a time uses it.
 */
#ifndef KOS_TASK_H
#define KOS_TASK_H

#include <coresrv/elf/elf_api.h>
#include <kos/base.h>
#include <services/handle/if_connection.h>

__RTL_BEGIN_DECLS

typedef struct KosTask KosTask;

typedef enum {
    KOS_TASK_FLAGS_NONE = 0,
    KOS_TASK_FLAG_DUMPABLE = 1, /* accepted; every fault is reported anyway */
} KosTaskFlags;

typedef struct KosTaskParams {
    const char *eiid;              /* process class */
    nk_iid_t endpointsCount;       /* rows of the next; zero: no endpoints */
    const EndpointInfo *endpoints; /* must stay as it is while the KosTask exists; may be null */
    const char **args;             /* after argv[0]; a null pointer ends them; may be null */
    const char **envs;             /* "NAME=value"; a null pointer ends them; may be null */
    KosTaskFlags flags;
    const struct nk_component_node *componentTree; /* not used */
} KosTaskParams;

/*
 * A stopped process. name, path: null means the class's name. The texts are copied. *outTask is for
 * KosTaskPut; it is set on success alone. rcInvalidArgument: params, its eiid or outTask is null,
 * or a name is longer than 1023 bytes; rcAlreadyExists, rcResourceNotFound (no such file),
 * rcOutOfMemory, rcQuotaExceeded, rcSecurityDisallow and others of the kernel: the reason is on the
 * console too.
 */
Retcode KosTaskInitEx(const KosTaskParams *params, const char *name, const char *path,
                      KosTask **outTask);
Retcode KosTaskInit(const KosTaskParams *params, KosTask **outTask);

/* The same in two steps: KosTaskCreate takes the names (null: the class's, later), KosTaskSetup the
 * parameters, once; a second time is rcInvalidOperation. Between them the task can only be put. */
Retcode KosTaskCreate(const char *name, const char *path, KosTask **outTask);
Retcode KosTaskSetup(KosTask *task, const KosTaskParams *params);

/* The same of a program in memory (coresrv/elf/elf_api.h), which can be freed then; path is a name alone, for
 * argv[0]. What says where headers and symbols are is not looked at: the segments carry their headers.
 * rcInvalidArgument also: no segments, an entry that is not in executable memory, or a segment outside of
 * the programs' addresses; rcAlreadyExists: segments overlap, or meet the new stack; rcSecurityDisallow:
 * one is writable and executable. */
Retcode KosTaskInitFromSegEx(const KosTaskParams *params, const char *name, const char *path,
                             rtl_size_t segCount, rtl_uintptr_t entry, const VmSeg *segs,
                             unsigned symIndex, rtl_size_t symSize, unsigned strIndex,
                             rtl_size_t strSize, const void *hdrData, rtl_size_t hdrSize,
                             KosTask **outTask);
Retcode KosTaskInitFromSeg(const KosTaskParams *params, rtl_size_t segCount, rtl_uintptr_t entry,
                           const VmSeg *segs, unsigned symIndex, rtl_size_t symSize,
                           unsigned strIndex, rtl_size_t strSize, const void *hdrData,
                           rtl_size_t hdrSize, KosTask **outTask);
/* For a task between KosTaskCreate and KosTaskSetup: the program that KosTaskSetup will use, in place of a
 * file. The segments must stay until then. rcInvalidOperation: it is set up. */
Retcode KosTaskLoadSegments(KosTask *task, rtl_size_t segCount, rtl_uintptr_t entry,
                            const VmSeg *segs);

/* A channel; both processes must be stopped. name: the connection id; KosTaskConnect takes the
 * server's process name. rcInvalidArgument: null, or one of them runs; rcAlreadyExists: the client
 * has a channel of that name. */
Retcode KosTaskConnectToService(KosTask *client, KosTask *server, const char *name);
Retcode KosTaskConnect(KosTask *client, KosTask *server);

/* Starts the process. rcInvalidOperation: it runs; rcBufferTooLarge: arguments, environment and
 * channels exceed 64 KiB. */
Retcode KosTaskRun(KosTask *task);
/* Makes and starts a process that nobody here needs to know any more. */
Retcode KosTaskLaunch(const KosTaskParams *params);

/* Waits for the end, at most so many milliseconds (INFINITE_TIMEOUT). rcOk, and *exitCode if not
 * null; rcTimeout; rcFail: it ended by a fault. */
Retcode KosTaskWait(KosTask *task, rtl_uint32_t msec, rtl_int32_t *exitCode);
/* Ends the process, whatever it does. rcInvalidOperation: it has ended; rcSecurityDisallow: the
 * calling process, which has KosTaskExit. */
Retcode KosTaskStop(KosTask *task);
/* Forgets the process, which goes on; one that was never started is ended. Null is allowed; the
 * calling process's own is left alone. */
void KosTaskPut(KosTask *task);

/* The calling process, for KosTaskGetHandle; KosTaskPut leaves it alone. */
KosTask *KosTaskGetSelf(void);
/* The process's handle, which stays the KosTask's; INVALID_HANDLE before KosTaskSetup. */
Handle KosTaskGetHandle(KosTask *task);
/* Ends the calling process without atexit functions. */
void KosTaskExit(rtl_int32_t status) RTL_NORETURN;

__RTL_END_DECLS

#endif
