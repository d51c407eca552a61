/*
 * core/elf_format.h: the parts of the ELF64 file format that the loader reads (System V ABI names).
 */
#ifndef CORE_ELF_FORMAT_H
#define CORE_ELF_FORMAT_H

#include <stdint.h>

#define ELFMAG     "\177ELF"
#define SELFMAG    4
#define EI_CLASS   4
#define EI_NIDENT  16
#define ELFCLASS64 2
#define ET_EXEC    2
#define PT_LOAD    1
#define PT_DYNAMIC 2
#define PT_INTERP  3
#define PT_NOTE    4
#define PF_X       1u
#define PF_W       2u
#define PF_R       4u

typedef struct {
    uint8_t e_ident[EI_NIDENT];
    uint16_t e_type, e_machine;
    uint32_t e_version;
    uint64_t e_entry, e_phoff, e_shoff;
    uint32_t e_flags;
    uint16_t e_ehsize, e_phentsize, e_phnum, e_shentsize, e_shnum, e_shstrndx;
} Elf64_Ehdr;

typedef struct {
    uint32_t p_type, p_flags;
    uint64_t p_offset, p_vaddr, p_paddr, p_filesz, p_memsz, p_align;
} Elf64_Phdr;

#endif
