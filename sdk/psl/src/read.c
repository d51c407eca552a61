/*
 * read.c: reads a policy and the files it uses, and puts the policy together.
 *
 * A file's declarations stand where its first `use` stands; further uses of it do nothing.
 */
#include <stdio.h>
#include <string.h>

#include "internal.h"

enum { ONE_LINE_MAX = 160 };

char *copy_bytes(struct nkidl *idl, const char *text, size_t size)
{
    char *copy = nkidl_alloc(idl, size + 1);

    memcpy(copy, text, size);
    return copy;
}

const char *one_line(struct nkidl *idl, const struct nkidl_file *file, size_t start, size_t end)
{
    char *text = nkidl_alloc(idl, ONE_LINE_MAX + 4);
    size_t n = 0;
    bool is_gap = false;

    for (size_t i = start; i < end && n < ONE_LINE_MAX - 1; i++) {
        char c = file->text[i];

        if (c == '/' && i + 1 < end && file->text[i + 1] == '/') { /* a comment inside */
            while (i < end && file->text[i] != '\n')
                i++;
            is_gap = true;
            continue;
        }
        if ((unsigned char)c <= ' ') {
            is_gap = true;
            continue;
        }
        if (is_gap && n)
            text[n++] = ' ';
        is_gap = false;
        text[n++] = c;
    }
    if (n >= ONE_LINE_MAX - 1)
        memcpy(text + n, "...", 4);
    return text;
}

const char *name_list(struct nkidl *idl, const char *list, const char *name)
{
    return list ? nkidl_format(idl, "%s, %s", list, name) : name;
}

static bool is_read(const struct psl_policy *policy, const char *path)
{
    for (unsigned i = 0; i < policy->nfiles; i++) {
        if (!strcmp(policy->files[i]->path, path))
            return true;
    }
    return false;
}

/* The text of a file, perhaps under another name. Warnings about it are wanted. */
static const struct nkidl_file *read_text(struct nkidl *idl, const char *path, const char *shown_as)
{
    const struct nkidl_file *file = nkidl_read(idl, path);
    struct nkidl_file *copy = nkidl_alloc(idl, sizeof(*copy));

    if (!file)
        return NULL;
    *copy = *file;
    copy->is_given = true;
    if (shown_as)
        copy->path = shown_as;
    return copy;
}

static bool read_psl(struct reader *r, const char *path, const char *shown_as)
{
    struct parse parse = {.reader = r, .idl = r->idl};
    struct psl_policy *policy = r->policy;

    parse.file = read_text(r->idl, path, shown_as);
    if (!parse.file)
        return false;
    policy->files[policy->nfiles++] = parse.file;
    if (!policy->file)
        policy->file = parse.file;
    if (!scan_text(&parse))
        return false;
    sort_tokens(&parse);
    return !parse.failed && parse_tokens(&parse);
}

/* Below an include directory, else beside the file that uses it. */
static const char *find_psl(struct parse *p, const char *relative)
{
    const char *path = nkidl_search(p->idl, relative);
    const char *slash = strrchr(p->file->path, '/');
    size_t size = slash ? (size_t)(slash - p->file->path) + 1 : 0;
    FILE *stream;

    if (path)
        return path;
    path = nkidl_format(p->idl, "%.*s%s", (int)size, p->file->path, relative);
    stream = fopen(path, "rb");
    if (!stream)
        return NULL;
    fclose(stream);
    return path;
}

void read_use(struct parse *p, struct word name)
{
    size_t size = strlen(name.text);
    const char *path;
    char *relative;

    if (size < 3 || strcmp(name.text + size - 2, "._") != 0) {
        nkidl_error(p->idl, name.loc,
                    nkidl_format(p->idl,
                                 "write use %s._ for a file, use EDL %s for a process class",
                                 name.text, name.text),
                    "the name of a policy file ends with '._'");
        p->failed = true;
        return;
    }
    relative = nkidl_format(p->idl, "%.*s.psl", (int)size - 2, name.text);
    for (size_t i = 0; i < size - 2; i++) {
        if (relative[i] == '.')
            relative[i] = '/';
    }
    path = find_psl(p, relative);
    if (!path) {
        nkidl_report_missing(p->idl, name.loc, name.text, relative);
        p->failed = true;
        return;
    }
    if (is_read(p->reader->policy, path))
        return;
    if (p->reader->depth == USE_DEPTH_MAX || p->reader->policy->nfiles == FILES_MAX) {
        nkidl_error(p->idl, name.loc, NULL, "too many files use each other");
        p->failed = true;
        return;
    }
    p->reader->depth++;
    if (!read_psl(p->reader, path, NULL))
        p->failed = true;
    p->reader->depth--;
}

/* Classes that the command line names. */
static void add_classes(struct reader *r, const char *path, const char *const *names)
{
    struct nkidl_file *file = nkidl_alloc(r->idl, sizeof(*file));

    file->path = path;
    file->text = "";
    for (; names && *names; names++) {
        struct used *used = nkidl_alloc(r->idl, sizeof(*used));

        used->name.text = *names;
        used->name.loc.file = file;
        LIST_ADD(&r->used, used);
    }
}

struct psl_policy *psl_load(struct nkidl *idl, const char *path, const struct psl_options *options)
{
    struct psl_policy *policy = nkidl_alloc(idl, sizeof(*policy));
    struct reader r = {.idl = idl, .policy = policy};
    static const struct psl_options none;

    LIST_INIT(&r.declared);
    LIST_INIT(&r.used);
    LIST_INIT(&r.profiles);
    LIST_INIT(&r.types);
    LIST_INIT(&r.bindings);
    LIST_INIT(&r.suites);
    policy->idl = idl;
    policy->files = nkidl_alloc(idl, FILES_MAX * sizeof(*policy->files));
    predeclare_objects(policy);
    options = options ? options : &none;
    add_classes(&r, path, options->added);
    if (!read_psl(&r, path, options->shown_as) || nkidl_error_count(idl))
        return NULL;
    resolve_classes(&r, options);
    if (nkidl_error_count(idl))
        return NULL;
    resolve_objects(&r);
    resolve_profiles(&r);
    if (nkidl_error_count(idl))
        return NULL;
    resolve_bindings(&r);
    if (nkidl_error_count(idl))
        return NULL;
    check_leaves(policy);
    resolve_tests(&r);
    return nkidl_error_count(idl) ? NULL : policy;
}
