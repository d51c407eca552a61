/*
 * tessera/romfs.h: the file system image inside the kernel image.
 *
 * The image starts on a page boundary in memory. Every file starts on a page boundary, so that the
 * kernel maps program text from it without a copy, and is padded to a page with zeros.
 *
 * A program's function names stand behind all files, as a table of the form of tessera/ksymtab.h
 * sorted by address: a fault report finds a name in O(log n), without reading the program's own
 * symbol table.
 */
#ifndef TESSERA_ROMFS_H
#define TESSERA_ROMFS_H

#include <stdint.h>

#define ROMFS_MAGIC    0x31736d6f72736574ull
#define ROMFS_NAME_MAX 112

struct romfs_header {
    uint64_t magic;
    uint32_t count;
    uint32_t reserved;
    uint64_t size; /* bytes of the whole image */
};
/* `count` entries follow the header, sorted by name except that the first is the program that the
 * kernel starts ("einit"). */
struct romfs_entry {
    uint64_t offset; /* bytes from the start of the image, multiple of 4096 */
    uint64_t size;   /* bytes */
    char name[ROMFS_NAME_MAX];
    uint64_t symbols; /* bytes from the start of the image to the names, multiple of 8; 0: none */
    uint64_t symbols_size;
};

#endif
