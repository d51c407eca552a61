/*
 * fuzz.c: arbitrary text as descriptions. The input is a bundle of files, each after a line
 * "@ path"; the first one is what a person would give on the command line, the others are what it
 * refers to. Whatever the front end accepts goes through every generator as well.
 *
 * Refusing is right, accepting is right; a crash, a sanitizer's report, a leak or a time-out is a
 * finding.
 */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "gen.h"
#include "json.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

enum { FILES_MAX = 64, PATH_SIZE = 128 };

/* Adds the bundle's files to the context, below "in/". Returns the first one's path in `main`. */
static int add_files(struct nkidl *idl, const char *text, size_t size, char *main)
{
    int count = 0;

    while (size > 2 && !memcmp(text, "@ ", 2) && count < FILES_MAX) {
        const char *line = memchr(text, '\n', size);
        size_t length = line ? (size_t)(line - text - 2) : 0;
        const char *end;
        char path[PATH_SIZE];

        if (!line || length == 0 || length > PATH_SIZE - 4 || memchr(text, 0, length + 2))
            break;
        snprintf(path, sizeof(path), "in/%.*s", (int)length, text + 2);
        size -= (size_t)(line + 1 - text);
        text = line + 1;
        end = memmem(text, size, "\n@ ", 3);
        end = end ? end + 1 : text + size;
        nkidl_add_source(idl, path, text, (size_t)(end - text));
        size -= (size_t)(end - text);
        text = end;
        if (count++ == 0)
            strcpy(main, path);
    }
    return count;
}

static void generate(struct nkidl *idl, struct nkidl_unit *unit)
{
    struct gen g = {.idl = idl, .sections = SECTION_DEFAULT, .strict_strings = true,
                    .trace_client = TRACE_DUMP, .trace_server = TRACE_HEADERS};

    g.out = fopen("/dev/null", "w");
    if (!g.out)
        abort();
    gen_header(&g, unit);
    json_write(idl, unit, g.out);
    if (unit->kind == NKIDL_EDL) {
        gen_formats(&g, &unit->component, 1);
        gen_table(&g, unit->component);
    }
    if (unit->component)
        nkidl_abi_hash(idl, unit->component);
    fclose(g.out);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    struct nkidl *idl = nkidl_new();
    struct nkidl_unit *unit;
    char path[PATH_SIZE];

    if (!idl)
        return 0;
    nkidl_add_include(idl, "in");
    if (add_files(idl, (const char *)data, size, path)) {
        nkidl_options(idl)->old_errors = size % 8 == 0;
        unit = nkidl_load_file(idl, path);
        if (unit && nkidl_check(idl) == 0)
            generate(idl, unit);
    }
    nkidl_free(idl);
    return 0;
}
