/*
 * start.c: the boot sequence of the boot CPU, and what the loader tells about the machine.
 *
 * 1. CPU state   2. serial ports   3. the loader's description, copied before anything can
 * overwrite it   4. the kernel's page tables   5. clock and timer   6. kernel_main
 */
#include "loader.h"
#include "multiboot.h"
#include "x86.h"

#include <arch/entry.h>

#define PVH_MAGIC       0x336ec578u
#define PVH_RAM         1u
#define TAKEN_MAX       4
#define LOW_MEMORY      0x100000ull /* firmware's and the first CPU start's */
#define LOW_PAGE_FIRST  0x8000ull
#define LOW_PAGE_END    0x80000ull
#define DIRECT_MAP_SIZE (512ull << 30)

struct pvh_start_info {
    uint32_t magic, version, flags, nmodules;
    uint64_t modules, cmdline, rsdp, memmap;
    uint32_t memmap_entries, reserved;
};
struct pvh_memmap_entry {
    uint64_t addr, size;
    uint32_t type, reserved;
};

extern char kernel_image_start[], kernel_image_end[], romfs_start[], romfs_end[];

static struct boot_info boot;
static struct {
    uint64_t base, end;
} taken[TAKEN_MAX];
static unsigned ntaken;

static void add_region(uint64_t base, uint64_t end)
{
    base = (base + PAGE_MASK) & ~PAGE_MASK;
    end &= ~PAGE_MASK;
    if (base >= end || boot.nregions == BOOT_REGIONS_MAX)
        return;
    boot.regions[boot.nregions++] = (struct boot_region){base, end - base};
}

void boot_reserve(uint64_t base, uint64_t end)
{
    if (ntaken < TAKEN_MAX) {
        taken[ntaken].base = base;
        taken[ntaken++].end = end;
    }
}

const char *boot_set_files(uint64_t module, uint64_t module_end)
{
    boot.files = module;
    boot.files_size = module_end - module;
    if (!module_end) {
        boot.files = x86_image_phys(romfs_start);
        boot.files_size = (uint64_t)(romfs_end - romfs_start);
    }
    if (boot.files & PAGE_MASK || module_end > DIRECT_MAP_SIZE || module > module_end)
        return "the loader put the file system to an address that is no page's";
    boot_reserve(boot.files, boot.files + boot.files_size);
    return 0;
}

/* What of the range is free, looking at what is taken from number `next` on. */
static void add_free(uint64_t base, uint64_t end, unsigned next)
{
    for (; next < ntaken; next++) {
        if (base >= taken[next].end || end <= taken[next].base)
            continue;
        if (base < taken[next].base)
            add_free(base, taken[next].base, next + 1);
        if (taken[next].end < end)
            add_free(taken[next].end, end, next + 1);
        return;
    }
    add_region(base, end);
}

static bool is_taken(uint64_t base, uint64_t end)
{
    for (unsigned i = 0; i < ntaken; i++) {
        if (base < taken[i].end && end > taken[i].base)
            return true;
    }
    return false;
}

/* Where the other CPUs begin: any page that real mode reaches, not the first, which is the BIOS's. */
static void find_low_page(uint64_t base, uint64_t end)
{
    uint64_t page = (base + PAGE_MASK) & ~PAGE_MASK;
    if (page < LOW_PAGE_FIRST)
        page = LOW_PAGE_FIRST;
    for (; !boot.low_page && page + PAGE_SIZE <= end && page < LOW_PAGE_END; page += PAGE_SIZE) {
        if (!is_taken(page, page + PAGE_SIZE))
            boot.low_page = page;
    }
}

/* RAM but for low memory and what is taken. */
void boot_add_ram(uint64_t base, uint64_t end)
{
    find_low_page(base, end);
    if (end > DIRECT_MAP_SIZE)
        end = DIRECT_MAP_SIZE;
    if (base < LOW_MEMORY)
        base = LOW_MEMORY;
    if (base >= end)
        return;
    boot.ram += end - base;
    if (end > boot.ram_end)
        boot.ram_end = end;
    add_free(base, end, 0);
}

void boot_set_cmdline(const char *text)
{
    for (unsigned i = 0; i < BOOT_CMDLINE_MAX - 1 && text[i]; i++)
        boot.cmdline[i] = text[i];
}

/* The loader's structures lie in the first GiB, which boot's page tables map. */
static const char *pvh_read(const struct pvh_start_info *info)
{
    if (info->magic != PVH_MAGIC || info->version < 1 || !info->memmap)
        return "the loader's start information is not PVH version 1 with a memory map";
    boot.rsdp = info->rsdp;
    boot_set_cmdline(info->cmdline ? arch_direct_map(info->cmdline) : "");
    const char *problem = boot_set_files(0, 0);
    const struct pvh_memmap_entry *e = arch_direct_map(info->memmap);
    for (uint32_t i = 0; i < info->memmap_entries; i++) {
        if (e[i].type == PVH_RAM)
            boot_add_ram(e[i].addr, e[i].addr + e[i].size);
    }
    return problem;
}

_Noreturn void boot_start(uint32_t info, uint32_t magic);

/* Called by pvh.S. */
_Noreturn void boot_start(uint32_t info, uint32_t magic)
{
    x86_cpu_init();
    x86_console_init();
    boot.kernel_start = x86_image_phys(kernel_image_start);
    boot.kernel_end = (x86_image_phys(kernel_image_end) + PAGE_MASK) & ~PAGE_MASK;
    boot_reserve(boot.kernel_start, boot.kernel_end);
    boot.loader = magic == MULTIBOOT_MAGIC ? "multiboot2" : "pvh";
    const char *problem =
        magic == MULTIBOOT_MAGIC ? multiboot_read(&boot) : pvh_read(arch_direct_map(info));
    if (problem)
        arch_panic("%s", problem);
    if (!x86_features.nx || !x86_features.pge)
        arch_panic("this CPU lacks no-execute or global pages");
    x86_kernel_map_init(&boot);
    x86_power_init(boot.rsdp, boot.ram_end);
    x86_timer_init();
    kernel_main(&boot);
}
