/*
 * mm/load.h: filling memory of an address space that does not run yet.
 */
#ifndef MM_LOAD_H
#define MM_LOAD_H

#include "mm/aspace.h"

/* Writes n bytes at va, inside one page of committed private memory, whatever its protection (at least
 * readable). rcInvalidArgument: not such memory. rcQuotaExceeded, rcOutOfMemory. */
Retcode aspace_load_page(struct aspace *as, uint64_t va, const void *bytes, size_t n);
/* Whether a program may execute at va. */
bool aspace_is_executable(const struct aspace *as, uint64_t va);

#endif
