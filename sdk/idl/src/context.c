/*
 * context.c: the context's memory, its include directories, and the loading of files.
 *
 * Everything read or built belongs to the context and goes with it. Files are identified by kind
 * and dotted name: a file given by path serves later references to its name.
 */
#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "internal.h"

enum { BLOCK_SIZE = 64 * 1024, FILE_MAX_SIZE = 16 * 1024 * 1024 };

/* Memory */

void *nkidl_alloc(struct nkidl *idl, size_t size)
{
    struct block *block = idl->blocks;
    void *memory;

    size = (size + 15) & ~(size_t)15;
    if (!block || block->size - block->used < size) {
        size_t wanted = size > BLOCK_SIZE ? size : BLOCK_SIZE;

        block = calloc(1, sizeof(*block) + 16 + wanted);
        if (!block) {
            fputs("error: out of memory\n", stderr);
            exit(1);
        }
        block->size = wanted;
        block->next = idl->blocks;
        idl->blocks = block;
    }
    memory = (char *)(((uintptr_t)(block + 1) + 15) & ~(uintptr_t)15) + block->used;
    block->used += size;
    return memory;
}

char *nkidl_format(struct nkidl *idl, const char *format, ...)
{
    va_list args;
    char *text;
    int size;

    va_start(args, format);
    size = vsnprintf(NULL, 0, format, args);
    va_end(args);
    if (size < 0)
        return nkidl_alloc(idl, 1);
    text = nkidl_alloc(idl, (size_t)size + 1);
    va_start(args, format);
    vsnprintf(text, (size_t)size + 1, format, args);
    va_end(args);
    return text;
}

char *copy_text(struct nkidl *idl, const char *text, size_t size)
{
    char *copy = nkidl_alloc(idl, size + 1);

    memcpy(copy, text, size);
    return copy;
}

/* Names */

const char *c_name(struct nkidl *idl, const char *dotted)
{
    char *name = copy_text(idl, dotted, strlen(dotted));

    for (char *at = name; *at; at++) {
        if (*at == '.')
            *at = '_';
    }
    return name;
}

const char *last_part(const char *dotted)
{
    const char *dot = strrchr(dotted, '.');

    return dot ? dot + 1 : dotted;
}

const char *kind_extension(enum nkidl_kind kind)
{
    static const char *const extensions[] = {"idl", "cdl", "edl"};

    return extensions[kind];
}

/* The context */

struct nkidl *nkidl_new(void)
{
    struct nkidl *idl = calloc(1, sizeof(*idl));

    if (idl) {
        idl->includes_end = &idl->includes;
        idl->units_end = &idl->units;
    }
    return idl;
}

void nkidl_free(struct nkidl *idl)
{
    if (!idl)
        return;
    while (idl->blocks) {
        struct block *block = idl->blocks;
        idl->blocks = block->next;
        free(block);
    }
    free(idl);
}

struct nkidl_options *nkidl_options(struct nkidl *idl)
{
    return &idl->options;
}

unsigned nkidl_error_count(const struct nkidl *idl)
{
    return idl->errors;
}

unsigned nkidl_warning_count(const struct nkidl *idl)
{
    return idl->warnings;
}

void nkidl_add_include(struct nkidl *idl, const char *dir)
{
    struct include_dir *include = nkidl_alloc(idl, sizeof(*include));

    include->path = copy_text(idl, dir, strlen(dir));
    *idl->includes_end = include;
    idl->includes_end = &include->next;
}

void nkidl_add_source(struct nkidl *idl, const char *path, const char *text, size_t size)
{
    struct source *source = nkidl_alloc(idl, sizeof(*source));

    source->path = copy_text(idl, path, strlen(path));
    source->text = copy_text(idl, text, size);
    source->size = size;
    source->next = idl->sources;
    idl->sources = source;
}

/* Loading */

