/*
 * main.c: the command line of nk-gen-c, the compiler of interface descriptions to C.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "gen.h"

enum mode {
    MODE_HEADERS,
    MODE_FORMATS,
    MODE_TABLE,
    MODE_KERNEL,
    MODE_KERNEL_SERVICES,
};

struct arguments {
    struct nkidl *idl;
    enum mode mode;
    unsigned sections;
    bool strict_strings;
    const char *strict_interfaces; /* of a table: these alone; null: all */
    enum trace trace_client, trace_server;
    const char *trace_methods;
    const char *output;
    const char **files;
    unsigned count;
};

static const char usage[] =
    "usage: nk-gen-c [OPTION]... FILE...\n"
    "  -I DIR                 search DIR for what the files refer to (repeatable)\n"
    "  -P DIR                 the same, searched last\n"
    "  -o DIR                 write X.idl.h, X.cdl.h, X.edl.h and *.nk.d (make rules) to DIR\n"
    "  --types --interface --endpoints --component-refl --client --server --tests\n"
    "                         only these sections of a header (all but tests by default)\n"
    "  --extended-errors      any number of error parameters (the default)\n"
    "  --deprecated-no-extended-errors\n"
    "                         one UInt16 error parameter: the method's return code\n"
    "  --strict-strings[=N,N...]   the kernel refuses strings that do not end with zero, in all\n"
    "                         interfaces, or in those called a.b.I and of classes a.b.C (of a\n"
    "                         table of forms)\n"
    "  --formats -o FILE      the table of message forms, of EDL files and kl.core.Core\n"
    "  --endpoints-table -o FILE   the endpoints of EDL files as text\n"
    "  --kernel -o FILE       the kernel's dispatch table, of Core.edl\n"
    "  --kernel-services -o FILE   prototypes of the kernel's services, of Core.edl\n"
    "  -w, -Wall, -Werror     no warnings; all (the default); as errors\n"
    "  -Wno-imports           none about files that are not on the command line\n"
    "  --trace-client-ipc KIND, --trace-server-ipc KIND\n"
    "                         the generated code prints each message on standard error: KIND is\n"
    "                         'headers' or 'dump' (with contents)\n"
    "  --ipc-trace-method-filter M[,M]...   only of these methods: M, I.M or a.b.I.M\n"
    "  --log-level LEVEL      accepted, without effect\n"
    "  --version, --help\n";

static void fail(const char *text, const char *argument)
{
    fprintf(stderr, "nk-gen-c: error: %s%s\n", text, argument);
    exit(1);
}

static bool parse_section(const char *argument, struct arguments *a)
{
    static const struct {
        const char *name;
        unsigned section;
    } sections[] = {
        {"--types", SECTION_TYPES},         {"--interface", SECTION_INTERFACE},
        {"--endpoints", SECTION_ENDPOINTS}, {"--component-refl", SECTION_COMPONENT_REFL},
        {"--client", SECTION_CLIENT},       {"--server", SECTION_SERVER},
        {"--tests", SECTION_TESTS},
    };

    for (size_t i = 0; i < sizeof(sections) / sizeof(sections[0]); i++) {
        if (!strcmp(argument, sections[i].name)) {
            a->sections |= sections[i].section;
            return true;
        }
    }
    return false;
}

static bool parse_mode(const char *argument, struct arguments *a)
{
    if (!strcmp(argument, "--formats"))
        a->mode = MODE_FORMATS;
    else if (!strcmp(argument, "--endpoints-table"))
        a->mode = MODE_TABLE;
    else if (!strcmp(argument, "--kernel"))
        a->mode = MODE_KERNEL;
    else if (!strcmp(argument, "--kernel-services"))
        a->mode = MODE_KERNEL_SERVICES;
    else
        return false;
    return true;
}

static void add_strict(struct arguments *a, const char *names)
{
    a->strict_strings = true;
    a->strict_interfaces =
        a->strict_interfaces ? nkidl_format(a->idl, "%s,%s", a->strict_interfaces, names) : names;
}

