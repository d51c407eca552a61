/*
 * vm_op.c: operations on a range of an address space, in steps (mm/aspace.h).
 *
 * An operation that changes what is there looks at the whole range first, in steps, and begins only
 * when nothing has changed since that look began, in the same step with its end: so it is done to
 * all of the range or not at all. Then the regions are split at the two ends, so that the range
 * consists of whole regions, and a step works on the region at the cursor. Other threads of the
 * process may run between steps and change the very regions under way: each step looks everything
 * up again; what is gone by then, or of another kind, was changed by them later.
 */
#include "mm/vm_op.h"

#include "mm/frame.h"
#include "mm/kmem.h"
#include "mm/region.h"
#include "mm/fault.h"
#include "mm/tlb.h"

#define CHECK_STEP 64u /* regions looked at in one step */
#define DIVIDE_COST 8u /* pages that dividing and joining a region counts as much as */
#define SCAN_COST 6u /* page-table entries looked at that count as much as one page */

/* The next place with a page, or where to look again. */
static uint64_t next_page(struct aspace *as, uint64_t va, uint64_t end, unsigned *budget)
{
    unsigned looks;
    uint64_t next = paging_next(&as->arch, va, end, &looks);
    *budget -= *budget < looks / SCAN_COST ? *budget : looks / SCAN_COST;
    return next;
}

static bool unmap_pages(struct aspace *as, uint64_t *cursor, uint64_t end, unsigned *budget)
{
    while (*cursor < end) {
        if (*budget == 0)
            return false;
        --*budget;
        struct page_info page;
        if (!paging_unmap(&as->arch, *cursor, &page)) {
            *cursor = next_page(as, *cursor, end, budget);
            continue;
        }
        tlb_forget(as, *cursor);
        as->pages--;
        if (!page.is_borrowed)
            tlb_free(as, page.frame);
        *cursor += PAGE_SIZE;
    }
    return true;
}

bool vm_unmap_range(struct aspace *as, uint64_t *cursor, uint64_t end, unsigned *budget)
{
    bool is_done = unmap_pages(as, cursor, end, budget);
    tlb_finish(as);
    return is_done;
}

static uint64_t charge_of(const struct region *r)
{
    return region_is_charged(r) ? region_end(r) - region_start(r) : 0;
}

void vm_drop_region(struct aspace *as, struct region *r)
{
    account_uncharge(as->account, charge_of(r));
    as->committed -= charge_of(r);
    as->bytes -= r->high - r->low;
    region_remove(as, r);
    struct vm_mapping *m = r->mapping;
    if (m)
        list_remove(&r->of_mapping);
    if (!m || r != (const struct region *)m->first)
        kmem_free(as->account, r, sizeof *r);
    if (m && list_empty(&m->regions))
        m->release(m);
}

#define SMALL_PAGES 16u /* freed without looking again */

bool aspace_free_small(struct aspace *as, uint64_t va, uint64_t size)
{
    struct region *r = region_at(as, va);
    unsigned budget = VM_STEP_PAGES;
    if (!r || region_is_gone(r) || r->kind == REGION_END || size == 0 || region_start(r) != va ||
        region_end(r) - va != ((size + PAGE_MASK) & ~PAGE_MASK) || size > SMALL_PAGES * PAGE_SIZE)
        return false;
    if (!vm_unmap_range(as, &va, region_end(r), &budget))
        return false;
    vm_drop_region(as, r);
    return true;
}

/* ---- start ---- */

/* The region to divide at va, or null if va is an end of one already or outside. */
static struct region *region_to_split(struct aspace *as, uint64_t va)
{
    struct region *r = region_at(as, va);
    return r && va > region_start(r) && va < region_end(r) ? r : (struct region *)0;
}

Retcode vm_split_ends(struct aspace *as, uint64_t va, uint64_t end)
{
    struct region *spare[2] = {0};
    Retcode rc = rcOk;
    if (region_to_split(as, va))
        spare[0] = kmem_alloc(as->account, sizeof *spare[0], &rc);
    if (rc == rcOk && region_to_split(as, end))
        spare[1] = kmem_alloc(as->account, sizeof *spare[1], &rc);
    if (rc != rcOk) {
        kmem_free(as->account, spare[0], sizeof *spare[0]);
        return rc;
    }
    /* commit */
    if (spare[0])
        region_split(as, region_to_split(as, va), va, spare[0]);
    if (spare[1])
        region_split(as, region_to_split(as, end), end, spare[1]);
    return rcOk;
}

