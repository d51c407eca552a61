/*
 * mkromfs.c: packs files into the image that the kernel finds in its section .romfs.
 *
 *     mkromfs OUTPUT [NAME=]FILE...
 *
 * Programs that can lie anywhere are checked for what the kernel needs of them (relocs.h).
 * The first file is the program that the kernel starts, normally einit=PATH; the others are sorted
 * by name. Without NAME= the last part of the path is the name. The function names of programs are
 * stored behind the files. The layout is in tessera/romfs.h. On an error nothing is left behind under OUTPUT.
 */
#include "relocs.h"
#include "symbols.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include <tessera/romfs.h>

#define PAGE 4096u

struct input {
    const char *name;
    const char *path;
    uint64_t size;
    uint64_t offset;
    uint8_t *symbols; /* table of function names; null: not a program, or stripped */
    size_t symbols_size;
    uint64_t symbols_offset;
};

static const char *output;

static _Noreturn void fail(const char *format, ...)
{
    va_list args;
    va_start(args, format);
    fputs("mkromfs: error: ", stderr);
    vfprintf(stderr, format, args);
    fputc('\n', stderr);
    va_end(args);
    if (output)
        remove(output);
    exit(1);
}

static uint64_t round_up(uint64_t size)
{
    return (size + PAGE - 1) & ~(uint64_t)(PAGE - 1);
}

/* Splits [NAME=]FILE and looks at the file. */
static void input_parse(struct input *in, char *word)
{
    char *equals = strchr(word, '=');
    char *slash = strrchr(word, '/');
    struct stat st;

    if (equals && !(slash && slash < equals)) {
        *equals = '\0';
        in->name = word;
        in->path = equals + 1;
    } else {
        in->path = word;
        in->name = slash ? slash + 1 : word;
    }
    if (!in->name[0])
        fail("'%s' has no name", in->path);
    if (strlen(in->name) >= ROMFS_NAME_MAX)
        fail("name '%s' is longer than %d bytes", in->name, ROMFS_NAME_MAX - 1);
    if (stat(in->path, &st) != 0)
        fail("%s: %s", in->path, strerror(errno));
    if (!S_ISREG(st.st_mode))
        fail("%s: not a file", in->path);
    in->size = (uint64_t)st.st_size;
}

static int input_compare(const void *a, const void *b)
{
    return strcmp(((const struct input *)a)->name, ((const struct input *)b)->name);
}

static void check_unique(const struct input *in, size_t count)
{
    for (size_t i = 1; i < count; i++) {
        if (strcmp(in[0].name, in[i].name) == 0 || (i > 1 && !strcmp(in[i - 1].name, in[i].name)))
            fail("two files are named '%s'", in[i].name);
    }
}

static uint8_t *read_all(const struct input *in)
{
    FILE *file = fopen(in->path, "rb");
    uint8_t *data = malloc(in->size + 1);

    if (!file)
        fail("%s: %s", in->path, strerror(errno));
    if (!data)
        fail("out of memory");
    if (fread(data, 1, in->size, file) != in->size)
        fail("%s: changed while it was read", in->path);
    fclose(file);
    return data;
}

/* A file that is no program, or was stripped, has no names. A program has to be one that the kernel
 * can put anywhere, or one with fixed addresses. */
static void read_program(struct input *in)
{
    uint8_t *data = read_all(in);
    struct function *functions = NULL;
    const char *why = relocs_check(data, in->size);

    if (why)
        fail("%s: %s", in->path, why);
    long count = functions_of(data, in->size, &functions, &why);

    if (count > 0 && !(in->symbols = functions_table(functions, (size_t)count, &in->symbols_size)))
        fail("%s: out of memory for its function names", in->path);
    free(functions);
    free(data);
}

/* Gives every file and table its place; returns the size of the whole image. */
static uint64_t layout(struct input *in, size_t count)
{
    uint64_t at = round_up(sizeof(struct romfs_header) + count * sizeof(struct romfs_entry));
    for (size_t i = 0; i < count; i++) {
        in[i].offset = at;
        at += round_up(in[i].size);
    }
    for (size_t i = 0; i < count; i++) {
        in[i].symbols_offset = in[i].symbols ? at : 0;
        at += (in[i].symbols_size + 7) & ~7ull;
    }
    return round_up(at);
}

static void put(FILE *out, const void *data, size_t size)
{
    if (fwrite(data, 1, size, out) != size)
        fail("%s: %s", output, strerror(errno));
}

static void put_zeros(FILE *out, uint64_t size)
{
    static const char zeros[PAGE];
    put(out, zeros, size);
}

static void write_index(FILE *out, const struct input *in, size_t count, uint64_t size)
{
    struct romfs_header header = {.magic = ROMFS_MAGIC, .count = (uint32_t)count, .size = size};
    uint64_t used = sizeof(header) + count * sizeof(struct romfs_entry);

    put(out, &header, sizeof(header));
    for (size_t i = 0; i < count; i++) {
        struct romfs_entry entry = {.offset = in[i].offset,
                                    .size = in[i].size,
                                    .symbols = in[i].symbols_offset,
                                    .symbols_size = in[i].symbols_size};
        strcpy(entry.name, in[i].name);
        put(out, &entry, sizeof(entry));
    }
    for (uint64_t rest = round_up(used) - used; rest > 0;) {
        uint64_t part = rest < PAGE ? rest : PAGE;
        put_zeros(out, part);
        rest -= part;
    }
}

static void write_file(FILE *out, const struct input *in)
{
    char buffer[65536];
    uint64_t copied = 0;
    size_t got;
    FILE *file = fopen(in->path, "rb");

    if (!file)
        fail("%s: %s", in->path, strerror(errno));
    while ((got = fread(buffer, 1, sizeof(buffer), file)) > 0) {
        put(out, buffer, got);
        copied += got;
    }
    if (ferror(file) || copied != in->size)
        fail("%s: changed while it was read", in->path);
    fclose(file);
    put_zeros(out, round_up(copied) - copied);
}

static void write_symbols(FILE *out, const struct input *in, size_t count)
{
    uint64_t size = 0;

    for (size_t i = 0; i < count; i++) {
        put(out, in[i].symbols, in[i].symbols_size);
        put_zeros(out, -in[i].symbols_size & 7);
        size += (in[i].symbols_size + 7) & ~7ull;
    }
    put_zeros(out, round_up(size) - size);
}

int main(int argc, char **argv)
{
    if (argc < 3) {
        fputs("usage: mkromfs OUTPUT [NAME=]FILE...\n", stderr);
        return 2;
    }
    size_t count = (size_t)argc - 2;
    struct input *in = calloc(count, sizeof(*in));
    if (!in)
        fail("out of memory");
    for (size_t i = 0; i < count; i++) {
        input_parse(&in[i], argv[i + 2]);
        read_program(&in[i]);
    }
    qsort(in + 1, count - 1, sizeof(*in), input_compare);
    check_unique(in, count);
    uint64_t size = layout(in, count);

    FILE *out = fopen(argv[1], "wb");
    if (!out)
        fail("%s: %s", argv[1], strerror(errno));
    output = argv[1];
    write_index(out, in, count, size);
    for (size_t i = 0; i < count; i++)
        write_file(out, &in[i]);
    write_symbols(out, in, count);
    if (fclose(out) != 0)
        fail("%s: %s", output, strerror(errno));
    free(in);
    return 0;
}
