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
/* Ends the process. Does not run atexit functions: programs call exit(). */
void KnTaskExit(rtl_int32_t status) RTL_NORETURN;

__RTL_END_DECLS

#endif