Retcode aspace_op_start(struct aspace *as, struct vm_op *op, enum vm_op_kind kind, uint64_t va,
                        uint64_t size, uint32_t flags)
{
    if (va & PAGE_MASK || va < USER_LOW || va >= USER_TOP || size == 0 || size > USER_TOP - va)
        return rcInvalidArgument;
    if (vm_is_refused(flags))
        return rcSecurityDisallow;
    size = (size + PAGE_MASK) & ~PAGE_MASK;
    const struct region *first = region_at(as, va);
    if (!first || region_is_gone(first) || va < region_start(first) || va >= region_end(first))
        return rcInvalidArgument;
    bool is_checking = kind == VM_OP_PROTECT || kind == VM_OP_COMMIT || kind == VM_OP_DECOMMIT;
    bool is_settling = kind == VM_OP_KEEP || kind == VM_OP_UNDO;
    if (!is_checking && !is_settling &&
        (va != region_start(first) || va + size != region_end(first))) {
        Retcode rc = vm_split_ends(as, va, va + size);
        if (rc != rcOk)
            return rc;
    }
    *op = (struct vm_op){.kind = kind,
                         .flags = flags,
                         .begin = va,
                         .end = va + size,
                         .cursor = va,
                         .changes = as->changes,
                         .is_checking = is_checking};
    return rcOk;
}

/* ---- the look at the range ---- */

static Retcode check_region(const struct vm_op *op, const struct region *r)
{
    if (region_is_gone(r) || r->kind == REGION_END)
        return rcInvalidArgument;
    if (op->kind == VM_OP_DECOMMIT && (r->kind == REGION_IMAGE || r->kind == REGION_SHARED))
        return rcInvalidArgument;
    if (op->kind != VM_OP_PROTECT)
        return rcOk;
    if (r->kind == REGION_IMAGE && op->flags & VM_WRITE)
        return rcSecurityDisallow;
    if (r->mapping && (op->flags & VM_PROT_MASK & ~(uint32_t)r->mapping->max_prot))
        return rcSecurityDisallow;
    return rcOk;
}

/* Everything that can fail, after the last region was looked at. */
static Retcode prepare(struct aspace *as, struct vm_op *op)
{
    Retcode rc = account_charge(as->account, op->wanted);
    if (rc != rcOk)
        return rc;
    rc = vm_split_ends(as, op->begin, op->end);
    if (rc != rcOk) {
        account_uncharge(as->account, op->wanted);
        return rc;
    }
    op->charge = op->wanted;
    op->cursor = op->begin;
    op->is_checking = false;
    return rcOk;
}

static Retcode check_step(struct aspace *as, struct vm_op *op)
{
    if (op->changes != as->changes) { /* once more */
        op->changes = as->changes;
        op->cursor = op->begin;
        op->wanted = 0;
    }
    for (unsigned n = 0; op->cursor < op->end; n++) {
        if (n == CHECK_STEP)
            return rcRestart;
        const struct region *r = region_from(as, op->cursor);
        if (op->cursor < region_start(r) || op->cursor >= region_end(r))
            return rcInvalidArgument;
        Retcode rc = check_region(op, r);
        if (rc != rcOk)
            return rc;
        uint64_t end = region_end(r) < op->end ? region_end(r) : op->end;
        if (op->kind == VM_OP_COMMIT && !r->is_committed)
            op->wanted += end - op->cursor;
        op->cursor = end;
    }
    return prepare(as, op);
}

/* ---- one region ---- */

static Retcode step_free(struct aspace *as, struct vm_op *op, struct region *r, unsigned *budget)
{
    uint64_t end = r->high;
    r->is_dying = true;
    if (!vm_unmap_range(as, &op->cursor, end, budget))
        return rcRestart;
    vm_drop_region(as, r);
    op->cursor = end;
    return rcOk;
}

