/*
 * core/loading.h: programs that no file of the image holds.
 *
 * A process is created empty; its creator gives it segments, copied out of shared memory in steps, and
 * says where it begins. The creator reads the ELF file and moves its addresses: the kernel sees memory
 * with a protection, never both writable and executable, and charges it to the process. All of it
 * while the process is stopped: a segment can be filled though the process may not write it.
 */
#ifndef CORE_LOADING_H
#define CORE_LOADING_H

#include <stdint.h>

#include <rtl/retcode.h>

struct mdl;
struct process;

/* A segment on its way: what is still to copy, and where to. */
struct loading_segment {
    struct mdl *mdl; /* a reference of the caller's; null if size is zero */
    uint64_t offset, size; /* in mdl: on a page; any number of bytes */
    uint64_t va, memory_size;
    uint64_t done; /* bytes */
};

/* Makes the segment's memory, zeros. prot: enum mem_access, with ACCESS_READ.
 * rcInvalidOperation: not stopped, or not created empty. rcInvalidArgument: not on a page, empty, outside of
 * the programs' addresses or of the shared memory, more bytes than memory. rcSecurityDisallow: writable
 * and executable. rcAlreadyExists: there is something. rcQuotaExceeded, rcOutOfMemory. */
Retcode loading_begin(struct process *p, const struct loading_segment *s, uint32_t prot);
/* Copies a few pages. rcRestart: call again. rcOk: done. rcInvalidOperation: not stopped any more.
 * rcQuotaExceeded, rcOutOfMemory: the caller frees the segment's memory. */
Retcode loading_step(struct process *p, struct loading_segment *s);

/* rcInvalidOperation: not stopped, or not created empty. rcInvalidArgument: entry not in memory that can be
 * executed, base or program headers no addresses of programs. rcOutOfMemory. */
Retcode loading_set_entry(struct process *p, uint64_t entry, uint64_t base, uint64_t phdr,
                          uint32_t phnum);

#endif
