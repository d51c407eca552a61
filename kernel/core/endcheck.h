/*
 * core/endcheck.h: whether a run left everything as it found it, for tests (endcheck=1 on the kernel's
 * command line; with it fail=N lets the N-th allocation fail, endafter=N ends the run so many milliseconds
 * after that, whatever is under way, and panicafter=N ends it in a panic: with panic=all on all CPUs at
 * once).
 */
#ifndef CORE_ENDCHECK_H
#define CORE_ENDCHECK_H

#include <stdbool.h>
#include <stdint.h>

#include "core/timer.h"

/* Before the first program: counts what the kernel holds, and arms the failure. Off without test=1. */
void endcheck_begin(void);
/* The run is to end with this status. False: it may. True: what still lives is being ended; then, with
 * nothing left to do on any CPU, this is called again and does not return. */
bool endcheck_holds(int status);
/* Whether this timer, which has expired, is the end of the run and no thread's. */
bool endcheck_owns(const struct timer *t);
/* What is to be done then. in_window: in the middle of a step of whoever runs; then it is put off. */
void endcheck_expired(uint64_t now, bool in_window);

#endif
