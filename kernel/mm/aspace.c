/*
 * aspace.c: creating, filling and tearing down address spaces. Operations on ranges: vm_op.c; the
 * first touch of a page: fault.c.
 */
#include "mm/aspace.h"

#include "mm/frame.h"
#include "mm/kmem.h"
#include "mm/region.h"
#include "mm/tlb.h"
#include "mm/vm_op.h"

_Static_assert(offsetof(struct aspace, arch) == 0, "the thread switch reads the root");

/* ---- page tables: charged frames ---- */

paddr page_table_alloc(struct arch_aspace *arch)
{
    struct aspace *as = (struct aspace *)arch;
    if (account_charge(as->account, PAGE_SIZE) != rcOk)
        return 0;
    paddr frame = frame_alloc();
    if (!frame) {
        account_uncharge(as->account, PAGE_SIZE);
        return 0;
    }
    __builtin_memset(frame_to_virt(frame), 0, PAGE_SIZE);
    *frame_note(frame) = 0;
    return frame;
}

void page_table_free(struct arch_aspace *arch, paddr table)
{
    struct aspace *as = (struct aspace *)arch;
    tlb_free(as, table);
    account_uncharge(as->account, PAGE_SIZE);
}

uint16_t *page_table_count(paddr table)
{
    return frame_note(table);
}

/* ---- create and destroy ---- */

static Retcode add_end_marker(struct aspace *as)
{
    Retcode rc;
    struct region *end = kmem_alloc(as->account, sizeof *end, &rc);
    if (!end)
        return rc;
    end->low = USER_TOP;
    end->high = USER_TOP;
    end->kind = REGION_END;
    as->end_marker = end;
    region_insert(as, end);
    return rcOk;
}

Retcode aspace_create(struct account *account, struct aspace **out)
{
    Retcode rc;
    struct aspace *as = kmem_alloc(account, sizeof *as, &rc);
    if (!as)
        return rc;
    as->account = account;
    as->refs = 1;
    as->top = USER_TOP;
    rc = add_end_marker(as);
    if (rc == rcOk && !paging_create(&as->arch)) {
        rc = account->limit - account->used < PAGE_SIZE ? rcQuotaExceeded : rcOutOfMemory;
        kmem_free(account, as->end_marker, sizeof(struct region));
    }
    if (rc != rcOk) {
        kmem_free(account, as, sizeof *as);
        return rc;
    }
    account_ref(account);
    *out = as;
    return rcOk;
}

bool aspace_teardown_step(struct aspace *as, unsigned max_pages)
{
    if (!as->end_marker)
        return true;
    as->is_dying = true;
    unsigned budget = max_pages;
    for (struct region *r = region_from(as, 0); r != as->end_marker; r = region_from(as, 0)) {
        if (as->teardown < r->low)
            as->teardown = r->low;
        if (budget == 0 || !vm_unmap_range(as, &as->teardown, r->high, &budget))
            return false;
        vm_drop_region(as, r);
        budget -= budget > REGION_COST ? REGION_COST : budget;
    }
    region_remove(as, as->end_marker);
    kmem_free(as->account, as->end_marker, sizeof(struct region));
    as->end_marker = (struct region *)0;
    return true;
}

void aspace_put(struct aspace *as)
{
    if (--as->refs > 0)
        return;
    while (!aspace_teardown_step(as, VM_STEP_PAGES))
        ;
    struct account *account = as->account;
    paging_destroy(&as->arch); /* only now: a CPU may have had to come back to it */
    kmem_free(account, as, sizeof *as);
    account_put(account);
}

/* ---- new regions ---- */

void aspace_set_top(struct aspace *as, uint64_t top)
{
    as->top = top;
}

static inline bool is_range_free(const struct aspace *as, uint64_t low, uint64_t size)
{
    if (low < USER_LOW || low > USER_TOP || size > USER_TOP - low)
        return false;
    return region_from(as, low)->low >= low + size;
}

/* Finds the place of a region of `size` bytes, guards included, that should begin at `low`. *above:
 * what it comes directly below, or null. */
static inline Retcode find_place(const struct aspace *as, uint64_t low, uint64_t size,
                                 bool is_fixed, uint64_t *out, struct region **above)
{
    *above = (struct region *)0;
    if (low && is_range_free(as, low, size)) {
        *out = low;
        return rcOk;
    }
    if (is_fixed)
        return rcAlreadyExists;
    struct region *r = region_find_gap_below(as, as->top, size);
    if (r && r->low > as->top) {
        *out = as->top - size;
        return rcOk;
    }
    *above = r ? r : region_find_gap(as, size);
    if (!*above)
        return rcOutOfMemory;
    *out = (*above)->low - size;
    return rcOk;
}

