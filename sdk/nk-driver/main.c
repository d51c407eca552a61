/*
 * main.c: the command line of nk-driver, which writes a description as JSON.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "json.h"

static const char usage[] =
    "usage: nk-driver [-I DIR]... [--schema-version idl2] [-o FILE] FILE\n"
    "  -I DIR                    search DIR for what the file refers to (repeatable)\n"
    "  -o FILE                   write the JSON to FILE (default: standard output)\n"
    "  --schema-version VERSION  there is idl2\n"
    "  --extended-errors, --deprecated-no-extended-errors   as nk-gen-c\n"
    "  --version, --help\n";

static void fail(const char *text, const char *argument)
{
    fprintf(stderr, "nk-driver: error: %s%s\n", text, argument);
    exit(1);
}

struct arguments {
    const char *output;
    const char *file;
};

/* Options without a value. */
static bool parse_flag(const char *argument, struct nkidl *idl)
{
    if (!strcmp(argument, "--help") || !strcmp(argument, "-h")) {
        fputs(usage, stdout);
        exit(0);
    }
    if (!strcmp(argument, "--version")) {
        puts("nk-driver (Tessera) 1");
        exit(0);
    }
    if (!strcmp(argument, "--extended-errors"))
        nkidl_options(idl)->old_errors = false;
    else if (!strcmp(argument, "--deprecated-no-extended-errors"))
        nkidl_options(idl)->old_errors = true;
    else
        return false;
    return true;
}

static void parse_arguments(int argc, char **argv, struct nkidl *idl, struct arguments *a)
{
    const char *value;

    for (int i = 1; i < argc; i++) {
        if (parse_flag(argv[i], idl)) {
            continue;
        } else if ((value = nkidl_option_value("nk-driver", argv, argc, &i, "-I"))) {
            nkidl_add_include(idl, value);
        } else if ((value = nkidl_option_value("nk-driver", argv, argc, &i, "-o"))) {
            a->output = value;
        } else if ((value = nkidl_option_value("nk-driver", argv, argc, &i, "--schema-version"))) {
            if (strcmp(value, "idl2") != 0)
                fail("there is --schema-version idl2, not ", value);
        } else if (argv[i][0] == '-') {
            fail("unknown option (see --help): ", argv[i]);
        } else if (a->file) {
            fail("one file at a time: ", argv[i]);
        } else {
            a->file = argv[i];
        }
    }
    if (!a->file)
        fail("no file given (see --help)", "");
}

/* Whole or not at all: a reader never sees half a file. */
static void write_unit(struct nkidl *idl, const struct nkidl_unit *unit, const char *output)
{
    const char *partial = output ? nkidl_format(idl, "%s.%ld.tmp", output, (long)getpid()) : NULL;
    FILE *out = partial ? fopen(partial, "wb") : stdout;
    bool good;

    if (!out)
        fail(nkidl_format(idl, "%s: ", strerror(errno)), output);
    json_write(idl, unit, out);
    good = !ferror(out);
    if (fclose(out) != 0)
        good = false;
    if (partial && (!good || rename(partial, output) != 0)) {
        unlink(partial);
        good = false;
    }
    if (!good)
        fail("cannot write ", output ? output : "standard output");
}

int main(int argc, char **argv)
{
    struct nkidl *idl = nkidl_new();
    struct nkidl_unit *unit;
    struct arguments a = {0};

    if (!idl)
        fail("out of memory", "");
    parse_arguments(argc, argv, idl, &a);
    unit = nkidl_load_file(idl, a.file);
    if (nkidl_check(idl) || !unit)
        return 1;
    write_unit(idl, unit, a.output);
    nkidl_free(idl);
    return 0;
}
