/*
 * json.c: the tree of one file as JSON. Everything is as written, with names resolved and numbers
 * computed:
 *
 *   file       {"schema_version", "kind": "idl", "package", "imports": [...],
 *               "contents": {"entries": [...]}}
 *   entry      {"kind": "const", "name", "type", "value"}
 *              {"kind": "typedef", "name", "type"}
 *              {"kind": "struct" | "union", "name", "size", "align", "fields": [{"name", "type"}]}
 *              {"kind": "interface", "name", "methods": [{"name", "mid", "params": [...]}]}
 *   param      {"name", "direction": "in" | "out" | "error", "type"}
 *   type       {"kind": "basic_type", "name": "UInt32"}
 *              {"kind": "type_definition", "name", "package"}
 *              {"kind": "string" | "bytes", "size"}
 *              {"kind": "array" | "sequence", "size", "item_type"}
 *              {"kind": "handle"} or {"kind": "handle", "interface"}
 *   CDL, EDL   {"schema_version", "kind": "cdl" | "edl", "name", "security",
 *               "endpoints": [{"name", "interface"}], "components": [{"name", "component"}],
 *               "riids": [{"riid", "name", "interface"}]}
 *
 * Names of the language and numbers need no escape; nothing else is printed.
 */
#include "json.h"

#include <inttypes.h>

struct json {
    struct nkidl *idl;
    FILE *out;
    int depth;
    bool is_first; /* nothing stands yet in the innermost object or list */
};

/* A new line, after a comma if something stands before. */
static void next(struct json *j)
{
    fprintf(j->out, "%s\n%*s", j->is_first ? "" : ",", j->depth * 2, "");
    j->is_first = false;
}

static void put_key(struct json *j, const char *key)
{
    next(j);
    if (key)
        fprintf(j->out, "\"%s\": ", key);
}

/* An object ('{') or a list ('['), in an object under a key. */
static void open(struct json *j, const char *key, char bracket)
{
    put_key(j, key);
    fputc(bracket, j->out);
    j->depth++;
    j->is_first = true;
}

static void close(struct json *j, char bracket)
{
    j->depth--;
    if (!j->is_first)
        fprintf(j->out, "\n%*s", j->depth * 2, "");
    fputc(bracket, j->out);
    j->is_first = false;
}

static void put_text(struct json *j, const char *key, const char *value)
{
    put_key(j, key);
    fprintf(j->out, "\"%s\"", value);
}

static void put_number(struct json *j, const char *key, uint64_t value)
{
    put_key(j, key);
    fprintf(j->out, "%" PRIu64, value);
}

/* ---- types ---- */

static void put_elements(struct json *j, const char *kind, const struct nkidl_type *type);

static void put_type(struct json *j, const char *key, const struct nkidl_type *type)
{
    static const char *const basic[] = {"UInt8", "UInt16", "UInt32", "UInt64",
                                        "SInt8", "SInt16", "SInt32", "SInt64"};

    open(j, key, '{');
    switch (type->kind) {
    case NKIDL_HANDLE:
        put_text(j, "kind", "handle");
        if (type->name)
            put_text(j, "interface", type->name);
        break;
    case NKIDL_BYTES:
    case NKIDL_STRING:
        put_text(j, "kind", type->kind == NKIDL_BYTES ? "bytes" : "string");
        put_number(j, "size", type->count);
        break;
    case NKIDL_ARRAY:
        put_elements(j, "array", type);
        break;
    case NKIDL_SEQUENCE:
        put_elements(j, "sequence", type);
        break;
    case NKIDL_NAMED:
        put_text(j, "kind", "type_definition");
        put_text(j, "name", type->decl->name);
        put_text(j, "package", type->decl->package->name);
        break;
    default:
        put_text(j, "kind", "basic_type");
        put_text(j, "name", basic[type->kind]);
        break;
    }
    close(j, '}');
}

static void put_elements(struct json *j, const char *kind, const struct nkidl_type *type)
{
    put_text(j, "kind", kind);
    put_number(j, "size", type->count);
    put_type(j, "item_type", type->elem);
}

/* ---- packages ---- */

