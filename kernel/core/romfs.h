/*
 * core/romfs.h: files of the image.
 */
#ifndef CORE_ROMFS_H
#define CORE_ROMFS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <arch/paging.h>

struct ksymtab;

struct romfs_file {
    const uint8_t *data; /* starts on a page */
    uint64_t frame;      /* physical address of data */
    uint64_t size;       /* bytes */
    const struct ksymtab *symbols; /* names of its functions; null if it has none */
    uint64_t symbols_size;         /* bytes */
};

/* The image of files lies at `at`, a multiple of the page size. False: it is damaged. */
bool romfs_init(paddr at, uint64_t size);
bool romfs_find(const char *name, struct romfs_file *out);
uint32_t romfs_count(void);
/* File `index` of the image; name may be null. False: there are not so many. */
bool romfs_at(uint32_t index, const char **name, struct romfs_file *out);
/* Bytes of the whole image of files. */
uint64_t romfs_size(void);
/* Name of the program that the kernel starts. */
const char *romfs_first(void);

#endif
