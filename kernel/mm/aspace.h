/*
 * mm/aspace.h: address spaces of processes.
 *
 * An address space is a set of regions, kept in a balanced tree by address, and page tables that
 * are filled when pages are touched. A region's memory is committed (charged to the account when it
 * is committed, given a zeroed frame when touched), reserved (addresses only), or it shows a part
 * of the image: text in place, data as private copies. Pages are writable and executable at once only
 * where VM_RWX says that this is meant.
 *
 * Whatever a program can make long runs in steps: an operation is started (checked, and the regions
 * at its ends split: all that can fail for want of memory) and then stepped until it no longer says
 * rcRestart; a step handles at most VM_STEP_PAGES pages.
 */
#ifndef MM_ASPACE_H
#define MM_ASPACE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <arch/paging.h>

#include "mm/account.h"
#include "mm/relocate.h"

#define VM_STEP_PAGES 64u
#define VM_STEP_ZERO  8u /* pages that a step clears or copies */

enum vm_flags {
    VM_READ = ACCESS_READ,
    VM_WRITE = ACCESS_WRITE,
    VM_EXEC = ACCESS_EXEC,
    VM_PROT_MASK = 7,
    VM_COMMIT = 8,      /* charged now, given frames when touched; else reserved only */
    VM_LOW_GUARD = 16,  /* one page more below, never accessible */
    VM_HIGH_GUARD = 32, /* the same above */
    VM_FIXED = 64,      /* exactly at the hint, or fail */
    VM_TENTATIVE = 128, /* of VM_OP_COMMIT: to be followed by VM_OP_KEEP or VM_OP_UNDO */
    VM_RWX = 256,       /* writable and executable is meant; else refused */
    VM_FILL = 128,      /* shared memory: a few pages that have frames are shown at once */
};

/* Whether a protection is refused for being writable and executable. */
static inline bool vm_is_refused(uint32_t flags)
{
    return (flags & VM_WRITE) && (flags & VM_EXEC) && !(flags & VM_RWX);
}

struct region;

struct aspace {
    struct arch_aspace arch;   /* first: the switch reads the root */
    struct region *tree;       /* by address; see aspace.c */
    struct region *end_marker; /* empty region at USER_TOP: the gap before it is the last gap */
    struct account *account;   /* holds a reference */
    uint64_t top; /* free places below it are taken first */
    struct vm_program program;
    uint64_t refs;
    uint64_t pages;  /* mapped now */
    uint64_t bytes;  /* of regions */
    uint64_t committed; /* bytes of them that are charged */
    uint64_t changes; /* times that a region came, went or became another one */
    bool is_dying;   /* torn down: nothing new is mapped */
    uint64_t teardown; /* address up to which it is done */
};

/* An empty address space charged to the account; one reference. */
Retcode aspace_create(struct account *account, struct aspace **out);
static inline struct aspace *aspace_ref(struct aspace *as)
{
    as->refs++;
    return as;
}
/* Gives a reference back. The last one needs aspace_teardown_step to have said true before. */
void aspace_put(struct aspace *as);
/* Frees at most max_pages pages, or fewer and some regions; true when nothing is left but the empty
 * table, which a CPU may still have loaded. No thread may run in the address space any more. */
bool aspace_teardown_step(struct aspace *as, unsigned max_pages);

/* New regions that name no place go below `top` (a multiple of the page size, at most USER_TOP)
 * while there is room, the highest free place first. */
void aspace_set_top(struct aspace *as, uint64_t top);

/* A new region of `size` bytes (rounded up to pages), at `hint` with VM_FIXED or if the place is
 * free, else anywhere. *out is the lowest usable address, past a low guard. rcInvalidArgument: size
 * zero, hint out of range or not on a page. rcSecurityDisallow: writable and executable, without VM_RWX.
 * rcAlreadyExists: VM_FIXED and the place is taken. rcOutOfMemory: no memory or no addresses.
 * rcQuotaExceeded. */
Retcode aspace_allocate(struct aspace *as, uint64_t hint, uint64_t size, uint32_t flags,
                        uint64_t *out);
/* Shows `size` bytes of the image from physical `frame` (both multiples of pages) at va, in place,
 * never freed. prot must not contain VM_WRITE. va 0: anywhere. */
Retcode aspace_map_frames(struct aspace *as, uint64_t va, paddr frame, uint64_t size, uint32_t prot,
                          uint64_t *out);
/* `size` bytes of private memory whose first file_size bytes start as a copy of the image's bytes
 * from physical `frame`, the rest as zero. Charged whole, copied page by page when touched. */
Retcode aspace_map_private(struct aspace *as, uint64_t va, paddr frame, uint64_t file_size,
                           uint64_t size, uint32_t prot, uint64_t *out);
/* One page of the kernel, read-only; at `hint` if that is free, else anywhere. */
Retcode aspace_map_kernel_page(struct aspace *as, uint64_t hint, paddr frame, uint64_t *out);

