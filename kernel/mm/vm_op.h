/*
 * mm/vm_op.h: parts of range operations that teardown shares. Private to kernel/mm.
 */
#ifndef MM_VM_OP_H
#define MM_VM_OP_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/aspace.h"

struct region;

/* Unmaps the pages of [*cursor, end), at most as many as *budget, which it lowers; false if it ran
 * out, with *cursor where to go on. Frames that are not the image's are freed. */
bool vm_unmap_range(struct aspace *as, uint64_t *cursor, uint64_t end, unsigned *budget);
/* Divides the regions at the two ends of a range, where they do not end there. rcQuotaExceeded,
 * rcOutOfMemory: nothing has changed. */
Retcode vm_split_ends(struct aspace *as, uint64_t va, uint64_t end);
/* Removes a region without pages from the tree, gives its charge back and frees it. */
void vm_drop_region(struct aspace *as, struct region *r);

#endif