static const struct source *find_source(const struct nkidl *idl, const char *path)
{
    const struct source *source = idl->sources;

    while (source && strcmp(source->path, path) != 0)
        source = source->next;
    return source;
}

static struct nkidl_file *read_file(struct nkidl *idl, const char *path)
{
    struct nkidl_file *file = nkidl_alloc(idl, sizeof(*file));
    const struct source *source = find_source(idl, path);
    FILE *stream;
    char *text;
    size_t size;

    file->path = copy_text(idl, path, strlen(path));
    if (source) {
        file->text = source->text;
        file->size = source->size;
        return file;
    }
    stream = fopen(path, "rb");
    if (!stream) {
        nkidl_error(idl, (struct nkidl_loc){.file = file}, NULL, "cannot read: %s",
                    strerror(errno));
        return NULL;
    }
    text = malloc(FILE_MAX_SIZE + 1);
    size = text ? fread(text, 1, FILE_MAX_SIZE + 1, stream) : 0;
    if (!text || ferror(stream) || size > FILE_MAX_SIZE) {
        nkidl_error(idl, (struct nkidl_loc){.file = file}, NULL,
                    size > FILE_MAX_SIZE ? "the file is larger than 16 MiB" : "cannot read");
        file = NULL;
    } else {
        file->text = copy_text(idl, text, size);
        file->size = size;
    }
    free(text);
    fclose(stream);
    return file;
}

static bool kind_of_path(const char *path, enum nkidl_kind *kind)
{
    const char *dot = strrchr(path, '.');

    for (int k = NKIDL_IDL; dot && k <= NKIDL_EDL; k++) {
        if (!strcmp(dot + 1, kind_extension((enum nkidl_kind)k))) {
            *kind = (enum nkidl_kind)k;
            return true;
        }
    }
    return false;
}

/* The last part of the name must be the file's base name. */
static void check_base_name(struct nkidl *idl, const struct nkidl_unit *unit)
{
    const char *base = strrchr(unit->file->path, '/');
    const char *last = last_part(unit->name);
    size_t size;

    base = base ? base + 1 : unit->file->path;
    size = strlen(base) - 4;
    if (strlen(last) != size || strncmp(base, last, size) != 0)
        nkidl_error(idl, unit->loc,
                    nkidl_format(idl, "rename the file to %s.%s, or end the name with %.*s", last,
                                 kind_extension(unit->kind), (int)size, base),
                    "'%s' is described in a file called %s", unit->name, base);
}

static struct nkidl_unit *parse_file(struct nkidl *idl, const struct nkidl_file *file,
                                     enum nkidl_kind kind)
{
    struct parse parse = {.idl = idl, .file = file, .kind = kind};
    struct nkidl_unit *unit;

    if (!parse_text(&parse))
        return NULL;
    unit = nkidl_alloc(idl, sizeof(*unit));
    unit->kind = kind;
    unit->file = file;
    unit->package = parse.package;
    unit->component = parse.component;
    unit->name = kind == NKIDL_IDL ? parse.package->name : parse.component->name;
    unit->loc = kind == NKIDL_IDL ? parse.package->loc : parse.component->loc;
    return unit;
}

static void add_unit(struct nkidl *idl, struct nkidl_unit *unit)
{
    *idl->units_end = unit;
    idl->units_end = &unit->next;
    check_base_name(idl, unit);
}

struct nkidl_unit *find_unit(struct nkidl *idl, enum nkidl_kind kind, const char *name)
{
    for (struct nkidl_unit *unit = idl->units; unit; unit = unit->next) {
        if (unit->kind == kind && !strcmp(unit->name, name))
            return unit;
    }
    return NULL;
}

struct nkidl_unit *nkidl_load_file(struct nkidl *idl, const char *path)
{
    enum nkidl_kind kind;
    struct nkidl_file *file;
    struct nkidl_unit *unit, *other;