enum vm_op_kind {
    VM_OP_FREE,     /* pages, frames and addresses; the guards of a region go with its edge */
    VM_OP_PROTECT,  /* flags: VM_READ | VM_WRITE | VM_EXEC, and VM_RWX */
    VM_OP_COMMIT,   /* flags: VM_TENTATIVE */
    VM_OP_DECOMMIT, /* frames and charge go, addresses stay reserved */
    VM_OP_POPULATE, /* gives every committed page its frame now (LOCKED) */
    VM_OP_KEEP,     /* what was committed tentatively stays so */
    VM_OP_UNDO,     /* the opposite: it is decommitted */
};
struct vm_op {
    enum vm_op_kind kind;
    uint32_t flags;
    uint64_t begin, end, cursor;
    uint64_t wanted;  /* bytes that the check found a COMMIT will be charged for */
    uint64_t charge;  /* of these: charged, for pages that it has not come to yet */
    uint64_t changes; /* of the address space when the check began */
    bool is_checking;
};
/* Begins. va must lie in a region and on a page; size is rounded up. rcInvalidArgument,
 * rcSecurityDisallow; FREE and POPULATE also rcOutOfMemory, rcQuotaExceeded. */
Retcode aspace_op_start(struct aspace *as, struct vm_op *op, enum vm_op_kind kind, uint64_t va,
                        uint64_t size, uint32_t flags);
/* rcRestart: call again (other threads may run in between). rcOk: done. PROTECT, COMMIT and
 * DECOMMIT look at the whole range before they change anything: rcInvalidArgument (a page that
 * belongs to no region, a guard, memory of another kind), rcSecurityDisallow, rcQuotaExceeded,
 * rcOutOfMemory with all as before. A POPULATE may stop with rcOutOfMemory; the frames that it gave
 * so far stay. */
Retcode aspace_op_step(struct aspace *as, struct vm_op *op);
/* An operation is given up in the middle, since its thread ends: gives its charge back. */
static inline void aspace_op_drop(struct aspace *as, struct vm_op *op)
{
    account_uncharge(as->account, op->charge);
    op->charge = 0;
}

enum vm_page_state {
    VM_PAGE_FREE,
    VM_PAGE_GUARD,
    VM_PAGE_RESERVED,
    VM_PAGE_COMMITTED,
};
/* The part of the address space around an address that is the same throughout. */
struct vm_part {
    uint64_t low, high;
    enum vm_page_state state;
    uint8_t prot;     /* enum mem_access */
    bool is_shared;   /* shows shared memory */
    bool is_resident; /* the page at the address has its frame */
};
/* rcInvalidArgument: not an address of programs. */
Retcode aspace_query(struct aspace *as, uint64_t va, struct vm_part *out);
/* Both, to the end: for short ranges. */
Retcode aspace_op_all(struct aspace *as, enum vm_op_kind kind, uint64_t va, uint64_t size,
                      uint32_t flags);
static inline Retcode aspace_free(struct aspace *as, uint64_t va, uint64_t size)
{
    return aspace_op_all(as, VM_OP_FREE, va, size, 0);
}
/* Frees what is exactly one region of a few pages, at once; false: it is not, take the steps. */
bool aspace_free_small(struct aspace *as, uint64_t va, uint64_t size);

enum vm_fault {
    VM_FAULT_RESOLVED,
    VM_FAULT_UNMAPPED,   /* no region */
    VM_FAULT_GUARD,      /* guard page */
    VM_FAULT_RESERVED,   /* addresses without memory */
    VM_FAULT_PROTECTION, /* the region does not allow this access */
    VM_FAULT_NO_MEMORY,  /* frames ran out, or the account for a page table */
};
/* Gives the page at va its frame if it should have one and allows `access` (enum mem_access). */
enum vm_fault aspace_fault(struct aspace *as, uint64_t va, uint32_t access);
/* Where a word of memory is, whichever address it is shown at. */
struct word_place {
    uint64_t space;  /* address space, or the number of shared memory, which is odd */
    uint64_t offset; /* address, or offset in the shared memory */
};
struct word_place aspace_word_place(const struct aspace *as, uint64_t va);
/* A page for whoever looks at an address space that nobody runs in. */
struct vm_page {
    uint64_t va;
    const void *bytes; /* through the direct map; null: no page here, ask again */
    uint32_t prot;
};
/* The next page from *cursor on that may differ from the image: the program's own or shared memory.
 * Moves *cursor behind what it looked at, at most one page table; false at the end. */
bool aspace_next_written(struct aspace *as, uint64_t *cursor, struct vm_page *out);
/* The usable ends of the region that holds va; false if there is none. */
bool aspace_extent(const struct aspace *as, uint64_t va, uint64_t *low, uint64_t *high);
/* In words, for reports: "guard page", "no memory mapped there" ... */
const char *vm_fault_text(enum vm_fault f);

#endif
