/*
 * start.c: the boot sequence of the boot CPU, and what the loader tells about the machine.
 *
 * 1. CPU state   2. serial ports   3. the loader's description, copied before anything can
 * overwrite it   4. the kernel's page tables   5. clock and timer   6. kernel_main
 */
#include "x86.h"

#include <arch/entry.h>

#define PVH_MAGIC       0x336ec578u
#define PVH_RAM         1u
#define LOW_MEMORY      0x100000ull /* firmware's and the first CPU start's */
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

extern char kernel_image_start[], kernel_image_end[];

static struct boot_info boot;

static void add_region(uint64_t base, uint64_t end)
{
    base = (base + PAGE_MASK) & ~PAGE_MASK;
    end &= ~PAGE_MASK;
    if (base >= end || boot.nregions == BOOT_REGIONS_MAX)
        return;
    boot.regions[boot.nregions++] = (struct boot_region){base, end - base};
}

/* RAM but for low memory and the image. */
static void add_ram(uint64_t base, uint64_t end)
{
    if (end > DIRECT_MAP_SIZE)
        end = DIRECT_MAP_SIZE;
    if (base < LOW_MEMORY)
        base = LOW_MEMORY;
    if (base >= end)
        return;
    boot.ram += end - base;
    if (end > boot.ram_end)
        boot.ram_end = end;
    if (base < boot.kernel_end && boot.kernel_start < end) {
        add_region(base, boot.kernel_start);
        add_region(boot.kernel_end, end);
    } else {
        add_region(base, end);
    }
}

/* The loader's structures lie in the first GiB, which boot's page tables map. */
static void read_start_info(const struct pvh_start_info *info)
{
    boot.loader = "pvh";
    boot.kernel_start = x86_image_phys(kernel_image_start);
    boot.kernel_end = (x86_image_phys(kernel_image_end) + PAGE_MASK) & ~PAGE_MASK;
    boot.rsdp = info->rsdp;
    const char *text = info->cmdline ? arch_direct_map(info->cmdline) : "";
    for (unsigned i = 0; i < BOOT_CMDLINE_MAX - 1 && text[i]; i++)
        boot.cmdline[i] = text[i];
    const struct pvh_memmap_entry *e = arch_direct_map(info->memmap);
    for (uint32_t i = 0; i < info->memmap_entries; i++) {
        if (e[i].type == PVH_RAM)
            add_ram(e[i].addr, e[i].addr + e[i].size);
    }
}

_Noreturn void boot_start(uint32_t start_info);

/* Called by pvh.S. */
_Noreturn void boot_start(uint32_t start_info)
{
    x86_cpu_init();
    x86_console_init();
    const struct pvh_start_info *info = arch_direct_map(start_info);
    if (info->magic != PVH_MAGIC || info->version < 1 || !info->memmap)
        arch_panic("the loader's start information is not PVH version 1 with a memory map");
    if (!x86_features.nx || !x86_features.pge)
        arch_panic("this CPU lacks no-execute or global pages");
    read_start_info(info);
    x86_kernel_map_init(&boot);
    x86_timer_init();
    kernel_main(&boot);
}
