/*
 * core/elf.h: maps static ELF64 programs of the ROMFS, to fixed addresses or to any.
 */
#ifndef CORE_ELF_H
#define CORE_ELF_H

#include <stdbool.h>
#include <stdint.h>

#include <rtl/retcode.h>

struct aspace;

struct program {
    uint64_t base; /* what was added to the file's addresses; zero if they are fixed */
    uint64_t entry; /* zero: nobody has said it yet */
    uint64_t phdr; /* address of the program headers in the process, or zero */
    uint32_t phnum;
    bool is_file; /* of the ROMFS; else its creator loaded it (core/loading.h) */
};

/* Text and read-only data are shown in place, written data is copied page by page when touched, and
 * moved to its addresses then (mm/relocate.h). A program that can lie anywhere is put at `base`, a
 * multiple of the page size below USER_TOP.
 * rcResourceNotFound: no such file. rcInvalidArgument: not a static program for this machine, or a
 * segment that is both writable and executable, or a program built for another interface of the
 * kernel. rcQuotaExceeded, rcOutOfMemory: what is mapped already stays, the caller tears the
 * address space down. */
Retcode elf_load(struct aspace *as, const char *path, uint64_t base, struct program *out);

#endif
