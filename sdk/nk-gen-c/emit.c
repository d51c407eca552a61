/*
 * emit.c: pieces of C text that all generators print the same way.
 */
#include <stdarg.h>
#include <string.h>

#include "gen.h"

enum { ARENA_MAX = 16 << 20 };

void put(struct gen *g, const char *format, ...)
{
    va_list args;

    va_start(args, format);
    vfprintf(g->out, format, args);
    va_end(args);
}

const char *underscored(struct gen *g, const char *dotted)
{
    char *name = nkidl_format(g->idl, "%s", dotted);

    for (char *at = name; *at; at++) {
        if (*at == '.')
            *at = '_';
    }
    return name;
}

const char *guard_name(struct gen *g, const char *dotted, const char *section)
{
    char *name = nkidl_alloc(g->idl, 2 * strlen(dotted) + strlen(section) + 8);
    char *end = name;

    *end++ = '_';
    *end++ = '_';
    for (; *dotted; dotted++) {
        *end++ = *dotted == '.' ? '_' : *dotted;
        if (*dotted == '.')
            *end++ = '_';
    }
    sprintf(end, "__%s__", section);
    return name;
}

void open_guard(struct gen *g, const char *dotted, const char *section)
{
    const char *name = guard_name(g, dotted, section);

    put(g, "#ifndef %s\n#define %s\n", name, name);
}

void close_guard(struct gen *g)
{
    put(g, "#endif\n\n");
}

const char *type_name(struct gen *g, const struct nkidl_type *type)
{
    static const char *const integers[] = {
        "nk_uint8_t", "nk_uint16_t", "nk_uint32_t", "nk_uint64_t",
        "nk_sint8_t", "nk_sint16_t", "nk_sint32_t", "nk_sint64_t",
    };

    switch (type->kind) {
    case NKIDL_HANDLE:
        return "nk_handle_desc_t";
    case NKIDL_BYTES:
    case NKIDL_STRING:
    case NKIDL_SEQUENCE:
        return "nk_ptr_t";
    case NKIDL_NAMED:
        return nkidl_format(g->idl, "%s_%s", type->decl->package->cname, type->decl->name);
    case NKIDL_ARRAY:
        return NULL;
    default:
        return integers[type->kind];
    }
}

void put_declaration(struct gen *g, const struct nkidl_type *type, const char *name)
{
    const struct nkidl_type *elem = type;

    while (elem->kind == NKIDL_ARRAY)
        elem = elem->elem;
    put(g, "%s %s", type_name(g, elem), name);
    for (; type->kind == NKIDL_ARRAY; type = type->elem)
        put(g, "[%u]", (unsigned)type->count);
}

bool list_holds(const char *list, const char *name)
{
    size_t size = strlen(name);

    while (*list) {
        size_t length = strcspn(list, ",");

        if (length == size && !strncmp(list, name, size))
            return true;
        list += length;
        list += *list == ',';
    }
    return false;
}

bool is_traced(const struct gen *g, enum trace trace, const struct nkidl_package *package,
               const struct nkidl_method *method)
{
    const char *list = g->trace_methods;

    if (trace == TRACE_NONE || !list)
        return trace != TRACE_NONE;
    return list_holds(list, method->name) ||
           list_holds(list, nkidl_format(g->idl, "%s.%s", package->last, method->name)) ||
           list_holds(list, nkidl_format(g->idl, "%s.%s", package->name, method->name));
}

unsigned long arena_size(uint64_t size)
{
    return size < ARENA_MAX ? (unsigned long)size : ARENA_MAX;
}
