/*
 * coresrv/task/task_api.h: the calling process.
 */
#ifndef CORESRV_TASK_TASK_API_H
#define CORESRV_TASK_TASK_API_H

#include <kos/base.h>

__RTL_BEGIN_DECLS

/* The name of this process; rcBufferTooSmall if it does not fit with its terminator. */
Retcode KnTaskGetName(char *name, rtl_size_t size);
/* The ROMFS file that this process was loaded from; errors as above. */
Retcode KnTaskGetPath(char *path, rtl_size_t size);
/* Decides where memory of a process that has not started will lie when its place is not named; else
 * random numbers of the kernel do. Needs the right to control the process. rcInvalidArgument,
 * rcSecurityDisallow; rcInvalidOperation: it was started. */
Retcode KnTaskReseedAslr(Handle task, rtl_uint64_t seed);
/* Ends the process. Does not run atexit functions: programs call exit(). */
void KnTaskExit(rtl_int32_t status) RTL_NORETURN;

__RTL_END_DECLS

#endif
