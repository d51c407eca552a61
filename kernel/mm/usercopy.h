/*
 * mm/usercopy.h: every way in which the kernel reads or writes memory of programs.
 *
 * All of them check the range, commit lazily committed pages, and report anything else as a fault;
 * none trusts an address. Callers bound the length.
 */
#ifndef MM_USERCOPY_H
#define MM_USERCOPY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/aspace.h"

/* The address space of the running thread. False: some byte is not accessible. */
bool user_read(void *dst, uint64_t va, size_t n);
bool user_write(uint64_t va, const void *src, size_t n);

/* For messages whose two sides both lie in ordinary memory: no page is looked up or committed. False: some
 * byte is not there now, or never. They reach the address space that aspace_load loaded last, else the
 * running thread's. */
bool user_peek(void *dst, uint64_t va, size_t n);
bool user_poke(uint64_t va, const void *src, size_t n);
/* Loads an address space for them. Then comes a switch to a thread of it, or the running thread's own is
 * loaded again. */
void aspace_load(struct aspace *as);

/* Any address space, through the direct map. */
bool aspace_read(struct aspace *as, uint64_t va, void *buf, size_t n);
bool aspace_write(struct aspace *as, uint64_t va, const void *buf, size_t n);
/* True if all of the range can be accessed; lazily committed pages get their frames. */
bool aspace_probe(struct aspace *as, uint64_t va, size_t n, uint32_t access);

/* The same for a range of any length: stops with rcRestart where pages that cost *fresh first touches
 * have got their frames, and may be asked again. rcOk: all is there; *fresh is what is left.
 * rcInvalidArgument: not all of it can be accessed. */
Retcode aspace_touch(struct aspace *as, uint64_t va, size_t n, uint32_t access, unsigned *fresh);
#define FRESH_STEP 5u /* first touches of pages in one step */

/* Copies len bytes between two address spaces (which may be one; the ranges must not overlap).
 * rcSourceFault or rcTargetFault with *done bytes copied before it. rcRestart: the same, where *fresh
 * first touches of pages are used up. */
Retcode aspace_copy(struct aspace *dst, uint64_t dva, struct aspace *src, uint64_t sva, size_t len,
                    size_t *done, unsigned *fresh);

#endif
