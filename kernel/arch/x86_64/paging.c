/*
 * paging.c: page tables of user address spaces: four levels, 4 KiB leaves.
 *
 * Every table's frame carries the number of its entries in use (mm's note on the frame), so a table
 * is freed the moment it is empty, without looking at its 512 entries.
 */
#include "x86.h"

#include <arch/entry.h>
#include <arch/paging.h>
#include <arch/thread.h>

#define LEVELS      4
#define INDEX_MASK  511u
#define ENTRIES     512u
#define LEVEL_SHIFT(level) (PAGE_SHIFT + 9 * (level)) /* level 0 holds the leaves */

static inline unsigned index_of(uint64_t va, int level)
{
    return (unsigned)(va >> LEVEL_SHIFT(level)) & INDEX_MASK;
}

static inline uint64_t *table_at(uint64_t entry)
{
    return arch_direct_map(entry & PTE_FRAME);
}

static inline uint64_t leaf_bits(uint32_t prot)
{
    if (!prot)
        return PTE_HIDDEN; /* not for the kernel either */
    uint64_t bits = PTE_PRESENT | PTE_USER;
    bits |= prot & ACCESS_WRITE ? PTE_WRITE : 0;
    bits |= prot & ACCESS_EXEC ? 0 : PTE_NX;
    return bits;
}

/* Whether a leaf has a frame. */
static inline bool is_mapped(uint64_t leaf)
{
    return leaf & (PTE_PRESENT | PTE_HIDDEN);
}

static inline uint32_t prot_of(uint64_t leaf)
{
    if (!(leaf & PTE_USER))
        return 0;
    return ACCESS_READ | (leaf & PTE_WRITE ? ACCESS_WRITE : 0) | (leaf & PTE_NX ? 0 : ACCESS_EXEC);
}

/* The slot of va's leaf, or null if a table on the way is missing. */
static inline uint64_t *leaf_slot(const struct arch_aspace *as, uint64_t va)
{
    uint64_t *table = arch_direct_map(as->root);
#pragma clang loop unroll(full)
    for (int level = LEVELS - 1; level > 0; level--) {
        uint64_t entry = table[index_of(va, level)];
        if (!(entry & PTE_PRESENT))
            return (uint64_t *)0;
        table = table_at(entry);
    }
    return &table[index_of(va, 0)];
}

bool paging_create(struct arch_aspace *as)
{
    as->root = page_table_alloc(as);
    if (!as->root)
        return false;
    uint64_t *root = arch_direct_map(as->root);
    root[ROOT_DIRECT_MAP] = x86_kernel_root[ROOT_DIRECT_MAP];
    root[ROOT_KERNEL] = x86_kernel_root[ROOT_KERNEL];
    return true;
}

static uint64_t others_with(const struct arch_aspace *as);
static void leave(void *arg);

/* A CPU on which one of its threads ended, and nothing has run since, still has it loaded. */
void paging_destroy(struct arch_aspace *as)
{
    uint64_t mask = others_with(as);
    if (mask)
        core_cpus_call(mask, leave, (void *)0);
    if (x86_this()->root == as->root)
        arch_aspace_leave();
    page_table_free(as, as->root);
    as->root = 0;
}

static inline uint16_t *count_of(const uint64_t *slot)
{
    return page_table_count(arch_direct_unmap((void *)((uintptr_t)slot & ~PAGE_MASK)));
}

/* Frees the tables of the path, leaf's first, as far as they are empty. path[level] is the table
 * that holds the entry of that level. */
static void prune(struct arch_aspace *as, uint64_t *const path[LEVELS], int level, uint64_t va)
{
    for (; level < LEVELS - 1; level++) {
        paddr frame = arch_direct_unmap(path[level]);
        if (*page_table_count(frame) != 0)
            return;
        path[level + 1][index_of(va, level + 1)] = 0;
        --*page_table_count(arch_direct_unmap(path[level + 1]));
        page_table_free(as, frame);
    }
}

/* The slot of va's leaf, making the tables that are missing; null: no memory for one. Kept out of the
 * common case. */
__attribute__((noinline)) static uint64_t *make_slot(struct arch_aspace *as, uint64_t va)
{
    uint64_t *path[LEVELS];
    path[LEVELS - 1] = arch_direct_map(as->root);
    for (int level = LEVELS - 1; level > 0; level--) {
        uint64_t *slot = &path[level][index_of(va, level)];
        if (!(*slot & PTE_PRESENT)) {
            paddr table = page_table_alloc(as);
            if (!table) {
                prune(as, path, level, va);
                return (uint64_t *)0;
            }
            *slot = table | PTE_PRESENT | PTE_WRITE | PTE_USER;
            ++*page_table_count(arch_direct_unmap(path[level]));
        }
        path[level - 1] = table_at(*slot);
    }
    return &path[0][index_of(va, 0)];
}

/* The table of va's leaf has become empty. */
__attribute__((noinline)) static void drop_tables(struct arch_aspace *as, uint64_t va)
{
    uint64_t *path[LEVELS];
    path[LEVELS - 1] = arch_direct_map(as->root);
    for (int level = LEVELS - 1; level > 0; level--)
        path[level - 1] = table_at(path[level][index_of(va, level)]);
    prune(as, path, 0, va);
}

