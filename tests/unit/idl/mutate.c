/*
 * mutate.c: damaged descriptions must be refused or accepted, never crash the front end. Takes a
 * file, an include directory, a scratch file of the same kind and a count; exits 0 unless a
 * sanitizer stops it.
 */
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "nkidl.h"

enum { SIZE_MAX_READ = 64 * 1024 };

static unsigned seed = 12345;

static unsigned next(unsigned bound)
{
    seed = seed * 1103515245u + 12345u;
    return (seed >> 8) % bound;
}

/* Words and signs that matter to the grammar, put in at random places. */
static const char *const pieces[] = {
    "{", "}", "<", ">", ";", ",", ":", ".", "(", ")", "**", "<<", "-", "in ", "out ", "error ",
    "Handle ", "string<9>", "sequence<", "array<", "interface {", "import ", "4294967295", "0x",
    "struct S {", "union U {", "const UInt8 C = ", "/*", "//", "\n", "\xff", "handle<", "package ",
};

static size_t mutate(char *text, size_t size, const char *original, size_t original_size)
{
    memcpy(text, original, original_size);
    size = original_size;
    for (unsigned n = 1 + next(3); n > 0; n--) {
        unsigned at = next((unsigned)size);
        const char *piece = pieces[next(sizeof(pieces) / sizeof(pieces[0]))];
        size_t length = strlen(piece);

        switch (next(4)) {
        case 0: /* cut the rest off */
            size = at + 1;
            break;
        case 1: /* damage a byte */
            text[at] = (char)next(256);
            break;
        case 2: /* leave some out */
            length = next(8) < size - at ? 1 : 0;
            memmove(text + at, text + at + length, size - at - length);
            size -= length;
            break;
        default: /* put something in */
            if (size + length >= SIZE_MAX_READ)
                break;
            memmove(text + at + length, text + at, size - at);
            memcpy(text + at, piece, length);
            size += length;
            break;
        }
    }
    return size;
}

static void try(const char *include, const char *path)
{
    struct nkidl *idl = nkidl_new();
    struct nkidl_unit *unit;

    nkidl_add_include(idl, include);
    unit = nkidl_load_file(idl, path);
    if (unit && nkidl_check(idl) == 0 && unit->component)
        nkidl_abi_hash(idl, unit->component);
    nkidl_free(idl);
}

int main(int argc, char **argv)
{
    static char original[SIZE_MAX_READ / 2], text[SIZE_MAX_READ];
    FILE *stream = argc == 5 ? fopen(argv[1], "rb") : NULL;
    size_t size;

    if (!stream)
        return 2;
    size = fread(original, 1, sizeof(original), stream);
    fclose(stream);
    if (!freopen("/dev/null", "w", stderr)) /* thousands of diagnostics */
        return 2;
    for (int i = 0; i < atoi(argv[4]); i++) {
        size_t length = mutate(text, 0, original, size);

        stream = fopen(argv[3], "wb");
        if (!stream || fwrite(text, 1, length, stream) != length)
            return 2;
        fclose(stream);
        try(argv[2], argv[3]);
    }
    return 0;
}
