/*
 * coresrv/hal/hal_api.h: the machine.
 */
#ifndef CORESRV_HAL_HAL_API_H
#define CORESRV_HAL_HAL_API_H

#include <kos/base.h>

__RTL_BEGIN_DECLS

/* The value of a word name=value of the kernel's command line, cut to fit (and rcBufferTooSmall
 * then). rcResourceNotFound: there is no such word. */
Retcode KnHalGetEnv(const char *name, char *value, rtl_size_t size);

/* Writes to the console. */
Retcode KnHalDebugWrite(const char *text, rtl_size_t size);

/* Ends the run: powers the machine off; an emulator sees the status of a success. */
Retcode KnHalResetSystem(void);

/* Random bytes from the kernel's pool. */
Retcode KnHalGetEntropy(void *buf, rtl_size_t size);

__RTL_END_DECLS

#endif
