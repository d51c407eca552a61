/*
 * main.c: nk-psl-gen-c: a policy to the C source of an image's security module, and the image's
 * table of message forms, which has the same classes under the same numbers.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "gen.h"
#include "psl_gen.h"

static const char usage[] =
    "usage: nk-psl-gen-c [OPTION]... POLICY\n"
    "  -I DIR             search DIR for descriptions and policies (repeatable)\n"
    "  -P DIR             the same, searched last; the name of a platform file is accepted\n"
    "  -o FILE            write the module's source to FILE (security.psl.c beside the policy)\n"
    "  --out-formats FILE write the table of message forms of the policy's classes\n"
    "  --out-tests FILE   write the policy's tests to FILE as C; empty if there are none. makekss\n"
    "                     compiles and runs them\n"
    "  -t, --tests skip|generate|run   skip: do not write them\n"
    "  --out-depends FILE write the make rule of what is read\n"
    "  --depends-target NAME   what that rule makes (FILE of -o)\n"
    "  --shown-as PATH    how the policy's file is called in messages and in the module\n"
    "  --class NAME       as if the policy said use EDL NAME (repeatable)\n"
    "  --require NAME     the policy must name this process class (repeatable)\n"
    "  --check            check the policy, write nothing\n"
    "  --strict-strings[=N,N...]  as for nk-gen-c --formats\n"
    "  --extended-errors, --deprecated-no-extended-errors   as for nk-gen-c\n"
    "  -w, -Wall, -Werror no warnings; all (the default); as errors\n"
    "  --version, --help\n"
    "Other options that begin with --out-, --psl- or --audit- are accepted without effect.\n";

struct arguments {
    struct nkidl *idl;
    const char *policy, *output, *formats, *depends, *tests, *test_mode;
    const char *target, *shown;
    const char **required, **added;
    unsigned nrequired, nadded;
    bool check_only, strict_strings;
    const char *strict_interfaces;
};

static void fail(const char *text, const char *argument)
{
    fprintf(stderr, "nk-psl-gen-c: error: %s%s\n", text, argument);
    exit(1);
}

static const char *value_of(char **argv, int argc, int *i, const char *name)
{
    return nkidl_option_value("nk-psl-gen-c", argv, argc, i, name);
}

static bool is_flag(const char *argument, struct arguments *a)
{
    struct nkidl_options *options = nkidl_options(a->idl);

    if (!strcmp(argument, "--check"))
        a->check_only = true;
    else if (!strcmp(argument, "-w"))
        options->no_warnings = true;
    else if (!strcmp(argument, "-Werror"))
        options->warnings_are_errors = true;
    else if (!strcmp(argument, "--deprecated-no-extended-errors"))
        options->old_errors = true;
    else if (!strcmp(argument, "--strict-strings"))
        a->strict_strings = true;
    else if (!strncmp(argument, "--strict-strings=", 17)) {
        a->strict_strings = true;
        a->strict_interfaces =
            a->strict_interfaces
                ? nkidl_format(a->idl, "%s,%s", a->strict_interfaces, argument + 17)
                : argument + 17;
    } else
        return !strcmp(argument, "--extended-errors") || !strncmp(argument, "-W", 2);
    return true;
}

/* Options of other compilers of this language: with "=value", or followed by a word that is none.
 */
static bool is_foreign(char **argv, int argc, int *i)
{
    const char *a = argv[*i];

    if (strncmp(a, "--out-", 6) && strncmp(a, "--psl-", 6) && strncmp(a, "--audit-", 8) &&
        strncmp(a, "--log-", 6))
        return false;
    if (!strchr(a, '=') && *i + 2 < argc && argv[*i + 1][0] != '-')
        ++*i;
    return true;
}