/* Places, charges and inserts r, of `size` usable bytes; its fields say what it is. flags: VM_FIXED, VM_RWX. */
static Retcode add_region(struct aspace *as, struct region *r, uint64_t hint, uint64_t size,
                          uint32_t flags, uint64_t *out)
{
    if (vm_is_refused(r->prot | (flags & VM_RWX)))
        return rcSecurityDisallow;
    if (size == 0 || size > USER_TOP || hint & PAGE_MASK || hint > USER_TOP || as->is_dying)
        return rcInvalidArgument;
    size = (size + PAGE_MASK) & ~PAGE_MASK;
    uint64_t below = r->has_low_guard ? PAGE_SIZE : 0;
    uint64_t total = size + below + (r->has_high_guard ? PAGE_SIZE : 0);
    struct region *above;
    uint64_t low;
    Retcode rc = find_place(as, hint ? hint - below : 0, total, flags & VM_FIXED, &low, &above);
    if (rc != rcOk)
        return rc;
    rc = account_charge(as->account, region_is_charged(r) ? size : 0);
    if (rc != rcOk)
        return rc;
    /* commit */
    r->low = low;
    r->high = low + total;
    if (r->mapping)
        list_add_tail(&r->mapping->regions, &r->of_mapping);
    if (above)
        region_insert_below(as, r, above);
    else
        region_insert(as, r);
    as->bytes += total;
    as->committed += region_is_charged(r) ? size : 0;
    *out = low + below;
    return rcOk;
}

/* The same with memory for the region; `model` says what it is. */
static Retcode make_region(struct aspace *as, const struct region *model, uint64_t hint,
                           uint64_t size, uint32_t flags, uint64_t *out)
{
    Retcode rc = rcOk;
    struct region *r = kmem_alloc(as->account, sizeof *r, &rc);
    if (!r)
        return rc;
    *r = *model;
    rc = add_region(as, r, hint, size, flags, out);
    if (rc != rcOk)
        kmem_free(as->account, r, sizeof *r);
    return rc;
}

Retcode aspace_allocate(struct aspace *as, uint64_t hint, uint64_t size, uint32_t flags,
                        uint64_t *out)
{
    const struct region model = {
        .kind = REGION_MEMORY,
        .prot = (uint8_t)(flags & VM_PROT_MASK),
        .is_committed = flags & VM_COMMIT,
        .has_low_guard = flags & VM_LOW_GUARD,
        .has_high_guard = flags & VM_HIGH_GUARD,
    };
    return make_region(as, &model, hint, size, flags, out);
}

Retcode aspace_map_frames(struct aspace *as, uint64_t va, paddr frame, uint64_t size, uint32_t prot,
                          uint64_t *out)
{
    const struct region model = {
        .kind = REGION_IMAGE,
        .prot = (uint8_t)(prot & VM_PROT_MASK),
        .is_committed = true,
        .source = frame,
    };
    if (prot & VM_WRITE)
        return rcSecurityDisallow;
    if ((frame | size) & PAGE_MASK)
        return rcInvalidArgument;
    return make_region(as, &model, va, size, va ? VM_FIXED : 0, out);
}

Retcode aspace_map_private(struct aspace *as, uint64_t va, paddr frame, uint64_t file_size,
                           uint64_t size, uint32_t prot, uint64_t *out)
{
    const struct region model = {
        .kind = REGION_PRIVATE,
        .prot = (uint8_t)(prot & VM_PROT_MASK),
        .is_committed = true,
        .source = frame,
        .source_size = file_size,
    };
    if (frame & PAGE_MASK || file_size > size)
        return rcInvalidArgument;
    return make_region(as, &model, va, size, va ? VM_FIXED : 0, out);
}

#define FILL_PAGES 4u /* shown with the mapping itself */

/* Shows the pages of a new mapping, if they are few and all have their frames. */
static bool fill(struct vm_mapping *m, uint64_t va, uint64_t offset, uint64_t size, uint32_t prot)
{
    if (size > FILL_PAGES * PAGE_SIZE)
        return false;
    for (uint64_t at = 0; at < size; at += PAGE_SIZE) {
        paddr frame = shared_find(m->memory, (offset + at) >> PAGE_SHIFT);
        if (!frame || !paging_map(&m->as->arch, va + at, frame, prot, true))
            return false;
        m->as->pages++;
    }
    return true;
}

_Static_assert(sizeof(struct region) <= sizeof(((struct vm_mapping *)0)->first), "a region fits");

Retcode aspace_map_shared(struct vm_mapping *m, uint64_t hint, uint64_t offset, uint64_t size,
                          uint32_t flags, uint64_t *out)
{
    struct region *r = (struct region *)m->first;
    r->kind = REGION_SHARED;
    r->prot = (uint8_t)(flags & VM_PROT_MASK);
    r->is_committed = true;
    r->has_low_guard = flags & VM_LOW_GUARD;
    r->has_high_guard = flags & VM_HIGH_GUARD;
    r->is_dying = false;
    r->source = offset;
    r->source_size = 0;
    r->mapping = m;
    list_init(&m->regions);
    Retcode rc = add_region(m->as, r, hint, size, flags & VM_FIXED, out);
    if (rc == rcOk && flags & VM_FILL)
        m->is_filled = fill(m, *out, offset, size, r->prot);
    return rc;
}

Retcode aspace_map_kernel_page(struct aspace *as, uint64_t hint, paddr frame, uint64_t *out)
{
    const struct region model = {
        .kind = REGION_IMAGE,
        .prot = VM_READ,
        .is_committed = true,
        .source = frame,
    };
    return make_region(as, &model, hint, PAGE_SIZE, 0, out);
}
