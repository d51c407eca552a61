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
#define ET_EXEC    2 /* at fixed addresses */
#define ET_DYN     3 /* anywhere */
#define PT_LOAD    1
#define PT_DYNAMIC 2
#define PT_INTERP  3
#define PT_NOTE    4
#define PT_GNU_RELRO 0x6474e552u /* data that is constant once the program was put into its place */
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

/* Entries of PT_DYNAMIC. */
typedef struct {
    int64_t d_tag;
    uint64_t d_val;
} Elf64_Dyn;

#define DT_NULL      0
#define DT_NEEDED    1
#define DT_RELA      7
#define DT_RELASZ    8
#define DT_RELAENT   9
#define DT_REL       17
#define DT_TEXTREL   22
#define DT_JMPREL    23
#define DT_RELR      36
#define DT_RELACOUNT 0x6ffffff9 /* how many rows of DT_RELA add the base and nothing else */

#endif
