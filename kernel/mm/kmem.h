/*
 * mm/kmem.h: memory of the kernel's objects.
 *
 * Small sizes come from slabs of one size class; above 2 KiB whole blocks of frames, at most
 * KMEM_MAX bytes. All O(1). What is charged is the size of the class or block, known from the size.
 */
#ifndef MM_KMEM_H
#define MM_KMEM_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "mm/account.h"

#define KMEM_MAX (1u << 20)

/* Zeroed memory, aligned to 16 bytes, to 64 if size is a multiple of 64, and to a page above 2 KiB. Null on failure with *why rcQuotaExceeded (the account), rcOutOfMemory (the machine) or
 * rcInvalidArgument (size zero or too large). */
void *kmem_alloc(struct account *a, size_t size, Retcode *why);
/* The same with contents undefined: for what is filled in steps. */
void *kmem_alloc_dirty(struct account *a, size_t size, Retcode *why);
/* size and account as given to kmem_alloc. Null is ignored. */
void kmem_free(struct account *a, void *p, size_t size);
/* Bytes handed out now, as charged. */
uint64_t kmem_used(void);
/* Gives empty slabs back (one a size class is kept otherwise), so that frames can be counted. For
 * tests: looks at every slab with room. */
void kmem_trim(void);

/* Fault injection: the n-th allocation from now (1 = the next) fails with rcOutOfMemory: frames,
 * page tables, kernel memory, accounts. Zero switches it off. */
void mm_fail_nth(uint64_t n);
/* Allocations still to come before the failure; 0 when it has happened or is off. */
uint64_t mm_fail_remaining(void);
/* What is to be called when it happens; null for nothing. It must not allocate. */
void mm_fail_tell(void (*tell)(void));
/* Allocations until the one that fails, zero for none. For allocators only. */
extern uint64_t mm_fail_in;
/* It has come; true. For allocators only. */
bool mm_fail_reached(void);
/* Counts one allocation; true if it is the one to fail. For allocators only. */
static inline bool mm_should_fail(void)
{
    return mm_fail_in != 0 && --mm_fail_in == 0 && mm_fail_reached();
}

#endif
