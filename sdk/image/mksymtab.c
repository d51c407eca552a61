/*
 * mksymtab.c: the table of the kernel's function names, as assembly, from a linked image.
 *
 *     mksymtab IMAGE       writes the table of IMAGE to standard output
 *     mksymtab --empty     writes the table that the first link uses
 *
 * Takes the symbols of executable sections. The layout is in tessera/ksymtab.h. The image comes from
 * our own linker, but every offset is checked against the file's size all the same.
 */
#include <elf.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct image {
    const uint8_t *data;
    size_t size;
    const Elf64_Shdr *sections;
    size_t nsections;
};

struct function {
    uint64_t addr;
    uint64_t size;
    const char *name;
    int rank; /* of several names for one address the lowest is kept */
};

static _Noreturn void fail(const char *path, const char *why)
{
    fprintf(stderr, "mksymtab: error: %s: %s\n", path, why);
    exit(1);
}

static uint8_t *read_all(const char *path, size_t *size)
{
    FILE *file = fopen(path, "rb");
    long length;

    if (!file || fseek(file, 0, SEEK_END) != 0 || (length = ftell(file)) < 0)
        fail(path, "cannot be read");
    rewind(file);
    uint8_t *data = malloc((size_t)length + 1);
    if (!data || fread(data, 1, (size_t)length, file) != (size_t)length)
        fail(path, "cannot be read");
    data[length] = 0;
    fclose(file);
    *size = (size_t)length;
    return data;
}

static int in_file(const struct image *img, uint64_t offset, uint64_t size)
{
    return offset <= img->size && size <= img->size - offset;
}

static void image_open(struct image *img, const char *path)
{
    const Elf64_Ehdr *header;

    img->data = read_all(path, &img->size);
    header = (const Elf64_Ehdr *)img->data;
    if (img->size < sizeof(*header) || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS64)
        fail(path, "not a 64-bit ELF file");
    img->nsections = header->e_shnum;
    if (header->e_shoff % 8 != 0 ||
        !in_file(img, header->e_shoff, img->nsections * sizeof(Elf64_Shdr)))
        fail(path, "its section table lies outside the file");
    img->sections = (const Elf64_Shdr *)(img->data + header->e_shoff);
}

static const Elf64_Shdr *find_symtab(const struct image *img, const char *path)
{
    for (size_t i = 0; i < img->nsections; i++) {
        const Elf64_Shdr *s = &img->sections[i];
        if (s->sh_type != SHT_SYMTAB)
            continue;
        if (s->sh_offset % 8 != 0 || !in_file(img, s->sh_offset, s->sh_size) ||
            s->sh_link >= img->nsections ||
            !in_file(img, img->sections[s->sh_link].sh_offset,
                     img->sections[s->sh_link].sh_size))
            fail(path, "its symbol table lies outside the file");
        return s;
    }
    fail(path, "has no symbol table");
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

static size_t collect(const struct image *img, const char *path, struct function **result)
{
    const Elf64_Shdr *table = find_symtab(img, path);
    const Elf64_Shdr *strings = &img->sections[table->sh_link];
    const Elf64_Sym *syms = (const Elf64_Sym *)(img->data + table->sh_offset);
    size_t nsyms = table->sh_size / sizeof(*syms), count = 0, kept = 0;
    struct function *f = calloc(nsyms + 1, sizeof(*f));

    if (!f)
        fail(path, "out of memory");
    for (size_t i = 0; i < nsyms; i++) {
        if (syms[i].st_name >= strings->sh_size)
            continue;
        const char *name = (const char *)img->data + strings->sh_offset + syms[i].st_name;
        if (is_function(img, &syms[i], name))
            f[count++] = (struct function){.addr = syms[i].st_value, .size = syms[i].st_size,
                                           .name = name, .rank = function_rank(&syms[i])};
    }
    qsort(f, count, sizeof(*f), function_compare);
    for (size_t i = 0; i < count; i++) {
        if (kept == 0 || f[kept - 1].addr != f[i].addr)
            f[kept++] = f[i];
    }
    *result = f;
    return kept;
}

static void write_table(const struct function *f, size_t count)
{
    size_t name = 8 + count * 16;

    puts("    .section .ksymtab, \"a\", @progbits\n    .balign 8\n    .globl ksymtab\nksymtab:");
    printf("    .quad %zu\n", count);
    for (size_t i = 0; i < count; i++) {
        uint64_t size = f[i].size;
        if (size == 0 && i + 1 < count)
            size = f[i + 1].addr - f[i].addr;
        printf("    .quad 0x%llx\n    .long %zu, %llu\n", (unsigned long long)f[i].addr, name,
               (unsigned long long)(size & 0xffffffffu));
        name += strlen(f[i].name) + 1;
    }
    for (size_t i = 0; i < count; i++)
        printf("    .asciz \"%s\"\n", f[i].name);
}

int main(int argc, char **argv)
{
    struct function *functions = NULL;
    struct image img;
    size_t count = 0;

    if (argc != 2) {
        fputs("usage: mksymtab IMAGE | --empty\n", stderr);
        return 2;
    }
    if (strcmp(argv[1], "--empty") != 0) {
        image_open(&img, argv[1]);
        count = collect(&img, argv[1], &functions);
    }
    write_table(functions, count);
    return fflush(stdout) != 0;
}