static bool parse_flag(const char *argument, struct arguments *a, struct nkidl_options *options)
{
    if (!strcmp(argument, "--extended-errors"))
        options->old_errors = false;
    else if (!strcmp(argument, "--deprecated-no-extended-errors"))
        options->old_errors = true;
    else if (!strcmp(argument, "--strict-strings"))
        a->strict_strings = true;
    else if (!strncmp(argument, "--strict-strings=", 17))
        add_strict(a, argument + 17);
    else if (!strcmp(argument, "-w"))
        options->no_warnings = true;
    else if (!strcmp(argument, "-Wno-imports"))
        options->no_import_warnings = true;
    else if (!strcmp(argument, "-Werror"))
        options->warnings_are_errors = true;
    else if (strncmp(argument, "-W", 2) != 0)
        return parse_section(argument, a) || parse_mode(argument, a);
    return true;
}

static enum trace trace_kind(const char *value)
{
    if (!strcmp(value, "headers"))
        return TRACE_HEADERS;
    if (strcmp(value, "dump") != 0)
        fail("a trace shows 'headers' or 'dump', not ", value);
    return TRACE_DUMP;
}

static bool parse_trace(char **argv, int argc, int *i, struct arguments *a)
{
    const char *value;

    if ((value = nkidl_option_value("nk-gen-c", argv, argc, i, "--trace-client-ipc")))
        a->trace_client = trace_kind(value);
    else if ((value = nkidl_option_value("nk-gen-c", argv, argc, i, "--trace-server-ipc")))
        a->trace_server = trace_kind(value);
    else if ((value = nkidl_option_value("nk-gen-c", argv, argc, i, "--ipc-trace-method-filter")))
        a->trace_methods =
            a->trace_methods ? nkidl_format(a->idl, "%s,%s", a->trace_methods, value) : value;
    else
        return nkidl_option_value("nk-gen-c", argv, argc, i, "--log-level"); /* without effect */
    return true;
}

static void parse_arguments(int argc, char **argv, struct nkidl *idl, struct arguments *a)
{
    const char **platform = nkidl_alloc(idl, (size_t)argc * sizeof(*platform));
    unsigned nplatform = 0;
    const char *value;

    a->files = nkidl_alloc(idl, (size_t)argc * sizeof(*a->files));
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
            fputs(usage, stdout);
            exit(0);
        } else if (!strcmp(argv[i], "--version")) {
            puts("nk-gen-c (Tessera) 1");
            exit(0);
        } else if (parse_flag(argv[i], a, nkidl_options(idl))) {
            continue;
        } else if ((value = nkidl_option_value("nk-gen-c", argv, argc, &i, "-I"))) {
            nkidl_add_include(idl, value);
        } else if ((value = nkidl_option_value("nk-gen-c", argv, argc, &i, "-P"))) {
            platform[nplatform++] = value;
        } else if ((value = nkidl_option_value("nk-gen-c", argv, argc, &i, "-o"))) {
            a->output = value;
        } else if (parse_trace(argv, argc, &i, a)) {
            continue;
        } else if (argv[i][0] == '-') {
            fail("unknown option (see --help): ", argv[i]);
        } else {
            a->files[a->count++] = argv[i];
        }
    }
    for (unsigned i = 0; i < nplatform; i++)
        nkidl_add_include(idl, platform[i]);
    if (!a->sections)
        a->sections = SECTION_DEFAULT;
}

/* Output */

static void make_directory(struct nkidl *idl, const char *path)
{
    char *partial = nkidl_format(idl, "%s", path);

    for (char *at = partial + 1; *at; at++) {
        if (*at == '/') {
            *at = 0;
            mkdir(partial, 0777);
            *at = '/';
        }
    }
    if (mkdir(partial, 0777) != 0 && errno != EEXIST)
        fail("cannot create directory ", path);
}

