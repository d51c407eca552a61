/*
 * relocs.c: see relocs.h. Reads the tables by the file's sections.
 */
#include "relocs.h"

#include <elf.h>
#include <string.h>

static const char *check_table(const Elf64_Rela *rows, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        if (ELF64_R_TYPE(rows[i].r_info) != R_X86_64_RELATIVE || ELF64_R_SYM(rows[i].r_info))
            return "it has relocations other than relative ones";
        if (i > 0 && (rows[i].r_offset < rows[i - 1].r_offset ||
                      rows[i].r_offset - rows[i - 1].r_offset < sizeof(uint64_t)))
            return "its relocations are not in ascending order";
    }
    return NULL;
}

const char *relocs_check(const uint8_t *data, size_t size)
{
    const Elf64_Ehdr *header = (const Elf64_Ehdr *)data;

    if (size < sizeof(*header) || memcmp(header->e_ident, ELFMAG, SELFMAG) != 0 ||
        header->e_ident[EI_CLASS] != ELFCLASS64 || header->e_type != ET_DYN ||
        header->e_machine != EM_X86_64)
        return NULL;
    if (header->e_shoff % 8 != 0 || header->e_shoff > size ||
        header->e_shnum * sizeof(Elf64_Shdr) > size - header->e_shoff)
        return NULL; /* half a program is data */
    const Elf64_Shdr *sections = (const Elf64_Shdr *)(data + header->e_shoff);
    for (size_t i = 0; i < header->e_shnum; i++) {
        const Elf64_Shdr *s = &sections[i];
        const char *why;

        if (s->sh_type != SHT_RELA || !(s->sh_flags & SHF_ALLOC))
            continue;
        if (s->sh_offset % 8 != 0 || s->sh_offset > size || s->sh_size > size - s->sh_offset)
            return "its relocations lie outside the file";
        why =
            check_table((const Elf64_Rela *)(data + s->sh_offset), s->sh_size / sizeof(Elf64_Rela));
        if (why)
            return why;
    }
    return NULL;
}
