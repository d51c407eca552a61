/*
 * mm/region.h: the regions of one address space in a balanced tree. Private to kernel/mm.
 *
 * An AVL tree by address. Every node knows the gap of free addresses below it and the largest gap of
 * its subtree, so a place for a new region is found in O(log n). An empty region at USER_TOP, always
 * present, stands for the end, so that every gap belongs to some node.
 */
#ifndef MM_REGION_H
#define MM_REGION_H

#include <stdbool.h>
#include <stdint.h>

#include "mm/aspace.h"

#define REGION_COST 4u /* pages that one counts as much as where a step ends some */
#include "mm/shared.h"

enum region_kind {
    REGION_MEMORY,   /* zeroed pages */
    REGION_IMAGE,    /* frames of the image, in place */
    REGION_PRIVATE,  /* pages that start as copies of the image's */
    REGION_SHARED,   /* pages of shared memory: mm/shared.h */
    REGION_END,      /* the marker at USER_TOP */
};

struct region {
    struct region *left, *right, *parent;
    uint64_t low, high; /* addresses taken, guards included */
    uint64_t gap;       /* free bytes below low, down to the next region or USER_LOW */
    uint64_t max_gap;   /* in the subtree */
    paddr source;         /* image kinds: frame behind the first usable page; shared: offset of it */
    uint64_t source_size; /* REGION_PRIVATE: bytes that are copied; the rest is zero */
    uint8_t height;
    uint8_t kind; /* enum region_kind */
    uint8_t prot; /* enum mem_access */
    bool is_committed;
    bool is_tentative; /* committed by an operation that may be undone */
    bool has_low_guard, has_high_guard;
    bool is_dying; /* being freed in steps: counts as not there, its addresses are still taken */
    struct vm_mapping *mapping; /* REGION_SHARED: what it is a part of; else null */
    struct list of_mapping;     /* of mapping->regions */
};

/* Nothing can be touched in it any more. */
static inline bool region_is_gone(const struct region *r)
{
    return r->is_dying || (r->mapping && r->mapping->is_revoked);
}

/* Whether a committed region's pages are charged to its address space. */
static inline bool region_is_charged(const struct region *r)
{
    return r->is_committed && r->kind != REGION_IMAGE && r->kind != REGION_SHARED;
}

static inline uint64_t region_start(const struct region *r)
{
    return r->low + (r->has_low_guard ? PAGE_SIZE : 0);
}

static inline uint64_t region_end(const struct region *r)
{
    return r->high - (r->has_high_guard ? PAGE_SIZE : 0);
}

/* The region that holds va (guards included), or null. */
struct region *region_at(const struct aspace *as, uint64_t va);
/* The first region that ends above va: never null for va < USER_TOP; may be the end marker. */
struct region *region_from(const struct aspace *as, uint64_t va);
struct region *region_next(struct region *r);
struct region *region_previous(struct region *r);
/* The region above the highest free range of size bytes, or null. */
struct region *region_find_gap(const struct aspace *as, uint64_t size);
/* The same for ranges that end at or below `top`; the region may lie above `top`: then the range
 * ends there. */
struct region *region_find_gap_below(const struct aspace *as, uint64_t top, uint64_t size);
/* Inserts a region whose addresses are free. */
void region_insert(struct aspace *as, struct region *r);
/* The same, directly below `above`: r->high == above->low. */
void region_insert_below(struct aspace *as, struct region *r, struct region *above);
void region_remove(struct aspace *as, struct region *r);
/* Divides r at va, a page boundary strictly between its usable ends; `upper` is filled and inserted
 * as the upper part. */
void region_split(struct aspace *as, struct region *r, uint64_t va, struct region *upper);
/* Joins r with its lower neighbour if they touch and are alike; returns the region that is left,
 * and in *spare the one to free, or null. */
struct region *region_merge(struct aspace *as, struct region *r, struct region **spare);

#endif
