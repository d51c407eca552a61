/*
 * tessera/ksymtab.h: names of functions, for backtraces: the kernel's here, programs' in the ROMFS.
 *
 * An image is linked twice: first with an empty table, then with the one that mksymtab makes from the
 * first result. The table stands in section .ksymtab, which the linker script places behind all
 * code, so that its size moves no function. A stopped or running kernel reads it through `ksymtab`.
 */
#ifndef TESSERA_KSYMTAB_H
#define TESSERA_KSYMTAB_H

#include <stdint.h>

struct ksymtab_entry {
    uint64_t addr;
    uint32_t name; /* bytes from the start of struct ksymtab to a string that ends with zero */
    uint32_t size; /* bytes of the function; where unknown, up to the next one */
};

/* Sorted by address; the names follow the entries. count is zero in the first link. */
struct ksymtab {
    uint64_t count;
    struct ksymtab_entry entries[];
};

/* Both are placed by the image's final link (sdk/image). The file system image lies between
 * romfs_start and romfs_end, starting on a page boundary: see tessera/romfs.h. */
extern const struct ksymtab ksymtab;
extern const unsigned char romfs_start[], romfs_end[];

#endif
