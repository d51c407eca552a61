/*
 * multiboot.c: what a Multiboot2 loader tells: a list of tags, each at a multiple of eight bytes. A
 * module, if there is one, is the file system; what it takes is left out of the memory, so it is
 * looked for first.
 *
 * ACPI: the loader passes a copy of the root pointer; boot_info gets the physical address of ours.
 */
#include "multiboot.h"

#include "loader.h"
#include "x86.h"

#include <arch/entry.h>

enum tag_type {
    TAG_END = 0,
    TAG_CMDLINE = 1,
    TAG_MODULE = 3,
    TAG_MEMORY = 6,
    TAG_ACPI_OLD = 14,
    TAG_ACPI_NEW = 15,
};

#define MEMORY_RAM 1u
#define TAGS_START 8u

struct tag {
    uint32_t type, size;
};
struct module_tag {
    struct tag tag;
    uint32_t start, end;
};
struct memory_tag {
    struct tag tag;
    uint32_t entry_size, entry_version;
};
struct memory_entry {
    uint64_t base, length;
    uint32_t type, reserved;
};

extern char multiboot_info[];

static bool read_memory(const struct memory_tag *tag)
{
    if (tag->tag.size < sizeof *tag || tag->entry_size < sizeof(struct memory_entry))
        return false;
    uint32_t count = (tag->tag.size - (uint32_t)sizeof *tag) / tag->entry_size;
    for (uint32_t i = 0; i < count; i++) {
        const struct memory_entry *e =
            (const void *)((const char *)(tag + 1) + (uint64_t)i * tag->entry_size);
        if (e->type == MEMORY_RAM && e->base + e->length > e->base)
            boot_add_ram(e->base, e->base + e->length);
    }
    return count != 0;
}

/* The next tag that is well formed, from *at on; null at the end. *problem: why there is none. */
static const struct tag *next_tag(uint32_t *at, const char **problem)
{
    uint32_t total = *(const uint32_t *)multiboot_info;
    const struct tag *tag = (const void *)(multiboot_info + *at);
    if (*at + sizeof *tag > total)
        return 0;
    if (tag->size < sizeof *tag || tag->size > total - *at) {
        *problem = "the loader's Multiboot2 description is damaged";
        return 0;
    }
    *at += (tag->size + 7) & ~7u;
    return tag->type == TAG_END ? 0 : tag;
}

static const char *read_module(void)
{
    uint32_t at = TAGS_START;
    const char *problem = 0;
    const struct tag *tag;
    while ((tag = next_tag(&at, &problem))) {
        const struct module_tag *m = (const void *)tag;
        if (tag->type == TAG_MODULE && tag->size >= sizeof *m)
            return boot_set_files(m->start, m->end);
    }
    return problem ? problem : boot_set_files(0, 0);
}

const char *multiboot_read(struct boot_info *boot)
{
    uint32_t at = TAGS_START;
    bool has_memory = false;
    const struct tag *tag;
    if (*(const uint32_t *)multiboot_info > MULTIBOOT_INFO_MAX)
        return "the loader's Multiboot2 description is too long";
    const char *problem = read_module();
    while (!problem && (tag = next_tag(&at, &problem))) {
        if (tag->type == TAG_CMDLINE)
            boot_set_cmdline((const char *)(tag + 1));
        else if (tag->type == TAG_MEMORY)
            has_memory = read_memory((const struct memory_tag *)tag);
        else if (tag->type == TAG_ACPI_NEW || (tag->type == TAG_ACPI_OLD && !boot->rsdp))
            boot->rsdp = x86_image_phys(tag + 1);
    }
    if (!problem && !has_memory)
        problem = "the loader's Multiboot2 description has no memory map";
    return problem;
}