    if (!kind_of_path(path, &kind)) {
        nkidl_error(idl, (struct nkidl_loc){0}, NULL,
                    "%s: the name must end with .idl, .cdl or .edl", path);
        return NULL;
    }
    file = read_file(idl, path);
    if (file)
        file->is_given = true;
    unit = file ? parse_file(idl, file, kind) : NULL;
    if (!unit)
        return NULL;
    other = find_unit(idl, kind, unit->name);
    if (other && !strcmp(other->file->path, path))
        return other;
    if (other) {
        nkidl_error(idl, unit->loc, "names are unique among the files of one call",
                    "'%s' is described twice", unit->name);
        nkidl_note(idl, other->loc, "the first is here");
        return NULL;
    }
    add_unit(idl, unit);
    return unit;
}

const struct nkidl_file *nkidl_read(struct nkidl *idl, const char *path)
{
    return read_file(idl, path);
}

const char *nkidl_search(struct nkidl *idl, const char *relative)
{
    for (struct include_dir *dir = idl->includes; dir; dir = dir->next) {
        const char *path = nkidl_format(idl, "%s/%s", dir->path, relative);
        FILE *stream;

        if (find_source(idl, path))
            return path;
        stream = fopen(path, "rb");
        if (stream) {
            fclose(stream);
            return path;
        }
    }
    return NULL;
}

void nkidl_report_missing(struct nkidl *idl, struct nkidl_loc loc, const char *name,
                          const char *relative)
{
    const char *help = nkidl_format(idl, "looked for %s in:", relative);

    for (struct include_dir *dir = idl->includes; dir; dir = dir->next)
        help = nkidl_format(idl, "%s\n      %s", help, dir->path);
    if (!idl->includes)
        help = nkidl_format(idl, "%s\n      (no directory was given)", help);
    help = nkidl_format(idl, "%s\n    give the directory above it with -I", help);
    nkidl_error(idl, loc, help, "cannot find '%s'", name);
}

struct nkidl_unit *load_name_at(struct nkidl *idl, enum nkidl_kind kind, const char *name,
                                struct nkidl_loc loc)
{
    struct nkidl_unit *unit = find_unit(idl, kind, name);
    struct nkidl_file *file;
    const char *path;
    char *relative;

    if (unit)
        return unit;
    relative = nkidl_format(idl, "%s.%s", name, kind_extension(kind));
    for (char *at = relative; at < relative + strlen(name); at++) {
        if (*at == '.')
            *at = '/';
    }
    path = nkidl_search(idl, relative);
    if (!path) {
        nkidl_report_missing(idl, loc, name, relative);
        return NULL;
    }
    file = read_file(idl, path);
    unit = file ? parse_file(idl, file, kind) : NULL;
    if (!unit)
        return NULL;
    if (strcmp(unit->name, name) != 0) {
        nkidl_error(idl, unit->loc,
                    nkidl_format(idl, "its place below the include directory asks for '%s'", name),
                    "'%s' does not fit the file's path", unit->name);
        return NULL;
    }
    add_unit(idl, unit);
    return unit;
}

struct nkidl_unit *nkidl_load_name_at(struct nkidl *idl, enum nkidl_kind kind, const char *name,
                                      struct nkidl_loc loc)
{
    return load_name_at(idl, kind, name, loc);
}

struct nkidl_unit *nkidl_load_name(struct nkidl *idl, enum nkidl_kind kind, const char *name)
{
    return load_name_at(idl, kind, name, (struct nkidl_loc){0});
}

/* Checking */

static void load_imports(struct nkidl *idl, struct nkidl_package *package)
{
    for (struct nkidl_import *import = package->imports; import; import = import->next) {
        struct nkidl_unit *unit = load_name_at(idl, NKIDL_IDL, import->name, import->loc);
        import->package = unit ? unit->package : NULL;
    }
    for (struct nkidl_import *use = package->handle_interfaces; use; use = use->next) {
        struct nkidl_unit *unit = load_name_at(idl, NKIDL_IDL, use->name, use->loc);
        use->package = unit ? unit->package : NULL;
        if (unit && !unit->package->has_interface)
            nkidl_error(idl, use->loc, "name a package that has an interface",
                        "'%s' has no interface", use->name);
    }
}

