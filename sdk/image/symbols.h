/*
 * symbols.h: the functions of an ELF file as a table for backtraces (tessera/ksymtab.h).
 */
#ifndef IMAGE_SYMBOLS_H
#define IMAGE_SYMBOLS_H

#include <stddef.h>
#include <stdint.h>

struct function {
    uint64_t addr;
    uint64_t size; /* bytes; where the file says none, up to the next function */
    const char *name; /* inside the file's data */
    int rank; /* of several names for one address the lowest is kept */
};

/* The functions of a 64-bit ELF file in memory (data aligned to 8), sorted by address, one an address.
 * Every offset is checked. Returns their number and in *result an array to free, or -1 with *why. */
long functions_of(const uint8_t *data, size_t size, struct function **result, const char **why);

/* The table in its binary form: *bytes of it, to free. Null: no memory, or a table above 4 GiB. */
uint8_t *functions_table(const struct function *f, size_t count, size_t *bytes);

#endif
