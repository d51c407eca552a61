/*
 * mm/fault.h: giving a page its frame. Private to kernel/mm.
 */
#ifndef MM_FAULT_H
#define MM_FAULT_H

#include <stdbool.h>
#include <stdint.h>

struct aspace;
struct region;

/* Maps the page at va, which has none, as its committed region says. False: no memory. */
bool fault_fill_page(struct aspace *as, const struct region *r, uint64_t va);

/* What the first touch of a page costs, in first touches of one that is only cleared: the program's data
 * is copied, too, and its addresses put right. */
#define FAULT_COST_MAX 6u
unsigned aspace_fault_cost(const struct aspace *as, uint64_t va);

#endif