static struct nkidl_package *load_interface(struct nkidl *idl, const char *name,
                                            struct nkidl_loc loc)
{
    struct nkidl_unit *unit = load_name_at(idl, NKIDL_IDL, name, loc);

    if (unit && !unit->package->has_interface) {
        nkidl_error(idl, loc, "name a package that has an interface", "'%s' has no interface",
                    name);
        return NULL;
    }
    return unit ? unit->package : NULL;
}

static void load_parts(struct nkidl *idl, struct nkidl_component *component)
{
    if (component->security_name)
        component->security = load_interface(idl, component->security_name,
                                             component->security_loc);
    for (struct nkidl_endpoint *e = component->endpoints; e; e = e->next)
        e->interface = load_interface(idl, e->interface_name, e->interface_loc);
    for (struct nkidl_instance *i = component->instances; i; i = i->next) {
        struct nkidl_unit *unit = load_name_at(idl, NKIDL_CDL, i->component_name,
                                               i->component_loc);
        i->component = unit ? unit->component : NULL;
    }
}

unsigned nkidl_check(struct nkidl *idl)
{
    struct nkidl_unit *first = idl->units;

    while (first && first->is_checked)
        first = first->next;
    /* The list grows at its end while files are loaded. */
    for (struct nkidl_unit *unit = first; unit; unit = unit->next) {
        unit->is_checked = true;
        if (unit->kind == NKIDL_IDL)
            load_imports(idl, unit->package);
        else
            load_parts(idl, unit->component);
    }
    if (idl->errors)
        return idl->errors;
    for (struct nkidl_unit *unit = first; unit; unit = unit->next) {
        if (unit->kind == NKIDL_IDL)
            resolve_package(idl, unit->package);
    }
    for (struct nkidl_unit *unit = first; unit && !idl->errors; unit = unit->next) {
        if (unit->kind == NKIDL_IDL)
            resolve_interface(idl, unit->package);
    }
    for (struct nkidl_unit *unit = first; unit && !idl->errors; unit = unit->next) {
        if (unit->kind != NKIDL_IDL)
            resolve_component(idl, unit->component);
    }
    return idl->errors;
}

static void close_over(struct nkidl *idl, struct nkidl_unit *unit, struct nkidl_unit **list,
                       unsigned *count)
{
    struct nkidl_component *component = unit->component;

    for (unsigned i = 0; i < *count; i++) {
        if (list[i] == unit)
            return;
    }
    if (unit->kind == NKIDL_IDL) {
        for (struct nkidl_import *i = unit->package->imports; i; i = i->next)
            close_over(idl, find_unit(idl, NKIDL_IDL, i->name), list, count);
    } else {
        if (component->security)
            close_over(idl, find_unit(idl, NKIDL_IDL, component->security_name), list, count);
        for (struct nkidl_endpoint *e = component->endpoints; e; e = e->next)
            close_over(idl, find_unit(idl, NKIDL_IDL, e->interface_name), list, count);
        for (struct nkidl_instance *i = component->instances; i; i = i->next)
            close_over(idl, find_unit(idl, NKIDL_CDL, i->component_name), list, count);
    }
    list[(*count)++] = unit;
}

struct nkidl_unit **nkidl_closure(struct nkidl *idl, struct nkidl_unit *unit)
{
    unsigned count = 0;
    struct nkidl_unit **list;

    for (struct nkidl_unit *u = idl->units; u; u = u->next)
        count++;
    list = nkidl_alloc(idl, (count + 1) * sizeof(*list));
    count = 0;
    close_over(idl, unit, list, &count);
    return list;
}
