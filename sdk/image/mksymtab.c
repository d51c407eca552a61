/*
 * mksymtab.c: the table of the kernel's function names, as assembly, from a linked image.
 *
 *     mksymtab IMAGE       writes the table of IMAGE to standard output
 *     mksymtab --empty     writes the table that the first link uses
 *
 * Takes the symbols of executable sections (symbols.c). The layout is in tessera/ksymtab.h.
 */
#include "symbols.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

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

static void write_table(const struct function *f, size_t count)
{
    size_t name = 8 + count * 16;

    puts("    .section .ksymtab, \"a\", @progbits\n    .balign 8\n    .globl ksymtab\nksymtab:");
    printf("    .quad %zu\n", count);
    for (size_t i = 0; i < count; i++) {
        printf("    .quad 0x%llx\n    .long %zu, %llu\n", (unsigned long long)f[i].addr, name,
               (unsigned long long)(f[i].size & 0xffffffffu));
        name += strlen(f[i].name) + 1;
    }
    for (size_t i = 0; i < count; i++)
        printf("    .asciz \"%s\"\n", f[i].name);
}

int main(int argc, char **argv)
{
    struct function *functions = NULL;
    const char *why;
    long count = 0;

    if (argc != 2) {
        fputs("usage: mksymtab IMAGE | --empty\n", stderr);
        return 2;
    }
    if (strcmp(argv[1], "--empty") != 0) {
        size_t size;
        const uint8_t *data = read_all(argv[1], &size);
        count = functions_of(data, size, &functions, &why);
        if (count < 0)
            fail(argv[1], why);
    }
    write_table(functions, (size_t)count);
    return fflush(stdout) != 0;
}