bool paging_map(struct arch_aspace *as, uint64_t va, paddr frame, uint32_t prot, bool is_borrowed)
{
    uint64_t *slot = leaf_slot(as, va);
    if (!slot)
        slot = make_slot(as, va);
    if (!slot)
        return false;
    *slot = frame | leaf_bits(prot) | (is_borrowed ? PTE_BORROWED : 0);
    ++*count_of(slot);
    return true;
}

static void describe(uint64_t leaf, struct page_info *out)
{
    out->frame = leaf & PTE_FRAME;
    out->prot = prot_of(leaf);
    out->is_borrowed = leaf & PTE_BORROWED;
}

bool paging_query(const struct arch_aspace *as, uint64_t va, struct page_info *out)
{
    const uint64_t *slot = leaf_slot(as, va);
    if (!slot || !is_mapped(*slot))
        return false;
    describe(*slot, out);
    return true;
}

/* The byte at va through its leaf entry, or null. */
static inline void *through(const uint64_t *slot, uint64_t va, uint32_t access)
{
    uint64_t need = PTE_PRESENT | PTE_USER | (access & ACCESS_WRITE ? PTE_WRITE : 0);
    if (!slot || (*slot & need) != need || (access & ACCESS_EXEC && *slot & PTE_NX))
        return (void *)0;
    return (char *)arch_direct_map(*slot & PTE_FRAME) + (va & PAGE_MASK);
}

void *paging_resolve(const struct arch_aspace *as, uint64_t va, uint32_t access)
{
    return through(leaf_slot(as, va), va, access);
}

void *paging_walk_to(struct paging_walk *w, const struct arch_aspace *as, uint64_t va, uint32_t access)
{
    uint64_t page = va & ~PAGE_MASK;
    if (w->slot && page == w->va + PAGE_SIZE && index_of(page, 0) != 0)
        w->slot++;
    else if (!w->slot || page != w->va)
        w->slot = leaf_slot(as, va);
    w->va = page;
    return through(w->slot, va, access);
}

void paging_protect(struct arch_aspace *as, uint64_t va, uint32_t prot)
{
    uint64_t *slot = leaf_slot(as, va);
    if (slot && is_mapped(*slot))
        *slot = (*slot & (PTE_FRAME | PTE_BORROWED)) | leaf_bits(prot);
}

void paging_lend(struct arch_aspace *as, uint64_t va)
{
    uint64_t *slot = leaf_slot(as, va);
    if (slot)
        *slot |= PTE_BORROWED;
}

bool paging_unmap(struct arch_aspace *as, uint64_t va, struct page_info *out)
{
    uint64_t *slot = leaf_slot(as, va);
    if (!slot || !is_mapped(*slot))
        return false;
    describe(*slot, out);
    *slot = 0;
    if (--*count_of(slot) == 0)
        drop_tables(as, va);
    return true;
}

static inline uint64_t round_up_level(uint64_t va, int level)
{
    uint64_t size = 1ull << LEVEL_SHIFT(level);
    return (va & ~(size - 1)) + size;
}

uint64_t paging_next(const struct arch_aspace *as, uint64_t va, uint64_t end, unsigned *looks)
{
    uint64_t *table = arch_direct_map(as->root);
    int level = LEVELS - 1;
    for (*looks = 0; va < end && *looks < PAGING_LOOKS; ++*looks) {
        uint64_t entry = table[index_of(va, level)];
        if (is_mapped(entry)) {
            if (level == 0)
                return va;
            table = table_at(entry);
            level--;
            continue;
        }
        uint64_t next = round_up_level(va, level);
        bool is_last = index_of(va, level) == ENTRIES - 1;
        va = next;
        if (is_last && level < LEVELS - 1) /* past this table: look again from above */
            break;
    }
    return va < end ? va : end;
}

/* ---- forgetting ---- */

/* The other CPUs that have this address space loaded. */
static uint64_t others_with(const struct arch_aspace *as)
{
    uint64_t mask = 0;
    for (unsigned i = 0; i < core_cpu_count(); i++) {
        const struct arch_cpu *cpu = (struct arch_cpu *)core_cpu(i);
        if (cpu != x86_this() && __atomic_load_n(&cpu->root, __ATOMIC_RELAXED) == as->root)
            mask |= 1ull << i;
    }
    return mask;
}

bool paging_is_elsewhere(const struct arch_aspace *as)
{
    return core_cpu_count() > 1 && others_with(as);
}

void paging_flush_page(struct arch_aspace *as, uint64_t va)
{
    if (x86_this()->root == as->root)
        x86_invlpg(va);
}

struct flush {
    const struct arch_aspace *as;
    const uint64_t *va;
    unsigned n;
};

static void flush(void *arg)
{
    const struct flush *f = arg;
    struct arch_cpu *cpu = x86_this();
    if (cpu->root != f->as->root)
        return;
    if (f->n == 0)
        x86_write_cr3(cpu->root);
    for (unsigned i = 0; i < f->n; i++)
        x86_invlpg(f->va[i]);
}

void paging_flush_elsewhere(struct arch_aspace *as, const uint64_t *va, unsigned n)
{
    struct flush f = {as, va, n};
    uint64_t mask = others_with(as);
    if (mask)
        core_cpus_call(mask, flush, &f);
}

static void leave(void *arg)
{
    (void)arg;
    arch_aspace_leave();
}
