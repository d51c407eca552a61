/*
 * mm/shared.h: memory that several address spaces show, and one showing of it.
 *
 * Frames hang in a table of 512-ary nodes, at most three deep, and are made, zeroed, when they are first
 * touched. Frames and table are charged whole when the memory is made, so a touch fails only when the
 * machine has none left.
 *
 * A mapping is one showing: the regions of one address space that came from one request. Programs
 * may divide it (protect or free a part); it lasts until its last region goes. Frames never belong to
 * the page tables that show them.
 */
#ifndef MM_SHARED_H
#define MM_SHARED_H

#include <stdbool.h>
#include <stdint.h>

#include "core/list.h"
#include "mm/aspace.h"

#define SHARED_PAGES_MAX (1ull << 27) /* 512 GiB */

#define SHARED_TABLE_BYTES (PAGE_SIZE << 9) /* what one table of the lowest level covers */

struct shared {
    struct account *account; /* reference held */
    uint64_t id; /* odd, never given twice */
    uint64_t pages;
    uint64_t charge; /* bytes */
    paddr root;      /* depth 0: the only frame; else a table */
    unsigned depth;
    uint64_t cursor; /* of teardown: pages before it are gone */
};

#define VM_REGION_WORDS 14u /* room for a struct region */

struct vm_mapping {
    struct aspace *as;
    struct shared *memory;
    struct list regions;
    uint64_t cursor;   /* of vm_mapping_unmap_step in the first region */
    uint8_t max_prot;  /* enum mem_access: what Protect may give */
    bool is_revoked;   /* nothing is shown any more, unmapping is under way */
    bool is_filled;    /* VM_FILL showed every page */
    void (*release)(struct vm_mapping *); /* its last region went */
    uint64_t first[VM_REGION_WORDS];      /* the region that the request made; not zeroed */
};

/* Charges the memory; takes no frame. rcQuotaExceeded. */
Retcode shared_init(struct shared *s, struct account *account, uint64_t pages);
/* The frame of a page, 0 if there is none yet. */
paddr shared_find(const struct shared *s, uint64_t page);
/* The same; makes it, zeroed. 0: no frame left. */
paddr shared_frame(struct shared *s, uint64_t page);
/* Makes the tables above a page, so that shared_adopt of it cannot fail; false: no frame left. */
bool shared_prepare(struct shared *s, uint64_t page);
/* Gives a frame to a page that has none, after shared_prepare; false if it has one. */
bool shared_adopt(struct shared *s, uint64_t page, paddr frame);
/* Frees at most max_pages frames; true when all are gone and nothing is charged. */
bool shared_teardown_step(struct shared *s, unsigned max_pages);

/* Shows [offset, offset + size) of m->memory (page multiples, inside it) in m->as, as aspace_allocate
 * with its flags; m's other fields but the list are set. Pages come when they are touched, or at once with
 * VM_FILL where that is cheap: m->is_filled then. */
Retcode aspace_map_shared(struct vm_mapping *m, uint64_t hint, uint64_t offset, uint64_t size,
                          uint32_t flags, uint64_t *out);
/* Unmaps at most *budget pages of m, which it lowers; true when nothing is left and m was released. No
 * page of m can be touched again from the first step on. */
bool vm_mapping_unmap_step(struct vm_mapping *m, uint32_t *budget);

/* Makes private committed memory of m->as at va (pages of one region) a mapping of m->memory, which is
 * as large and has its tables prepared. The pages keep their contents: they move with
 * aspace_share_step. rcInvalidArgument: not such memory. rcOutOfMemory, rcQuotaExceeded. */
Retcode aspace_share_start(struct vm_mapping *m, uint64_t va);
/* Moves the pages of [*cursor, end) that are still private to the memory whose page 0 is at va; at
 * most VM_STEP_PAGES. True when done. */
bool aspace_share_step(struct aspace *as, struct shared *memory, uint64_t va, uint64_t *cursor,
                       uint64_t end);

#endif
