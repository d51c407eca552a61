/*
 * kernel_map.c: the kernel's half of every address space, built once at boot.
 *
 *   0xffff800000000000  all of RAM, never executable, writable but for the image's code, constants
 *                       and files: pages of 1 GiB, else 2 MiB, smaller ones at the ends of those.
 *                       The files are reached here, and nowhere else
 *   0xffffffff80000000  the image: code read-execute, constants read, data read-write
 *   0xffffffffffc00000  the other CPUs' stacks, each above pages that are never mapped
 *   0xffffffffffe00000  the local APIC, uncached
 *
 * The few tables whose number depends on the machine come from RAM that boot's mapping reaches.
 */
#include "x86.h"

#include <arch/entry.h>

#define GIB       (1ull << 30)
#define LARGE     (2ull << 20)
#define TABLE_ENTRIES 512u
#define LAPIC_PHYS_MASK 0xffffff000ull

typedef uint64_t table[TABLE_ENTRIES] __attribute__((aligned(4096)));

uint64_t x86_kernel_root[TABLE_ENTRIES] __attribute__((aligned(4096)));
static table direct_tables, image_gib, image_tables, device_tables, device_pages, stack_pages;

extern char kernel_image_start[], kernel_text_start[], kernel_text_end[], kernel_rodata_end[],
    kernel_image_end[], boot_stack_guard[];

struct x86_range x86_constant[X86_CONSTANT_RANGES];

/* A zeroed table; boot's own mapping covers the first GiB. */
static uint64_t *early_table(struct boot_info *boot)
{
    for (unsigned i = 0; i < boot->nregions; i++) {
        struct boot_region *r = &boot->regions[i];
        if (r->base + PAGE_SIZE > GIB || r->size <= PAGE_SIZE)
            continue;
        uint64_t *t = arch_direct_map(r->base);
        r->base += PAGE_SIZE;
        r->size -= PAGE_SIZE;
        __builtin_memset(t, 0, PAGE_SIZE);
        return t;
    }
    arch_panic("no memory below 1 GiB for the kernel's page tables");
}

static void map_ram(struct boot_info *boot)
{
    const uint64_t bits = PTE_PRESENT | PTE_WRITE | PTE_LARGE | PTE_GLOBAL | PTE_NX;
    for (uint64_t pa = 0; pa < boot->ram_end; pa += GIB) {
        uint64_t *slot = &direct_tables[pa / GIB];
        if (x86_features.pdpe1gb) {
            *slot = pa | bits;
            continue;
        }
        uint64_t *t = early_table(boot);
        for (unsigned i = 0; i < TABLE_ENTRIES; i++)
            t[i] = (pa + i * LARGE) | bits;
        *slot = arch_direct_unmap(t) | PTE_PRESENT | PTE_WRITE;
    }
    x86_kernel_root[ROOT_DIRECT_MAP] = x86_image_phys(direct_tables) | PTE_PRESENT | PTE_WRITE;
}

/* Divides the large page of an entry into 512 pages of `size`. */
static void divide(struct boot_info *boot, uint64_t *slot, uint64_t size)
{
    uint64_t entry = *slot, *t = early_table(boot);
    if (size == PAGE_SIZE)
        entry &= ~PTE_LARGE;
    for (unsigned i = 0; i < TABLE_ENTRIES; i++)
        t[i] = entry + i * size;
    *slot = arch_direct_unmap(t) | PTE_PRESENT | PTE_WRITE;
}

/* The direct map shows code, constants and files as well: they must not be writable there. */
static void protect(struct boot_info *boot, uint64_t pa, uint64_t end)
{
    while (pa < end) {
        uint64_t *gib = &direct_tables[pa / GIB];
        if (*gib & PTE_LARGE)
            divide(boot, gib, LARGE);
        uint64_t *slot = (uint64_t *)arch_direct_map(*gib & PTE_FRAME) + pa / LARGE % TABLE_ENTRIES;
        if (pa % LARGE == 0 && end - pa >= LARGE) {
            *slot &= ~PTE_WRITE;
            pa += LARGE;
            continue;
        }
        if (*slot & PTE_LARGE)
            divide(boot, slot, PAGE_SIZE);
        slot = (uint64_t *)arch_direct_map(*slot & PTE_FRAME) + pa / PAGE_SIZE % TABLE_ENTRIES;
        *slot &= ~PTE_WRITE;
        pa += PAGE_SIZE;
    }
}

