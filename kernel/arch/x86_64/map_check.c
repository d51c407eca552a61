/*
 * map_check.c: looks through the kernel's half of the address space for what must not be there. Run
 * by the self-check of test images.
 */
#include "x86.h"

#include <arch/paging.h>

#define ENTRIES 512u

/* `size`: bytes that the leaf maps. */
static const char *check_leaf(uint64_t leaf, uint64_t size, bool is_direct)
{
    uint64_t pa = leaf & PTE_FRAME & ~(size - 1);
    if (!(leaf & PTE_GLOBAL))
        return "a page of the kernel is not global";
    if ((leaf & PTE_WRITE) && !(leaf & PTE_NX))
        return "a page of the kernel is writable and executable";
    if (leaf & PTE_USER)
        return "a page of the kernel belongs to programs";
    if (is_direct && !(leaf & PTE_NX))
        return "a page of the direct map is executable";
    for (unsigned i = 0; i < X86_CONSTANT_RANGES; i++) {
        if ((leaf & PTE_WRITE) && pa < x86_constant[i].to && x86_constant[i].from < pa + size)
            return "code, constants or files of the image are writable";
    }
    return (const char *)0;
}

/* level 2: entries of 1 GiB, 1: of 2 MiB, 0: of 4 KiB. */
static const char *check_table(const uint64_t *table, unsigned level, bool is_direct)
{
    uint64_t size = PAGE_SIZE << 9 * level;
    for (unsigned i = 0; i < ENTRIES; i++) {
        const char *defect;
        if (!(table[i] & PTE_PRESENT))
            continue;
        if (level == 0 || (table[i] & PTE_LARGE))
            defect = check_leaf(table[i], size, is_direct);
        else
            defect = check_table(arch_direct_map(table[i] & PTE_FRAME), level - 1, is_direct);
        if (defect)
            return defect;
    }
    return (const char *)0;
}

const char *arch_map_defect(void)
{
    const char *defect =
        check_table(arch_direct_map(x86_kernel_root[ROOT_DIRECT_MAP] & PTE_FRAME), 2, true);
    if (!defect)
        defect = check_table(arch_direct_map(x86_kernel_root[ROOT_KERNEL] & PTE_FRAME), 2, false);
    return defect;
}
