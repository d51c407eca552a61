/*
 * hash.c: the hash that tells whether two descriptions of a process class mean the same on the
 * wire.
 *
 * FNV-1a over a canonical text: endpoints by number with their names, methods by number with their
 * names, and for every parameter its direction, name, offset and the structure of its type. Names
 * of types, comments, files and the order of declarations do not take part.
 */
#include <inttypes.h>
#include <stdarg.h>
#include <stdio.h>

#include "internal.h"

static void feed(uint64_t *hash, const char *format, ...) __attribute__((format(printf, 2, 3)));

static void feed(uint64_t *hash, const char *format, ...)
{
    char text[512];
    va_list args;

    va_start(args, format);
    vsnprintf(text, sizeof(text), format, args);
    va_end(args);
    for (const char *at = text; *at; at++)
        *hash = (*hash ^ (unsigned char)*at) * 0x100000001b3ull;
}

static void feed_type(uint64_t *hash, const struct nkidl_type *type)
{
    type = nkidl_base(type);
    feed(hash, "%d:%" PRIu32 ":%" PRIu32, (int)type->kind, type->count, type->size);
    if (type->elem)
        feed_type(hash, type->elem);
    if (type->kind != NKIDL_NAMED)
        return;
    feed(hash, "%s{", type->decl->kind == NKIDL_UNION ? "union" : "struct");
    for (const struct nkidl_field *f = type->decl->fields; f; f = f->next) {
        feed(hash, "%s@%" PRIu32 " ", f->name, f->offset);
        feed_type(hash, f->type);
    }
    feed(hash, "}");
}

static void feed_interface(uint64_t *hash, const struct nkidl_package *interface)
{
    for (const struct nkidl_method *m = interface->methods; m; m = m->next) {
        feed(hash, "method %u %s\n", m->mid, m->name);
        for (const struct nkidl_field *p = m->params; p; p = p->next) {
            feed(hash, "%d %s@%" PRIu32 " ", (int)p->direction, p->name, p->offset);
            feed_type(hash, p->type);
        }
    }
}

uint64_t nkidl_abi_hash(struct nkidl *idl, const struct nkidl_component *component)
{
    const struct nkidl_flat *rows = nkidl_flatten(idl, component);
    const struct nkidl_guard *guards = nkidl_guards(idl, component);
    uint64_t hash = 0xcbf29ce484222325ull;

    feed(&hash, "class %s\n", component->name);
    for (unsigned i = 0; i < component->nendpoints; i++) {
        feed(&hash, "endpoint %u %s %s\n", i, rows[i].name,
             rows[i].endpoint->interface->name);
        feed_interface(&hash, rows[i].endpoint->interface);
    }
    for (unsigned i = 0; i < component->nsecurity; i++) {
        feed(&hash, "security %u %s %s\n", i, guards[i].instance, guards[i].interface->name);
        feed_interface(&hash, guards[i].interface);
    }
    return hash;
}