static void protect_constant(struct boot_info *boot)
{
    x86_constant[0].from = x86_image_phys(kernel_text_start);
    x86_constant[0].to = x86_image_phys(kernel_rodata_end);
    x86_constant[1].from = boot->files;
    x86_constant[1].to = (boot->files + boot->files_size + PAGE_MASK) & ~PAGE_MASK;
    for (unsigned i = 0; i < X86_CONSTANT_RANGES; i++)
        protect(boot, x86_constant[i].from, x86_constant[i].to);
}

/* Maps [from, to) of the image; whole 2 MiB pages where they fit. */
static void map_image_part(struct boot_info *boot, const char *from, const char *to, uint64_t bits)
{
    uint64_t va = (uint64_t)from, end = ((uint64_t)to + PAGE_MASK) & ~PAGE_MASK;
    bits |= PTE_PRESENT | PTE_GLOBAL;
    while (va < end) {
        uint64_t pa = va - KERNEL_BASE;
        uint64_t *slot = &image_tables[pa / LARGE];
        if (va % LARGE == 0 && end - va >= LARGE) {
            *slot = pa | bits | PTE_LARGE;
            va += LARGE;
            continue;
        }
        if (!*slot)
            *slot = arch_direct_unmap(early_table(boot)) | PTE_PRESENT | PTE_WRITE;
        uint64_t *t = arch_direct_map(*slot & PTE_FRAME);
        t[pa / PAGE_SIZE % TABLE_ENTRIES] = pa | bits;
        va += PAGE_SIZE;
    }
}

static void map_image(struct boot_info *boot)
{
    map_image_part(boot, kernel_text_start, kernel_text_end, 0);
    map_image_part(boot, kernel_text_end, kernel_rodata_end, PTE_NX);
    map_image_part(boot, kernel_rodata_end, boot_stack_guard, PTE_NX | PTE_WRITE);
    map_image_part(boot, boot_stack_guard + PAGE_SIZE, kernel_image_end, PTE_NX | PTE_WRITE);
    image_gib[510] = x86_image_phys(image_tables) | PTE_PRESENT | PTE_WRITE;
    image_gib[511] = x86_image_phys(device_tables) | PTE_PRESENT | PTE_WRITE;
    x86_kernel_root[ROOT_KERNEL] = x86_image_phys(image_gib) | PTE_PRESENT | PTE_WRITE;
}

static void map_lapic(void)
{
    uint64_t pa = x86_rdmsr(MSR_APIC_BASE) & LAPIC_PHYS_MASK;
    device_tables[LAPIC_VA >> 21 & 511] = x86_image_phys(device_pages) | PTE_PRESENT | PTE_WRITE;
    device_pages[LAPIC_VA >> 12 & 511] =
        pa | PTE_PRESENT | PTE_WRITE | PTE_UNCACHED | PTE_GLOBAL | PTE_NX;
}

/* New pages of the kernel's half, in tables that all address spaces have already. */
uint64_t x86_map_stack(unsigned index, uint64_t frames)
{
    uint64_t top = STACKS_VA + (uint64_t)(index + 1) * STACK_SLOT;
    device_tables[STACKS_VA >> 21 & 511] = x86_image_phys(stack_pages) | PTE_PRESENT | PTE_WRITE;
    for (uint64_t n = 0; n < KERNEL_STACK_SIZE; n += PAGE_SIZE)
        stack_pages[(top - KERNEL_STACK_SIZE + n) >> 12 & 511] =
            (frames + n) | PTE_PRESENT | PTE_WRITE | PTE_GLOBAL | PTE_NX;
    return top;
}

void x86_kernel_map_init(struct boot_info *boot)
{
    map_ram(boot);
    protect_constant(boot);
    map_image(boot);
    map_lapic();
    x86_this()->root = x86_image_phys(x86_kernel_root);
    x86_write_cr3(x86_this()->root);
}
