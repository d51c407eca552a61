/*
 * load.c: see mm/load.h. Frames of the image and of shared memory are never written here: the region's
 * kind is looked at for every page.
 */
#include "mm/load.h"

#include "mm/region.h"

static const struct region *usable_region(const struct aspace *as, uint64_t va)
{
    const struct region *r = va < USER_TOP ? region_at(as, va) : (const struct region *)0;
    if (!r || region_is_gone(r) || va < region_start(r) || va >= region_end(r))
        return (const struct region *)0;
    return r;
}

Retcode aspace_load_page(struct aspace *as, uint64_t va, const void *bytes, size_t n)
{
    const struct region *r = usable_region(as, va);
    if (!r || r->kind != REGION_MEMORY || !r->is_committed || !(r->prot & VM_READ) ||
        n > PAGE_SIZE - (va & PAGE_MASK))
        return rcInvalidArgument;
    char *to = paging_resolve(&as->arch, va, ACCESS_READ);
    if (!to && aspace_fault(as, va, ACCESS_READ) == VM_FAULT_RESOLVED)
        to = paging_resolve(&as->arch, va, ACCESS_READ);
    if (!to)
        return as->account->limit - as->account->used < PAGE_SIZE ? rcQuotaExceeded : rcOutOfMemory;
    __builtin_memcpy(to, bytes, n);
    return rcOk;
}

bool aspace_is_executable(const struct aspace *as, uint64_t va)
{
    const struct region *r = usable_region(as, va);
    return r && r->is_committed && r->prot & VM_EXEC;
}
