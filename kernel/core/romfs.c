/*
 * core/romfs.c: finds files in the file system image, which lies behind the kernel's, or where a
 * loader put it; it is read through the map of all RAM.
 */
#include "core/romfs.h"

#include <arch/paging.h>
#include <tessera/romfs.h>

static const uint8_t *start;
static paddr frames;

static const struct romfs_header *header(void)
{
    return (const struct romfs_header *)start;
}

static const struct romfs_entry *entries(void)
{
    return (const struct romfs_entry *)(start + sizeof(struct romfs_header));
}

bool romfs_init(paddr at, uint64_t size)
{
    start = arch_direct_map(at);
    frames = at;
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
    out->data = start + e->offset;
    out->frame = frames + e->offset;
    out->size = e->size;
    out->symbols = e->symbols ? (const struct ksymtab *)(start + e->symbols) : NULL;
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
