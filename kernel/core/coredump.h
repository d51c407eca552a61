/*
 * core/coredump.h: core dumps on request (tessera/coredump.h).
 */
#ifndef CORE_COREDUMP_H
#define CORE_COREDUMP_H

#include <stdbool.h>
#include <stdint.h>

struct fault;
struct thread;

/* Once, at boot: whether faults are to be dumped; needs the debug port. */
void coredump_init(bool is_wanted);
/* t faulted and its process is ending, t being the one that goes on with that. Sends the process in
 * steps, with t's continuation, then goes on with the end. False: no dump is wanted, nothing was
 * done. */
bool coredump_begin(struct thread *t);
/* The same for a process that ended itself: if its status is that of a signal which leaves a core file
 * (abort's, for one). */
bool coredump_begin_exit(struct thread *t, int32_t status);
/* What the dump will say of the fault. */
void coredump_note(struct thread *t, const struct fault *f);

#endif
