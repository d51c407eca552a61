/*
 * service/thread_control.h: what the two files of kl.core.Thread share.
 */
#ifndef SERVICE_THREAD_CONTROL_H
#define SERVICE_THREAD_CONTROL_H

#include <stdint.h>

struct kcall;
struct thread;

/* A thread of the caller's process, else null. */
struct thread *thread_own(const struct kcall *call, uint32_t tid);

#endif
