/*
 * coresrv/thread/thread_api.h: sleeping. Threads are made by kos/thread.h.
 */
#ifndef CORESRV_THREAD_THREAD_API_H
#define CORESRV_THREAD_THREAD_API_H

#include <kos/base.h>

__RTL_BEGIN_DECLS

/* Sleeps for so many milliseconds; zero yields. */
Retcode KnSleep(rtl_uint32_t mdelay);

__RTL_END_DECLS

#endif
