/*
 * symbols.c: takes the symbols of an ELF file's executable sections (symbols.h). The files come from
 * our own linker, but every offset is checked against the file's size all the same.
 */
#include "symbols.h"

#include <elf.h>
#include <stdlib.h>
#include <string.h>

#include <tessera/ksymtab.h>

#define NAME_MAX_BYTES 200 /* longer names are cut: a kernel prints them */

struct image {
    const uint8_t *data;
    size_t size;
    const Elf64_Shdr *sections;
    size_t nsections;
};

static int in_file(const struct image *img, uint64_t offset, uint64_t size)
{
    return offset <= img->size && size <= img->size - offset;
}

static const char *image_open(struct image *img)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)img->data;

    if (img->size < sizeof(*header) || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS64)
        return "not a 64-bit ELF file";
    img->nsections = header->e_shnum;
    if (header->e_shoff % 8 != 0 ||
        !in_file(img, header->e_shoff, img->nsections * sizeof(Elf64_Shdr)))
        return "its section table lies outside the file";
    img->sections = (const Elf64_Shdr *)(img->data + header->e_shoff);
    return NULL;
}

static const char *find_symtab(const struct image *img, const Elf64_Shdr **table)
{
    for (size_t i = 0; i < img->nsections; i++) {
        const Elf64_Shdr *s = &img->sections[i];
        if (s->sh_type != SHT_SYMTAB)
            continue;
        if (s->sh_offset % 8 != 0 || !in_file(img, s->sh_offset, s->sh_size) ||
            s->sh_link >= img->nsections ||
            !in_file(img, img->sections[s->sh_link].sh_offset,
                     img->sections[s->sh_link].sh_size))
            return "its symbol table lies outside the file";
        *table = s;
        return NULL;
    }
    return "has no symbol table";
}

/* A name that ends inside its table, else null. */
static const char *name_at(const struct image *img, const Elf64_Shdr *strings, uint64_t at)
{
    if (at >= strings->sh_size)
        return NULL;
    const char *name = (const char *)img->data + strings->sh_offset + at;
    return memchr(name, 0, strings->sh_size - at) ? name : NULL;
}

/* Functions, and global labels of assembly files, which carry no type. */
static int is_function(const struct image *img, const Elf64_Sym *sym, const char *name)
{
    int type = ELF64_ST_TYPE(sym->st_info);

    if (sym->st_shndx >= img->nsections || name[0] == '\0' || name[0] == '$' || name[0] == '.')
        return 0;
    if (!(img->sections[sym->st_shndx].sh_flags & SHF_EXECINSTR))
        return 0;
    return type == STT_FUNC || type == STT_NOTYPE;
}

static int function_rank(const Elf64_Sym *sym)
{
    int type = ELF64_ST_TYPE(sym->st_info), bind = ELF64_ST_BIND(sym->st_info);
    return (type == STT_FUNC ? 0 : 2) + (bind == STB_LOCAL ? 1 : 0);
}

static int function_compare(const void *a, const void *b)
{
    const struct function *x = a, *y = b;
    if (x->addr != y->addr)
        return x->addr < y->addr ? -1 : 1;
    if (x->rank != y->rank)
        return x->rank - y->rank;
    return strcmp(x->name, y->name);
}

/* One function an address, each with a size. */
static size_t tidy(struct function *f, size_t count)
{
    size_t kept = 0;

    qsort(f, count, sizeof(*f), function_compare);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || f[kept - 1].addr != f[i].addr)
            f[kept++] = f[i];
    }
    for (size_t i = 0; i + 1 < kept; i++) {
        if (f[i].size == 0)
            f[i].size = f[i + 1].addr - f[i].addr;
    }
    return kept;
}

long functions_of(const uint8_t *data, size_t size, struct function **result, const char **why)
{
    struct image img = {.data = data, .size = size};
    const Elf64_Shdr *table;

    if ((*why = image_open(&img)) || (*why = find_symtab(&img, &table)))
        return -1;
    const Elf64_Sym *syms = (const Elf64_Sym *)(data + table->sh_offset);
    size_t nsyms = table->sh_size / sizeof(*syms), count = 0;
    struct function *f = calloc(nsyms + 1, sizeof(*f));

    if (!f) {
        *why = "out of memory";
        return -1;
    }
    for (size_t i = 0; i < nsyms; i++) {
        const char *name = name_at(&img, &img.sections[table->sh_link], syms[i].st_name);
        if (name && is_function(&img, &syms[i], name))
            f[count++] = (struct function){.addr = syms[i].st_value, .size = syms[i].st_size,
                                           .name = name, .rank = function_rank(&syms[i])};
    }
    *result = f;
    return (long)tidy(f, count);
}

uint8_t *functions_table(const struct function *f, size_t count, size_t *bytes)
{
    size_t name = sizeof(struct ksymtab) + count * sizeof(struct ksymtab_entry), size = name;

    for (size_t i = 0; i < count; i++)
        size += strnlen(f[i].name, NAME_MAX_BYTES) + 1;
    struct ksymtab *t = size <= UINT32_MAX ? calloc(1, size) : NULL;
    if (!t)
        return NULL;
    t->count = count;
    for (size_t i = 0; i < count; i++) {
        size_t length = strnlen(f[i].name, NAME_MAX_BYTES);
        t->entries[i].addr = f[i].addr;
        t->entries[i].name = (uint32_t)name;
        t->entries[i].size = f[i].size < UINT32_MAX ? (uint32_t)f[i].size : UINT32_MAX;
        memcpy((char *)t + name, f[i].name, length);
        name += length + 1;
    }
    *bytes = size;
    return (uint8_t *)t;
}
