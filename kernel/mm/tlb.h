/*
 * mm/tlb.h: what all CPUs must forget before frames are used for something else.
 *
 * Whoever takes pages away or lowers their protection notes each (tlb_forget) and gives frames back
 * with tlb_free; before it returns, tlb_finish has the other CPUs that have the address space loaded
 * forget them all at once, and only when they have answered are the frames free. On one CPU, or when
 * no other has it loaded, nothing is kept.
 */
#ifndef MM_TLB_H
#define MM_TLB_H

#include <stdint.h>

#include "mm/aspace.h"

/* The page at va was unmapped, or allows less than before. */
void tlb_forget(struct aspace *as, uint64_t va);
/* A frame that the address space showed, or one of its page tables, is free when all have forgotten. */
void tlb_free(struct aspace *as, paddr frame);
/* Ends what the two began. */
void tlb_finish(struct aspace *as);

#endif
