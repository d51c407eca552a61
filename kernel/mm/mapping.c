/*
 * mapping.c: taking a mapping of shared memory away, and making private memory shared
 * (mm/shared.h). Both in steps, while the programs that use the memory go on.
 */
#include "mm/frame.h"
#include "mm/kmem.h"
#include "mm/region.h"
#include "mm/tlb.h"
#include "mm/vm_op.h"

bool vm_mapping_unmap_step(struct vm_mapping *m, uint32_t *budget)
{
    m->is_revoked = true;
    m->as->changes++;
    for (;;) {
        struct region *r = container_of(m->regions.next, struct region, of_mapping);
        bool is_last = r->of_mapping.next == &m->regions;
        r->is_dying = true;
        if (m->cursor < r->low || m->cursor > r->high)
            m->cursor = r->low;
        unsigned pages = *budget;
        bool is_done = vm_unmap_range(m->as, &m->cursor, r->high, &pages);
        *budget = pages;
        if (!is_done)
            return false;
        vm_drop_region(m->as, r); /* with the last one, m */
        if (is_last) {
            *budget -= *budget < REGION_COST ? *budget : REGION_COST;
            return true;
        }
        *budget -= *budget < REGION_COST ? *budget : REGION_COST;
        if (*budget == 0)
            return false;
    }
}

struct word_place aspace_word_place(const struct aspace *as, uint64_t va)
{
    const struct region *r = region_at(as, va);
    if (!r || r->kind != REGION_SHARED || region_is_gone(r))
        return (struct word_place){(uintptr_t)as, va};
    return (struct word_place){r->mapping->memory->id, r->source + (va - region_start(r))};
}

/* ---- private memory becomes shared ---- */

static Retcode find_private(struct aspace *as, uint64_t va, uint64_t size, struct region **out)
{
    if (va & PAGE_MASK || va < USER_LOW || size > USER_TOP || va > USER_TOP - size)
        return rcInvalidArgument;
    struct region *r = region_at(as, va);
    if (!r || region_is_gone(r) || r->kind != REGION_MEMORY || !r->is_committed ||
        va < region_start(r) || va + size > region_end(r))
        return rcInvalidArgument;
    *out = r;
    return rcOk;
}

Retcode aspace_share_start(struct vm_mapping *m, uint64_t va)
{
    struct aspace *as = m->as;
    uint64_t size = m->memory->pages << PAGE_SHIFT;
    struct region *r;
    list_init(&m->regions);
    Retcode rc = find_private(as, va, size, &r);
    if (rc == rcOk && (r->prot & ~(uint32_t)m->max_prot))
        rc = rcSecurityDisallow;
    if (rc == rcOk)
        rc = vm_split_ends(as, va, va + size);
    if (rc != rcOk)
        return rc;
    /* commit */
    r = region_at(as, va);
    as->changes++;
    account_uncharge(as->account, size);
    as->committed -= size;
    r->kind = REGION_SHARED;
    r->source = 0;
    r->source_size = 0;
    r->mapping = m;
    list_add_tail(&m->regions, &r->of_mapping);
    return rcOk;
}

/* A page that is private still; its frame goes to the shared memory. */
static void share_page(struct aspace *as, struct shared *memory, uint64_t page, uint64_t va)
{
    struct page_info info;
    if (!paging_query(&as->arch, va, &info) || info.is_borrowed)
        return;
    if (shared_adopt(memory, page, info.frame)) {
        paging_lend(&as->arch, va);
        return;
    }
    /* Another mapping touched the page before it came: that one counts. */
    paging_unmap(&as->arch, va, &info);
    tlb_forget(as, va);
    as->pages--;
    tlb_free(as, info.frame);
    tlb_finish(as);
}

bool aspace_share_step(struct aspace *as, struct shared *memory, uint64_t va, uint64_t *cursor,
                       uint64_t end)
{
    for (unsigned budget = VM_STEP_PAGES; *cursor < end; budget--) {
        if (budget == 0)
            return false;
        const struct region *r = region_at(as, *cursor);
        if (r && r->mapping && r->mapping->memory == memory)
            share_page(as, memory, (*cursor - va) >> PAGE_SHIFT, *cursor);
        *cursor += PAGE_SIZE;
    }
    return true;
}