/* Whole or not at all: a reader never sees half a file. */
static void write_file(struct nkidl *idl, const char *path, const char *text, size_t size)
{
    const char *partial = nkidl_format(idl, "%s.%ld.tmp", path, (long)getpid());
    FILE *stream = fopen(partial, "wb");
    bool good = stream && fwrite(text, 1, size, stream) == size;

    if (stream && fclose(stream) != 0)
        good = false;
    if (!good || rename(partial, path) != 0) {
        unlink(partial);
        fail(nkidl_format(idl, "%s: ", strerror(errno)), path);
    }
}

struct text {
    char *data;
    size_t size;
};

static void open_text(struct gen *g, struct text *text)
{
    g->out = open_memstream(&text->data, &text->size);
    if (!g->out)
        fail("out of memory", "");
}

static void write_text(struct gen *g, struct text *text, const char *path)
{
    if (fclose(g->out) != 0)
        fail("out of memory", "");
    write_file(g->idl, path, text->data, text->size);
    free(text->data);
    text->data = NULL;
}

static void put_path(struct gen *g, const char *path)
{
    for (; *path; path++)
        put(g, *path == ' ' || *path == '#' ? "\\%c" : *path == '$' ? "$%c" : "%c", *path);
}

static void put_inputs(struct gen *g, struct nkidl_unit **units, const char *before,
                       const char *after)
{
    for (size_t i = 0; units[i]; i++) {
        put(g, "%s", before);
        put_path(g, units[i]->file->path);
        put(g, "%s", after);
    }
}

/* The make rule of one output; every input also gets an empty rule, so that removing one does not
 * break the next build. */
static void write_rule(struct gen *g, struct nkidl_unit **units, const char *output,
                       const char *path)
{
    struct text text;

    open_text(g, &text);
    put_path(g, output);
    put(g, ":");
    put_inputs(g, units, " \\\n  ", "");
    put(g, "\n");
    put_inputs(g, units, "", ":\n");
    write_text(g, &text, path);
}

static void write_header(struct gen *g, struct nkidl_unit *unit, const char *dir)
{
    const char *base = strrchr(unit->file->path, '/');
    const char *header, *rule;
    struct text text;

    base = base ? base + 1 : unit->file->path;
    header = nkidl_format(g->idl, "%s/%s.h", dir, base);
    rule = nkidl_format(g->idl, "%s/%s.nk.d", dir, base);
    open_text(g, &text);
    gen_header(g, unit);
    write_text(g, &text, header);
    write_rule(g, nkidl_closure(g->idl, unit), header, rule);
}

/* Units of all classes, for the rule of a table. */
static struct nkidl_unit **all_units(struct nkidl *idl, struct nkidl_unit **roots, unsigned count)
{
    unsigned total = 0;
    struct nkidl_unit **all;

    for (unsigned i = 0; i < count; i++) {
        for (struct nkidl_unit **u = nkidl_closure(idl, roots[i]); *u; u++)
            total++;
    }
    all = nkidl_alloc(idl, (total + 1) * sizeof(*all));
    total = 0;
    for (unsigned i = 0; i < count; i++) {
        for (struct nkidl_unit **u = nkidl_closure(idl, roots[i]); *u; u++) {
            bool seen = false;

            for (unsigned k = 0; k < total && !seen; k++)
                seen = all[k] == *u;
            if (!seen)
                all[total++] = *u;
        }
    }
    return all;
}

static int compare_units(const void *a, const void *b)
{
    const struct nkidl_unit *const *left = a, *const *right = b;

    return strcmp((*left)->name, (*right)->name);
}