static void put_fields(struct json *j, const char *key, const struct nkidl_field *field)
{
    static const char *const directions[] = {"in", "out", "error"};

    open(j, key, '[');
    for (; field; field = field->next) {
        open(j, NULL, '{');
        put_text(j, "name", field->name);
        if (field->direction != NKIDL_FIELD)
            put_text(j, "direction", directions[field->direction]);
        put_type(j, "type", field->type);
        close(j, '}');
    }
    close(j, ']');
}

static void put_const(struct json *j, const struct nkidl_decl *decl)
{
    put_type(j, "type", decl->type);
    put_key(j, "value");
    if (decl->negative)
        fprintf(j->out, "%" PRId64, (int64_t)decl->value);
    else
        fprintf(j->out, "%" PRIu64, decl->value);
}

static void put_decl(struct json *j, const struct nkidl_decl *decl)
{
    static const char *const kinds[] = {"const", "typedef", "struct", "union"};

    open(j, NULL, '{');
    put_text(j, "kind", kinds[decl->kind]);
    put_text(j, "name", decl->name);
    if (decl->kind == NKIDL_CONST) {
        put_const(j, decl);
    } else if (decl->kind == NKIDL_TYPEDEF) {
        put_type(j, "type", decl->type);
    } else {
        put_number(j, "size", decl->size);
        put_number(j, "align", decl->align);
        put_fields(j, "fields", decl->fields);
    }
    close(j, '}');
}

static void put_interface(struct json *j, const struct nkidl_package *package)
{
    open(j, NULL, '{');
    put_text(j, "kind", "interface");
    put_text(j, "name", package->last);
    open(j, "methods", '[');
    for (const struct nkidl_method *m = package->methods; m; m = m->next) {
        open(j, NULL, '{');
        put_text(j, "name", m->name);
        put_number(j, "mid", m->mid);
        put_fields(j, "params", m->params);
        close(j, '}');
    }
    close(j, ']');
    close(j, '}');
}

static void put_package(struct json *j, const struct nkidl_package *package)
{
    put_text(j, "package", package->name);
    open(j, "imports", '[');
    for (const struct nkidl_import *i = package->imports; i; i = i->next)
        put_text(j, NULL, i->name);
    close(j, ']');
    open(j, "contents", '{');
    open(j, "entries", '[');
    for (const struct nkidl_decl *d = package->decls; d; d = d->next)
        put_decl(j, d);
    if (package->has_interface)
        put_interface(j, package);
    close(j, ']');
    close(j, '}');
}

/* ---- classes ---- */

static void put_riids(struct json *j, const struct nkidl_component *component)
{
    const struct nkidl_flat *rows = nkidl_flatten(j->idl, component);

    open(j, "riids", '[');
    for (unsigned i = 0; i < component->nendpoints; i++) {
        open(j, NULL, '{');
        put_number(j, "riid", rows[i].riid);
        put_text(j, "name", rows[i].name);
        put_text(j, "interface", rows[i].endpoint->interface_name);
        close(j, '}');
    }
    close(j, ']');
}

static void put_component(struct json *j, const struct nkidl_component *component)
{
    put_text(j, "name", component->name);
    if (component->security_name)
        put_text(j, "security", component->security_name);
    open(j, "endpoints", '[');
    for (const struct nkidl_endpoint *e = component->endpoints; e; e = e->next) {
        open(j, NULL, '{');
        put_text(j, "name", e->name);
        put_text(j, "interface", e->interface_name);
        close(j, '}');
    }
    close(j, ']');
    open(j, "components", '[');
    for (const struct nkidl_instance *i = component->instances; i; i = i->next) {
        open(j, NULL, '{');
        put_text(j, "name", i->name);
        put_text(j, "component", i->component_name);
        close(j, '}');
    }
    close(j, ']');
    put_riids(j, component);
}

void json_write(struct nkidl *idl, const struct nkidl_unit *unit, FILE *out)
{
    static const char *const kinds[] = {"idl", "cdl", "edl"};
    struct json json = {.idl = idl, .out = out, .depth = 1, .is_first = true};

    fputc('{', out);
    put_text(&json, "schema_version", "idl2");
    put_text(&json, "kind", kinds[unit->kind]);
    if (unit->package)
        put_package(&json, unit->package);
    else
        put_component(&json, unit->component);
    fputs("\n}\n", out);
}