static Retcode protect_pages(struct aspace *as, struct vm_op *op, const struct region *r,
                             unsigned *budget)
{
    uint64_t end = region_end(r);
    while (op->cursor < end) {
        struct page_info page;
        if (*budget == 0)
            return rcRestart;
        --*budget;
        uint64_t va = next_page(as, op->cursor, end, budget);
        op->cursor = va;
        if (va < end && paging_query(&as->arch, va, &page)) {
            paging_protect(&as->arch, va, r->prot);
            tlb_forget(as, va);
            op->cursor = va + PAGE_SIZE;
        }
    }
    return rcOk;
}

static Retcode step_protect(struct aspace *as, struct vm_op *op, struct region *r,
                            unsigned *budget)
{
    r->prot = (uint8_t)(op->flags & VM_PROT_MASK);
    as->changes++;
    Retcode rc = protect_pages(as, op, r, budget);
    tlb_finish(as);
    return rc;
}

static Retcode step_commit(struct aspace *as, struct vm_op *op, struct region *r)
{
    uint64_t size = region_end(r) - region_start(r);
    if (!r->is_committed) {
        if (size > op->charge) { /* another thread has decommitted some of it meanwhile */
            Retcode rc = account_charge(as->account, size - op->charge);
            if (rc != rcOk)
                return rc;
            op->charge = size;
        }
        op->charge -= size;
        r->is_committed = true;
        r->is_tentative = op->flags & VM_TENTATIVE;
        as->committed += size;
        as->changes++;
    }
    op->cursor = region_end(r);
    return rcOk;
}

static Retcode step_decommit(struct aspace *as, struct vm_op *op, struct region *r,
                             unsigned *budget)
{
    account_uncharge(as->account, charge_of(r));
    as->committed -= charge_of(r);
    as->changes++;
    r->is_committed = false;
    r->kind = REGION_MEMORY;
    return vm_unmap_range(as, &op->cursor, region_end(r), budget) ? rcOk : rcRestart;
}

/* The end of a tentative commit. */
static Retcode step_settle(struct aspace *as, struct vm_op *op, struct region *r, unsigned *budget)
{
    Retcode rc = rcOk;
    if (op->kind == VM_OP_UNDO && r->is_tentative)
        rc = step_decommit(as, op, r, budget);
    if (rc == rcOk) {
        r->is_tentative = false;
        op->cursor = region_end(r);
    }
    return rc;
}

static Retcode step_populate(struct aspace *as, struct vm_op *op, struct region *r,
                             unsigned *budget)
{
    uint64_t end = region_end(r);
    if (!r->is_committed || !r->prot)
        op->cursor = end;
    while (op->cursor < end) {
        struct page_info page;
        if (*budget < VM_STEP_PAGES / VM_STEP_ZERO)
            return rcRestart;
        if (paging_query(&as->arch, op->cursor, &page)) {
            *budget -= 1;
        } else {
            if (!fault_fill_page(as, r, op->cursor))
                return rcOutOfMemory;
            *budget -= VM_STEP_PAGES / VM_STEP_ZERO;
        }
        op->cursor += PAGE_SIZE;
    }
    return rcOk;
}

/* ---- steps ---- */

static Retcode step_region(struct aspace *as, struct vm_op *op, struct region *r, unsigned *budget)
{
    switch (op->kind) {
    case VM_OP_FREE:
        return step_free(as, op, r, budget);
    case VM_OP_PROTECT:
        return step_protect(as, op, r, budget);
    case VM_OP_COMMIT:
        return step_commit(as, op, r);
    case VM_OP_DECOMMIT:
        return step_decommit(as, op, r, budget);
    case VM_OP_POPULATE:
        return step_populate(as, op, r, budget);
    case VM_OP_KEEP:
    case VM_OP_UNDO:
        return step_settle(as, op, r, budget);
    }
    return rcInternalError;
}

/* Joins the region that ends at or holds `va` with what lies below it. */
static void join_at(struct aspace *as, uint64_t va)
{
    struct region *r = va < USER_TOP ? region_at(as, va) : (struct region *)0, *spare;
    if (!r)
        return;
    region_merge(as, r, &spare);
    kmem_free(as->account, spare, sizeof *spare);
}

