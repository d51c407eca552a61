/*
 * gen_types.c: constants, typedefs, structures and unions of a package.
 *
 * A union is a structure of a 32-bit tag and an anonymous union of the members:
 *     x.tag_ = P_U_sec_tag;  x.sec = 5;
 */
#include <inttypes.h>
#include <limits.h>

#include "gen.h"

static void gen_const(struct gen *g, const struct nkidl_decl *decl)
{
    const char *prefix = decl->package->cname;
    int64_t value = (int64_t)decl->value;

    if (decl->negative && value < INT_MIN)
        put(g, "#define %s_%s (-%" PRIu64 "ll - 1)\n", prefix, decl->name, ~decl->value);
    else if (decl->negative)
        put(g, "enum { %s_%s = %s%" PRId64 "%s };\n", prefix, decl->name,
            value == INT_MIN ? "(" : "", value == INT_MIN ? value + 1 : value,
            value == INT_MIN ? " - 1)" : "");
    else if (decl->value <= INT_MAX)
        put(g, "enum { %s_%s = %" PRIu64 " };\n", prefix, decl->name, decl->value);
    else
        put(g, "#define %s_%s %" PRIu64 "u%s\n", prefix, decl->name, decl->value,
            decl->value > UINT_MAX ? "ll" : "");
}

static void put_fields(struct gen *g, const struct nkidl_field *field, const char *indent)
{
    for (; field; field = field->next) {
        put(g, "%s", indent);
        put_declaration(g, field->type, field->name);
        put(g, ";\n");
    }
}

/* The largest size of each variable-size field, in bytes of its own chunk. */
static void put_field_sizes(struct gen *g, const struct nkidl_decl *decl)
{
    for (const struct nkidl_field *f = decl->fields; f; f = f->next) {
        const struct nkidl_type *type = nkidl_base(f->type);
        uint64_t elem = type->kind == NKIDL_SEQUENCE ? type->elem->size : 1;

        if (type->kind >= NKIDL_BYTES && type->kind <= NKIDL_SEQUENCE &&
            type->kind != NKIDL_ARRAY)
            put(g, "enum { %s_%s_%s_size = %lu };\n", decl->package->cname, decl->name, f->name,
                arena_size(type->count * elem + (type->kind == NKIDL_STRING)));
    }
}

static void put_size_check(struct gen *g, const struct nkidl_decl *decl)
{
    put(g, "nk_static_assert(sizeof(%s_%s) == %" PRIu32 ", \"size of %s.%s\");\n",
        decl->package->cname, decl->name, decl->size, decl->package->name, decl->name);
}

static void gen_struct(struct gen *g, const struct nkidl_decl *decl)
{
    const char *prefix = decl->package->cname;

    put(g, "typedef struct %s_%s {\n", prefix, decl->name);
    put_fields(g, decl->fields, "    ");
    put(g, "} %s_%s;\n", prefix, decl->name);
    put_field_sizes(g, decl);
    put_size_check(g, decl);
}

static void gen_union(struct gen *g, const struct nkidl_decl *decl)
{
    const char *prefix = decl->package->cname;

    put(g, "enum {\n");
    for (const struct nkidl_field *f = decl->fields; f; f = f->next)
        put(g, "    %s_%s_%s_tag,\n", prefix, decl->name, f->name);
    put(g, "    %s_%s_tag_max\n};\n", prefix, decl->name);
    put(g, "typedef struct %s_%s {\n    nk_uint32_t tag_;\n    __extension__ union {\n", prefix,
        decl->name);
    put_fields(g, decl->fields, "        ");
    put(g, "    };\n} %s_%s;\n", prefix, decl->name);
    put_field_sizes(g, decl);
    put_size_check(g, decl);
}

void gen_types(struct gen *g, const struct nkidl_package *package)
{
    if (!package->ordered)
        return;
    open_guard(g, package->name, "TYPES");
    for (const struct nkidl_decl *decl = package->ordered; decl; decl = decl->ordered) {
        switch (decl->kind) {
        case NKIDL_CONST:
            gen_const(g, decl);
            break;
        case NKIDL_TYPEDEF:
            put(g, "typedef ");
            put_declaration(g, decl->type,
                            nkidl_format(g->idl, "%s_%s", package->cname, decl->name));
            put(g, ";\n");
            break;
        case NKIDL_STRUCT:
            gen_struct(g, decl);
            break;
        case NKIDL_UNION:
            gen_union(g, decl);
            break;
        }
    }
    close_guard(g);
}
