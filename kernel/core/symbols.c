/*
 * core/symbols.c: binary search in tables of function names.
 *
 * Programs' tables were made by mkromfs from the programs' own symbols. A name is shown, never
 * trusted: whatever a table says, nothing outside it is read.
 */
#include "core/symbols.h"

#include <stddef.h>

#include <tessera/ksymtab.h>

#include "core/romfs.h"

/* The name at `at`, if it ends inside the table. */
static const char *name_at(const struct ksymtab *t, uint64_t bytes, uint64_t at)
{
    const char *base = (const char *)t;
    for (uint64_t end = at; end < bytes; end++) {
        if (!base[end])
            return base + at;
    }
    return NULL;
}

const char *symbol_find(const struct ksymtab *t, uint64_t bytes, uint64_t pc, uint64_t *offset)
{
    if (!t || bytes < sizeof *t || t->count > (bytes - sizeof *t) / sizeof t->entries[0])
        return NULL;
    uint64_t low = 0, high = t->count;
    while (low < high) { /* the last entry at or below pc */
        uint64_t middle = (low + high) / 2;
        if (t->entries[middle].addr <= pc)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return NULL;
    const struct ksymtab_entry *e = &t->entries[low - 1];
    if (pc - e->addr >= e->size)
        return NULL;
    const char *name = name_at(t, bytes, e->name);
    if (name)
        *offset = pc - e->addr;
    return name;
}

const char *symbol_of_program(const char *path, uint64_t pc, uint64_t *offset)
{
    struct romfs_file f;
    return romfs_find(path, &f) ? symbol_find(f.symbols, f.symbols_size, pc, offset) : NULL;
}
