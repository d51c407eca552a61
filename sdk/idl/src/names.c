/*
 * names.c: rules for names: no duplicates, nothing that the generated C code uses for itself, no
 * underscores where the language forbids them.
 */
#include <ctype.h>
#include <string.h>

#include "internal.h"

static bool listed(const char *const *list, const char *name)
{
    for (; *list; list++) {
        if (!strcmp(*list, name))
            return true;
    }
    return false;
}

/* Names that become members of C structures. */
static void check_member(struct nkidl *idl, const char *name, struct nkidl_loc loc)
{
    static const char *const keywords[] = {
        "auto", "break", "case", "char", "const", "continue", "default", "do", "double", "else",
        "enum", "extern", "float", "for", "goto", "if", "inline", "int", "long", "register",
        "restrict", "return", "short", "signed", "sizeof", "static", "struct", "switch", "typedef",
        "union", "unsigned", "void", "volatile", "while", "asm", "typeof", NULL,
    };
    static const char *const cxx_keywords[] = {
        "alignas", "alignof", "and", "bool", "catch", "class", "concept", "decltype", "delete",
        "explicit", "export", "false", "friend", "mutable", "namespace", "new", "noexcept", "not",
        "nullptr", "operator", "or", "private", "protected", "public", "requires", "template",
        "this", "throw", "true", "try", "typeid", "typename", "using", "virtual", "xor", NULL,
    };
    static const char *const ours[] = {"base_", "res_", "err_", NULL};

    if (listed(keywords, name))
        nkidl_error(idl, loc, "choose another name", "'%s' is a word of the C language", name);
    else if (listed(ours, name))
        nkidl_error(idl, loc, "choose another name", "the generated code has a member '%s' itself",
                    name);
    else if (listed(cxx_keywords, name))
        nkidl_warning(idl, loc, "choose another name if C++ programs are to use it",
                      "'%s' is a word of the C++ language", name);
}

static void report_duplicate(struct nkidl *idl, const char *what, const char *name,
                             struct nkidl_loc loc, struct nkidl_loc first)
{
    nkidl_error(idl, loc, "choose another name", "duplicate %s '%s'", what, name);
    nkidl_note(idl, first, "the first is here");
}

static void check_underscore(struct nkidl *idl, const char *what, const char *name,
                             struct nkidl_loc loc)
{
    if (strchr(name, '_'))
        nkidl_error(idl, loc, "write it without '_', for example in camelCase",
                    "the name of %s cannot contain '_': '%s'", what, name);
}

static void check_fields(struct nkidl *idl, const struct nkidl_field *first)
{
    for (const struct nkidl_field *f = first; f; f = f->next) {
        check_member(idl, f->name, f->loc);
        for (const struct nkidl_field *g = first; g != f; g = g->next) {
            if (!strcmp(f->name, g->name)) {
                report_duplicate(idl, f->direction == NKIDL_FIELD ? "field" : "parameter",
                                 f->name, f->loc, g->loc);
                break;
            }
        }
    }
}

/* Names that, after the package's prefix, the generated code uses itself. */
static void check_reserved(struct nkidl *idl, const char *name, struct nkidl_loc loc)
{
    static const char *const reserved[] = {
        "ops", "proxy", "req", "res", "mid_max", "proxy_init", "interface_dispatch", "arena_size",
        "req_arena_size", "res_arena_size", "req_handles", "res_handles", "err_handles", NULL,
    };

    if (listed(reserved, name))
        nkidl_error(idl, loc, "choose another name", "the generated code uses the name '%s' itself",
                    name);
}

static void check_decls(struct nkidl *idl, const struct nkidl_package *package)
{
    for (const struct nkidl_decl *d = package->decls; d; d = d->next) {
        bool composed = d->kind == NKIDL_STRUCT || d->kind == NKIDL_UNION;

        check_reserved(idl, d->name, d->loc);
        for (const struct nkidl_decl *e = package->decls; e != d; e = e->next) {
            if (!strcmp(d->name, e->name)) {
                report_duplicate(idl, "declaration of", d->name, d->loc, e->loc);
                break;
            }
        }
        if (composed && !d->fields)
            nkidl_error(idl, d->loc, "give it at least one field", "'%s' is empty", d->name);
        if (composed)
            check_fields(idl, d->fields);
    }
}

static void check_methods(struct nkidl *idl, const struct nkidl_package *package)
{
    for (const struct nkidl_method *m = package->methods; m; m = m->next) {
        check_underscore(idl, "a method", m->name, m->loc);
        check_reserved(idl, m->name, m->loc);
        check_member(idl, m->name, m->loc);
        check_fields(idl, m->params);
        for (const struct nkidl_method *n = package->methods; n != m; n = n->next) {
            if (!strcmp(m->name, n->name)) {
                report_duplicate(idl, "method", m->name, m->loc, n->loc);
                break;
            }
        }
        for (const struct nkidl_decl *d = package->decls; d; d = d->next) {
            if (!strcmp(m->name, d->name))
                report_duplicate(idl, "name", m->name, m->loc, d->loc);
        }
    }
}

void check_package_names(struct nkidl *idl, const struct nkidl_package *package)
{
    if (package->has_interface) {
        if (!isupper((unsigned char)package->last[0]))
            nkidl_error(idl, package->loc, "the last part of the package is the interface's name",
                        "the name of an interface starts with an upper-case letter: '%s'",
                        package->last);
        check_underscore(idl, "an interface", package->last, package->loc);
    }
    check_decls(idl, package);
    check_methods(idl, package);
}

static const struct nkidl_loc *find_entry(const struct nkidl_component *component,
                                          const char *name, const struct nkidl_loc *before)
{
    for (const struct nkidl_endpoint *e = component->endpoints; e; e = e->next) {
        if (&e->loc == before)
            return NULL;
        if (!strcmp(e->name, name))
            return &e->loc;
    }
    for (const struct nkidl_instance *i = component->instances; i; i = i->next) {
        if (&i->loc == before)
            return NULL;
        if (!strcmp(i->name, name))
            return &i->loc;
    }
    return NULL;
}

void check_component_names(struct nkidl *idl, const struct nkidl_component *component)
{
    const struct nkidl_loc *first;

    for (const struct nkidl_endpoint *e = component->endpoints; e; e = e->next) {
        check_underscore(idl, "an endpoint", e->name, e->loc);
        check_member(idl, e->name, e->loc);
        first = find_entry(component, e->name, &e->loc);
        if (first)
            report_duplicate(idl, "endpoint", e->name, e->loc, *first);
    }
    for (const struct nkidl_instance *i = component->instances; i; i = i->next) {
        check_underscore(idl, "a component instance", i->name, i->loc);
        check_member(idl, i->name, i->loc);
        first = find_entry(component, i->name, &i->loc);
        if (first)
            report_duplicate(idl, "component instance", i->name, i->loc, *first);
    }
}