static void parse_arguments(int argc, char **argv, struct arguments *a)
{
    const char **platform = nkidl_alloc(a->idl, (size_t)argc * sizeof(*platform)), *value;
    unsigned nplatform = 0;

    a->required = nkidl_alloc(a->idl, ((size_t)argc + 1) * sizeof(*a->required));
    a->added = nkidl_alloc(a->idl, ((size_t)argc + 2) * sizeof(*a->added));
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--help") || !strcmp(argv[i], "-h")) {
            fputs(usage, stdout);
            exit(0);
        } else if (!strcmp(argv[i], "--version")) {
            puts("nk-psl-gen-c (Tessera) 1");
            exit(0);
        } else if (is_flag(argv[i], a)) {
            continue;
        } else if ((value = value_of(argv, argc, &i, "-I"))) {
            nkidl_add_include(a->idl, value);
        } else if ((value = value_of(argv, argc, &i, "-P"))) {
            platform[nplatform++] = value;
        } else if ((value = value_of(argv, argc, &i, "-o")) ||
                   (value = value_of(argv, argc, &i, "--output"))) {
            a->output = value;
        } else if ((value = value_of(argv, argc, &i, "--out-formats"))) {
            a->formats = value;
        } else if ((value = value_of(argv, argc, &i, "--out-tests"))) {
            a->tests = value;
        } else if ((value = value_of(argv, argc, &i, "--tests")) ||
                   (value = value_of(argv, argc, &i, "-t"))) {
            a->test_mode = value;
        } else if ((value = value_of(argv, argc, &i, "--out-depends"))) {
            a->depends = value;
        } else if ((value = value_of(argv, argc, &i, "--depends-target"))) {
            a->target = value;
        } else if ((value = value_of(argv, argc, &i, "--shown-as"))) {
            a->shown = value;
        } else if ((value = value_of(argv, argc, &i, "--class"))) {
            a->added[a->nadded++] = value;
        } else if ((value = value_of(argv, argc, &i, "--require"))) {
            a->required[a->nrequired++] = value;
        } else if (is_foreign(argv, argc, &i)) {
            continue;
        } else if (argv[i][0] == '-') {
            fail("unknown option (see --help): ", argv[i]);
        } else if (a->policy) {
            fail("one policy at a time: ", argv[i]);
        } else {
            a->policy = argv[i];
        }
    }
    for (unsigned i = 0; i < nplatform; i++)
        nkidl_add_include(a->idl, platform[i]);
    if (a->test_mode && strcmp(a->test_mode, "skip") != 0 &&
        strcmp(a->test_mode, "generate") != 0 && strcmp(a->test_mode, "run") != 0)
        fail("--tests is skip, generate or run, not ", a->test_mode);
    if (!a->policy)
        fail("no policy given (see --help)", "");
    if (a->nadded)
        a->added[a->nadded++] = "kl.core.Core";
    if (!a->output)
        a->output = nkidl_format(a->idl, "%s.c", a->policy);
}

/* ---- output ---- */

struct text {
    char *data;
    size_t size;
};

static FILE *open_text(struct text *text)
{
    FILE *stream = open_memstream(&text->data, &text->size);

    if (!stream)
        fail("out of memory", "");
    return stream;
}

/* Whole or not at all: a reader never sees half a file. */
static void write_file(struct nkidl *idl, const char *path, const struct text *const *parts)
{
    const char *partial = nkidl_format(idl, "%s.%ld.tmp", path, (long)getpid());
    FILE *stream = fopen(partial, "wb");
    bool good = stream != NULL;

    for (; good && *parts; parts++)
        good = fwrite((*parts)->data, 1, (*parts)->size, stream) == (*parts)->size;
    if (stream && fclose(stream) != 0)
        good = false;
    if (!good || rename(partial, path) != 0) {
        const char *why = strerror(errno);

        unlink(partial);
        fail(nkidl_format(idl, "%s: ", why), path);
    }
}

static void write_module(struct psl_gen *g, const char *path)
{
    static const char head[] =
        "/* Generated by nk-psl-gen-c from a policy. Changes are lost. */\n"
        "#include <tessera/rules.h>\n\n";
    struct text tables = {0}, rules = {0}, first = {(char *)(uintptr_t)head, sizeof(head) - 1};
    const struct text *const parts[] = {&first, &tables, &rules, NULL};
    bool is_good;

    g->tables = open_text(&tables);
    g->rules = open_text(&rules);
    put_objects(g);
    is_good = collect_levels(g) && put_plan(g);
    if (fclose(g->tables) != 0 || fclose(g->rules) != 0)
        fail("out of memory", "");
    if (is_good && !nkidl_error_count(g->idl) && path)
        write_file(g->idl, path, parts);
    free(tables.data);
    free(rules.data);
}