/* A region that is no more what the look at the range saw. */
static bool is_other(const struct vm_op *op, const struct region *r)
{
    return region_is_gone(r) || (op->kind != VM_OP_POPULATE && check_region(op, r) != rcOk);
}

/* The region under the cursor as a whole part of the range, or null if there is nothing to do in
 * it. */
static Retcode part_at_cursor(struct aspace *as, struct vm_op *op, struct region **out)
{
    struct region *r = region_from(as, op->cursor);
    *out = NULL;
    if (op->cursor < region_start(r) || op->cursor >= region_end(r)) { /* a hole, or a guard */
        uint64_t next = op->cursor < region_start(r) ? region_start(r) : r->high;
        op->cursor = next < op->end ? next : op->end;
        return rcOk;
    }
    if (op->kind != VM_OP_FREE && is_other(op, r)) {
        op->cursor = region_end(r);
        return rcOk;
    }
    if (region_start(r) < op->begin || region_end(r) > op->end) { /* joined, or not divided */
        if (op->kind == VM_OP_KEEP || op->kind == VM_OP_UNDO || region_is_gone(r)) {
            op->cursor = region_end(r) < op->end ? region_end(r) : op->end; /* it is not tentative */
            return rcOk;
        }
        Retcode rc = vm_split_ends(as, op->begin, op->end);
        if (rc != rcOk)
            return rc;
        r = region_at(as, op->cursor);
    }
    *out = r;
    return rcOk;
}

static Retcode apply_step(struct aspace *as, struct vm_op *op)
{
    unsigned budget = VM_STEP_PAGES;
    while (op->cursor < op->end) {
        struct region *r;
        Retcode rc = part_at_cursor(as, op, &r);
        if (rc != rcOk)
            return rc;
        if (r) {
            uint64_t start = region_start(r);
            rc = step_region(as, op, r, &budget);
            if (rc != rcOk)
                return rc;
            if (op->kind != VM_OP_FREE)
                join_at(as, start);
        }
        budget -= budget > DIVIDE_COST ? DIVIDE_COST : budget;
        if (budget == 0 && op->cursor < op->end)
            return rcRestart;
    }
    if (op->kind != VM_OP_FREE)
        join_at(as, op->end);
    return rcOk;
}

Retcode aspace_op_step(struct aspace *as, struct vm_op *op)
{
    if (op->is_checking) {
        Retcode rc = check_step(as, op);
        if (rc != rcOk)
            return rc;
    }
    Retcode rc = apply_step(as, op);
    if (rc != rcRestart)
        aspace_op_drop(as, op);
    return rc;
}

Retcode aspace_op_all(struct aspace *as, enum vm_op_kind kind, uint64_t va, uint64_t size,
                      uint32_t flags)
{
    struct vm_op op;
    Retcode rc = aspace_op_start(as, &op, kind, va, size, flags);
    if (rc != rcOk)
        return rc;
    do {
        rc = aspace_op_step(as, &op);
    } while (rc == rcRestart);
    return rc;
}

/* ---- asking ---- */

Retcode aspace_query(struct aspace *as, uint64_t va, struct vm_part *out)
{
    struct page_info page;
    if (va < USER_LOW || va >= USER_TOP)
        return rcInvalidArgument;
    va &= ~PAGE_MASK;
    struct region *r = region_from(as, va);
    *out = (struct vm_part){.low = region_start(r), .high = region_end(r)};
    if (va < r->low || r->kind == REGION_END) {
        const struct region *below = region_previous(r);
        out->low = below ? below->high : USER_LOW;
        out->high = r->low;
    } else if (va < out->low || va >= out->high) {
        out->state = VM_PAGE_GUARD;
        out->high = va < out->low ? out->low : r->high;
        out->low = va < out->low ? r->low : region_end(r);
    } else {
        out->state = r->is_committed ? VM_PAGE_COMMITTED : VM_PAGE_RESERVED;
        out->prot = r->prot;
        out->is_shared = r->kind == REGION_SHARED;
        out->is_resident = paging_query(&as->arch, va, &page);
    }
    return rcOk;
}
