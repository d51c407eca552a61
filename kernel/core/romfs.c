/*
 * core/romfs.c: finds files in the file system image that the linker placed into the kernel.
 */
#include "core/romfs.h"

#include <arch/paging.h>
#include <tessera/romfs.h>

extern const uint8_t romfs_start[], romfs_end[];

static const struct romfs_header *header(void)
{
    return (const struct romfs_header *)romfs_start;
}

static const struct romfs_entry *entries(void)
{
    return (const struct romfs_entry *)(romfs_start + sizeof(struct romfs_header));
}

bool romfs_init(void)
{
    uint64_t size = (uint64_t)(romfs_end - romfs_start);
    if (size < sizeof(struct romfs_header) || header()->magic != ROMFS_MAGIC ||
        header()->size > size || header()->count == 0)
        return false;
    for (uint32_t i = 0; i < header()->count; i++) {
        const struct romfs_entry *e = &entries()[i];
        if (e->offset % PAGE_SIZE || e->offset > size || e->size > size - e->offset ||
            e->name[ROMFS_NAME_MAX - 1] || e->symbols % 8 || e->symbols > size ||
            e->symbols_size > size - e->symbols)
            return false;
    }
    return true;
}

const char *romfs_first(void)
{
    return entries()[0].name;
}

uint32_t romfs_count(void)
{
    return header()->count;
}

uint64_t romfs_size(void)
{
    return header()->size;
}

bool romfs_at(uint32_t index, const char **name, struct romfs_file *out)
{
    if (index >= header()->count)
        return false;
    const struct romfs_entry *e = &entries()[index];
    if (name)
        *name = e->name;
    out->data = romfs_start + e->offset;
    out->frame = arch_kernel_to_phys(out->data);
    out->size = e->size;
    out->symbols = e->symbols ? (const struct ksymtab *)(romfs_start + e->symbols) : NULL;
    out->symbols_size = e->symbols_size;
    return true;
}

bool romfs_find(const char *name, struct romfs_file *out)
{
    for (uint32_t i = 0; i < header()->count; i++) {
        const struct romfs_entry *e = &entries()[i];
        size_t n = 0;
        while (e->name[n] && e->name[n] == name[n])
            n++;
        if (e->name[n] == name[n])
            return romfs_at(i, NULL, out);
    }
    return false;
}