/* Always made, so that their defects are found. */
static void write_tests(struct psl_gen *g, const struct arguments *a)
{
    bool is_wanted = a->tests && !a->check_only;
    struct text text = {0}, none = {0};
    const struct text *const parts[] = {&text, NULL}, *const nothing[] = {&none, NULL};

    g->out = open_text(&text);
    put_tests(g);
    if (fclose(g->out) != 0)
        fail("out of memory", "");
    if (is_wanted && !nkidl_error_count(g->idl))
        write_file(g->idl, a->tests,
                   a->test_mode && !strcmp(a->test_mode, "skip") ? nothing : parts);
    free(text.data);
}

/* The policy's classes; one that the policy calls by another name has that name in the image. */
static void write_formats(const struct arguments *a, const struct psl_policy *policy)
{
    struct nkidl_component **classes = nkidl_alloc(a->idl, policy->nclasses * sizeof(*classes));
    struct gen g = {.idl = a->idl, .strict_strings = a->strict_strings,
                    .strict_interfaces = a->strict_interfaces};
    struct text text = {0};
    const struct text *const parts[] = {&text, NULL};

    for (unsigned i = 0; i < policy->nclasses; i++) {
        classes[i] = nkidl_alloc(a->idl, sizeof(**classes));
        *classes[i] = *policy->classes[i]->component;
        classes[i]->name = policy->classes[i]->name;
    }
    g.out = open_text(&text);
    gen_formats(&g, classes, policy->nclasses);
    if (fclose(g.out) != 0)
        fail("out of memory", "");
    write_file(a->idl, a->formats, parts);
    free(text.data);
}

static void put_path(FILE *out, const char *path)
{
    for (; *path; path++)
        fprintf(out, *path == ' ' || *path == '#' ? "\\%c" : *path == '$' ? "$%c" : "%c", *path);
}

static void put_input(FILE *out, int pass, const char *path)
{
    fputs(pass ? "" : " \\\n  ", out);
    put_path(out, path);
    fputs(pass ? ":\n" : "", out);
}

/* Every input also gets an empty rule, so that removing one does not break the next build. */
static void write_depends(const struct arguments *a, const struct psl_policy *policy)
{
    struct text text = {0};
    const struct text *const parts[] = {&text, NULL};
    FILE *out = open_text(&text);

    for (int pass = 0; pass < 2; pass++) {
        if (pass == 0) {
            put_path(out, a->target ? a->target : a->output);
            fputc(':', out);
        }
        for (unsigned i = 0; i < policy->nfiles; i++)
            put_input(out, pass, i || !a->shown ? policy->files[i]->path : a->policy);
        for (unsigned i = 0; i < policy->nclasses; i++) {
            for (struct nkidl_unit **u = nkidl_closure(a->idl, policy->classes[i]->unit); *u; u++)
                put_input(out, pass, (*u)->file->path);
        }
        fputc('\n', out);
    }
    if (fclose(out) != 0)
        fail("out of memory", "");
    write_file(a->idl, a->depends, parts);
    free(text.data);
}

int main(int argc, char **argv)
{
    struct arguments a = {.idl = nkidl_new()};
    struct psl_gen g = {0};
    struct psl_options options = {0};

    if (!a.idl)
        fail("out of memory", "");
    parse_arguments(argc, argv, &a);
    nkidl_options(a.idl)->no_import_warnings = true; /* nk-gen-c has told about those */
    options.required = a.required;
    options.added = a.added;
    options.shown_as = a.shown;
    g.idl = a.idl;
    g.policy = psl_load(a.idl, a.policy, &options);
    if (!g.policy)
        return 1;
    g.context.policy = g.policy;
    nkidl_options(a.idl)->no_warnings = true; /* the checker has told */
    write_module(&g, a.check_only ? NULL : a.output);
    write_tests(&g, &a);
    if (nkidl_error_count(a.idl))
        return 1;
    if (a.formats && !a.check_only)
        write_formats(&a, g.policy);
    if (a.depends && !a.check_only)
        write_depends(&a, g.policy);
    nkidl_free(a.idl);
    return 0;
}
