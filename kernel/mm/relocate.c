/*
 * relocate.c: see mm/relocate.h.
 */
#include "mm/relocate.h"

#include <arch/paging.h>

#define WORD 8u

/* The first row whose word ends above `offset`. */
static uint64_t first_row(const struct vm_program *program, uint64_t offset)
{
    uint64_t low = 0, high = program->nrelocs;
    while (low < high) {
        uint64_t middle = low + (high - low) / 2;
        if (program->relocs[middle].offset + (WORD - 1) < offset)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

/* Stores the bytes of `value` that fall into the page; `at` may be negative, or near the end. */
static void store(uint8_t *page, int64_t at, uint64_t value)
{
    if (at >= 0 && (uint64_t)at <= PAGE_SIZE - WORD) {
        __builtin_memcpy(page + at, &value, WORD);
        return;
    }
    for (unsigned i = 0; i < WORD; i++, at++, value >>= 8) {
        if (at >= 0 && at < (int64_t)PAGE_SIZE)
            page[at] = (uint8_t)value;
    }
}

void vm_relocate_page(const struct vm_program *program, uint64_t va, void *page)
{
    if (va < program->base)
        return;
    uint64_t offset = va - program->base, row = first_row(program, offset);
    for (unsigned n = 0; n < RELOCS_PAGE_MAX && row < program->nrelocs; n++, row++) {
        const struct vm_reloc *r = &program->relocs[row];
        if (r->offset >= offset + PAGE_SIZE)
            return;
        if (r->info == ARCH_RELOC_RELATIVE)
            store(page, (int64_t)(r->offset - offset), program->base + r->addend);
    }
}
