/*
 * core/shortage.h: says on the console who is short of memory, and who uses most of it.
 */
#ifndef CORE_SHORTAGE_H
#define CORE_SHORTAGE_H

#include <rtl/retcode.h>

struct thread;

/* t's call of a kernel method ended with rc. If that means too little memory the console will say so,
 * at most once a second for a process. Works in steps: objects_settle(). */
void shortage_tell(struct thread *t, Retcode rc);

#endif