static void put_table(struct gen *g, enum mode mode, struct nkidl_unit **units, unsigned count)
{
    struct nkidl_component **classes = nkidl_alloc(g->idl, (count + 1) * sizeof(*classes));

    for (unsigned i = 0; i < count; i++)
        classes[i] = units[i]->component;
    if (mode == MODE_FORMATS)
        gen_formats(g, classes, count);
    else if (mode == MODE_KERNEL)
        gen_kernel(g, classes[0]);
    else if (mode == MODE_KERNEL_SERVICES)
        gen_kernel_services(g, classes[0]);
    for (unsigned i = 0; i < count && mode == MODE_TABLE; i++)
        gen_table(g, classes[i]);
}

static void write_table(struct gen *g, const struct arguments *a, struct nkidl_unit **units,
                        unsigned count)
{
    struct text text;
    const char *slash = strrchr(a->output, '/');

    if (slash && slash != a->output)
        make_directory(g->idl, nkidl_format(g->idl, "%.*s", (int)(slash - a->output), a->output));
    open_text(g, &text);
    put_table(g, a->mode, units, count);
    write_text(g, &text, a->output);
    write_rule(g, all_units(g->idl, units, count), a->output,
               nkidl_format(g->idl, "%s.nk.d", a->output));
}

/* For the tables of an image: kl.core.Core first, then by name, each class once. */
static unsigned order_classes(struct nkidl *idl, struct nkidl_unit **units, unsigned count)
{
    struct nkidl_unit *core = nkidl_load_name(idl, NKIDL_EDL, "kl.core.Core");
    unsigned kept = 1;

    if (!core || nkidl_check(idl))
        exit(1);
    for (unsigned i = count; i > 0; i--)
        units[i] = units[i - 1];
    units[0] = core;
    qsort(units + 1, count, sizeof(*units), compare_units);
    for (unsigned i = 1; i <= count; i++) {
        if (units[i] != core && units[i] != units[kept - 1])
            units[kept++] = units[i];
    }
    return kept;
}

static void check_classes(struct nkidl *idl, struct nkidl_unit **units, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (units[i]->kind != NKIDL_EDL)
            nkidl_error(idl, units[i]->loc, "give .edl files", "'%s' is not a process class",
                        units[i]->name);
    }
    if (nkidl_error_count(idl))
        exit(1);
}

static int run(struct nkidl *idl, const struct arguments *a)
{
    struct nkidl_unit **units = nkidl_alloc(idl, (a->count + 2) * sizeof(*units));
    struct gen g = {
        .idl = idl,
        .sections = a->sections,
        .strict_strings = a->strict_strings,
        .strict_interfaces = a->strict_interfaces,
        .trace_client = a->trace_client,
        .trace_server = a->trace_server,
        .trace_methods = a->trace_methods,
    };
    unsigned count = 0;

    for (unsigned i = 0; i < a->count; i++) {
        units[count] = nkidl_load_file(idl, a->files[i]);
        count += units[count] != NULL;
    }
    if (nkidl_check(idl))
        return 1;
    if (a->mode == MODE_HEADERS) {
        const char *dir = a->output ? a->output : ".";

        make_directory(idl, dir);
        for (unsigned i = 0; i < count; i++)
            write_header(&g, units[i], dir);
        return 0;
    }
    check_classes(idl, units, count);
    if (a->mode == MODE_FORMATS)
        count = order_classes(idl, units, count);
    write_table(&g, a, units, count);
    return 0;
}

int main(int argc, char **argv)
{
    struct nkidl *idl = nkidl_new();
    struct arguments a = {0};
    int result;

    if (!idl)
        fail("out of memory", "");
    a.idl = idl;
    parse_arguments(argc, argv, idl, &a);
    if (!a.count && a.mode != MODE_FORMATS)
        fail("no file given (see --help)", "");
    if (a.mode >= MODE_KERNEL && a.count != 1)
        fail("--kernel and --kernel-services take one file, Core.edl", "");
    if (a.mode != MODE_HEADERS && !a.output)
        fail("the output file is missing: -o FILE", "");
    result = run(idl, &a);
    nkidl_free(idl);
    return result;
}
