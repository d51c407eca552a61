/*
 * fault.c: the first touch of a page (aspace_fault), from a program or from the kernel's copies.
 */
#include "mm/fault.h"

#include "mm/frame.h"
#include "mm/region.h"
#include "mm/tlb.h"

#define AROUND_PAGES 8u /* pages of the image mapped by one fault: each costs a walk, no memory */

/* A new frame with the contents that the page starts with; 0 if there is none. */
static paddr make_frame(const struct vm_program *program, const struct region *r, uint64_t va)
{
    paddr frame = frame_alloc();
    if (!frame)
        return 0;
    char *to = frame_to_virt(frame);
    uint64_t offset = va - region_start(r), n = 0;
    if (r->kind == REGION_PRIVATE && offset < r->source_size) {
        n = r->source_size - offset;
        if (n > PAGE_SIZE)
            n = PAGE_SIZE;
        __builtin_memcpy(to, frame_to_virt(r->source + offset), n);
    }
    __builtin_memset(to + n, 0, PAGE_SIZE - n);
    if (n && program->nrelocs)
        vm_relocate_page(program, va, to);
    return frame;
}

/* A table made for nothing is gone again; other CPUs may have seen it. */
static bool map_page(struct aspace *as, uint64_t va, paddr frame, uint32_t prot, bool is_borrowed)
{
    bool is_mapped = paging_map(&as->arch, va, frame, prot, is_borrowed);
    if (!is_mapped)
        tlb_finish(as);
    return is_mapped;
}

/* The frame stays with the shared memory, whoever touched it first. */
static bool fill_shared(struct aspace *as, const struct region *r, uint64_t va)
{
    uint64_t offset = r->source + (va - region_start(r));
    paddr frame = shared_frame(r->mapping->memory, offset >> PAGE_SHIFT);
    if (!frame || !map_page(as, va, frame, r->prot, true))
        return false;
    as->pages++;
    return true;
}

bool fault_fill_page(struct aspace *as, const struct region *r, uint64_t va)
{
    if (r->kind == REGION_IMAGE) {
        paddr frame = r->source + (va - region_start(r));
        if (!map_page(as, va, frame, r->prot, true))
            return false;
        as->pages++;
        return true;
    }
    if (r->kind == REGION_SHARED)
        return fill_shared(as, r, va);
    paddr frame = make_frame(&as->program, r, va);
    if (!frame)
        return false;
    if (!map_page(as, va, frame, r->prot, false)) {
        frame_free(frame);
        return false;
    }
    as->pages++;
    return true;
}

/* Maps what follows a page of the image too: text is seldom used one page at a time. */
static void fill_around(struct aspace *as, const struct region *r, uint64_t va)
{
    uint64_t end = va + AROUND_PAGES * PAGE_SIZE;
    if (end > region_end(r))
        end = region_end(r);
    struct page_info page;
    for (va += PAGE_SIZE; va < end; va += PAGE_SIZE) {
        if (paging_query(&as->arch, va, &page) || !fault_fill_page(as, r, va))
            return;
    }
}

/* Readable means any protection at all: the hardware knows no less. */
static bool is_allowed(const struct region *r, uint32_t access)
{
    uint32_t prot = r->prot ? r->prot | ACCESS_READ : 0;
    return (access & ~prot) == 0;
}

unsigned aspace_fault_cost(const struct aspace *as, uint64_t va)
{
    const struct region *r = region_at(as, va);
    return r && r->kind == REGION_PRIVATE ? FAULT_COST_MAX : 1;
}

enum vm_fault aspace_fault(struct aspace *as, uint64_t va, uint32_t access)
{
    va &= ~PAGE_MASK;
    const struct region *r = region_at(as, va);
    if (!r || region_is_gone(r) || as->is_dying)
        return VM_FAULT_UNMAPPED;
    if (va < region_start(r) || va >= region_end(r))
        return VM_FAULT_GUARD;
    if (!r->is_committed)
        return VM_FAULT_RESERVED;
    if (!is_allowed(r, access))
        return VM_FAULT_PROTECTION;
    struct page_info page;
    if (paging_query(&as->arch, va, &page)) { /* a protection under way, or an old TLB entry */
        paging_protect(&as->arch, va, r->prot);
        tlb_forget(as, va);
        tlb_finish(as);
        return VM_FAULT_RESOLVED;
    }
    if (!fault_fill_page(as, r, va))
        return VM_FAULT_NO_MEMORY;
    if (r->kind == REGION_IMAGE)
        fill_around(as, r, va);
    return VM_FAULT_RESOLVED;
}

bool aspace_next_written(struct aspace *as, uint64_t *cursor, struct vm_page *out)
{
    struct page_info page;
    unsigned looks;
    uint64_t va = paging_next(&as->arch, *cursor & ~PAGE_MASK, USER_TOP, &looks);
    *out = (struct vm_page){.va = va};
    *cursor = va;
    if (va >= USER_TOP)
        return false;
    if (!paging_query(&as->arch, va, &page))
        return true;
    *cursor = va + PAGE_SIZE;
    const struct region *r = region_at(as, va);
    if (r && r->kind != REGION_IMAGE) {
        out->bytes = frame_to_virt(page.frame);
        out->prot = page.prot;
    }
    return true;
}

bool aspace_extent(const struct aspace *as, uint64_t va, uint64_t *low, uint64_t *high)
{
    const struct region *r = region_at(as, va);
    if (!r || region_is_gone(r))
        return false;
    *low = region_start(r);
    *high = region_end(r);
    return true;
}

const char *vm_fault_text(enum vm_fault f)
{
    switch (f) {
    case VM_FAULT_RESOLVED:
        return "resolved";
    case VM_FAULT_UNMAPPED:
        return "no memory is mapped there";
    case VM_FAULT_GUARD:
        return "a guard page";
    case VM_FAULT_RESERVED:
        return "the addresses are reserved but not committed";
    case VM_FAULT_PROTECTION:
        return "the memory there does not allow this access";
    case VM_FAULT_NO_MEMORY:
        return "no memory was left for the page";
    }
    return "unknown";
}
