/*
 * gen_formats.c: the table of message forms of an image (kernel/abi/tessera/formats.h): process
 * class -> endpoint -> method -> sizes, offsets of handles and of arena descriptors.
 *
 * Interfaces are written once, however many endpoints and classes have them.
 */
#include <inttypes.h>
#include <string.h>

#include "gen.h"

enum { HEADER_SIZE = 24, SHORT_BYTES = 40 };

static void put_desc_rows(struct gen *g, const struct nkidl_desc *descs, unsigned count,
                          const char *name);

/* The arrays of nested descriptors, innermost first. */
static void put_nested(struct gen *g, const struct nkidl_desc *descs, unsigned count,
                       const char *name)
{
    for (unsigned i = 0; i < count; i++) {
        const char *inner = nkidl_format(g->idl, "%s_%u", name, i);

        if (descs[i].nnested)
            put_desc_rows(g, descs[i].nested, descs[i].nnested, inner);
    }
}

static const char *desc_flags(const struct gen *g, const struct nkidl_desc *desc)
{
    if (desc->is_member)
        return "KSM_DESC_TAGGED";
    return desc->is_string && g->is_strict ? "KSM_DESC_STRING" : "0";
}

static void put_desc_rows(struct gen *g, const struct nkidl_desc *descs, unsigned count,
                          const char *name)
{
    put_nested(g, descs, count, name);
    put(g, "static const struct ksm_desc %s[] = {\n", name);
    for (unsigned i = 0; i < count; i++) {
        const struct nkidl_desc *d = &descs[i];

        put(g, "    {%" PRIu32 ", %" PRIu32 ", %" PRIu32 "u, %" PRIu32 ", %u, ", d->offset, d->elem,
            d->max, d->align, d->nnested);
        if (d->nnested)
            put(g, "%s_%u, ", name, i);
        else
            put(g, "0, ");
        put(g, "%s},\n", desc_flags(g, d));
    }
    put(g, "};\n");
}

static const char *form_name(struct gen *g, const struct nkidl_package *p,
                             const struct nkidl_method *m, const char *direction)
{
    return nkidl_format(g->idl, "%s_%s_%s", p->cname, m->name, direction);
}

static void put_offsets(struct gen *g, const char *name, const char *what,
                        const uint32_t *offsets, unsigned count)
{
    if (!count)
        return;
    put(g, "static const uint16_t %s_%s[] = {", name, what);
    for (unsigned i = 0; i < count; i++)
        put(g, "%s%" PRIu32, i ? ", " : "", offsets[i]);
    put(g, "};\n");
}

/* ---- parameters by name, for messages to a person ---- */

enum { PARAMS_MAX = 64 };

static const char *param_type(const struct nkidl_type *type)
{
    static const char *const names[] = {
        [NKIDL_UINT8] = "UINT8",   [NKIDL_UINT16] = "UINT16",     [NKIDL_UINT32] = "UINT32",
        [NKIDL_UINT64] = "UINT64", [NKIDL_SINT8] = "SINT8",       [NKIDL_SINT16] = "SINT16",
        [NKIDL_SINT32] = "SINT32", [NKIDL_SINT64] = "SINT64",     [NKIDL_HANDLE] = "HANDLE",
        [NKIDL_BYTES] = "BYTES",   [NKIDL_STRING] = "STRING",     [NKIDL_ARRAY] = "ARRAY",
        [NKIDL_SEQUENCE] = "SEQUENCE",
    };
    const struct nkidl_type *base = nkidl_base(type);

    if (nkidl_is_handle_word(type))
        return "HANDLE_WORD";
    if (base->kind == NKIDL_NAMED)
        return base->decl->kind == NKIDL_UNION ? "UNION" : "STRUCT";
    return names[base->kind];
}

static bool is_struct(const struct nkidl_type *base)
{
    return base->kind == NKIDL_NAMED && base->decl->kind == NKIDL_STRUCT;
}

/* Rows of a parameter: itself, or the fields of a structure. Returns the number of rows so far; what
 * is beyond PARAMS_MAX is left out. */
static unsigned put_param(struct gen *g, const char *name, const struct nkidl_type *type,
                          uint32_t offset, unsigned rows, bool is_counting)
{
    const struct nkidl_type *base = nkidl_base(type);

    if (is_struct(base)) {
        for (const struct nkidl_field *f = base->decl->fields; f; f = f->next)
            rows = put_param(g, nkidl_format(g->idl, "%s.%s", name, f->name), f->type,
                             offset + f->offset, rows, is_counting);
        return rows;
    }
    if (rows == PARAMS_MAX)
        return rows;
    if (!is_counting) {
        put(g, "    {\"%s\", %" PRIu32 ", ", name, offset);
        if (base->kind == NKIDL_ARRAY || base->kind == NKIDL_SEQUENCE)
            put(g, "%" PRIu32 "u, KSM_TYPE_%s, KSM_TYPE_%s, %" PRIu32 "},\n", base->count,
                param_type(base), param_type(base->elem), base->elem->size);
        else
            put(g, "0, KSM_TYPE_%s, 0, 0},\n", param_type(type));
    }
    return rows + 1;
}

static unsigned put_params(struct gen *g, const struct nkidl_message *message, bool is_counting)
{
    unsigned rows = 0;

    for (unsigned i = 0; i < message->nfields; i++)
        rows = put_param(g, message->fields[i]->name, message->fields[i]->type,
                         message->fields[i]->offset, rows, is_counting);
    return rows;
}

static void put_form_arrays(struct gen *g, const struct nkidl_package *p,
                            const struct nkidl_method *m, const char *direction,
                            const struct nkidl_message *message)
{
    const char *name = form_name(g, p, m, direction);

    put_offsets(g, name, "handles", message->handles, message->nhandles);
    put_offsets(g, name, "words", message->words, message->nwords);
    if (put_params(g, message, true)) {
        put(g, "static const struct ksm_param %s_params[] = {\n", name);
        put_params(g, message, false);
        put(g, "};\n");
    }
    if (message->ndescs)
        put_desc_rows(g, message->descs, message->ndescs,
                      nkidl_format(g->idl, "%s_descs", name));
}

/* Whether descriptors stand in the arena, too. */
static bool reads_arena(const struct nkidl_desc *descs, unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        if (descs[i].is_member ? reads_arena(descs[i].nested, descs[i].nnested)
                               : descs[i].nnested != 0)
            return true;
    }
    return false;
}

static const char *form_flags(const struct nkidl_message *message)
{
    if (reads_arena(message->descs, message->ndescs))
        return "KSM_FORM_NESTED";
    if (!message->ndescs && !message->nhandles && message->size <= HEADER_SIZE + SHORT_BYTES)
        return "KSM_FORM_SHORT";
    return "0";
}

static void put_form(struct gen *g, const struct nkidl_package *p, const struct nkidl_method *m,
                     const char *direction, const struct nkidl_message *message, bool exists)
{
    const char *name = form_name(g, p, m, direction);

    if (!exists) {
        put(g, "     {0, 0, 0, 0, 0, 0, 0, 0, 0, 0}");
        return;
    }
    unsigned nparams = put_params(g, message, true);
    put(g, "     {%" PRIu32 ", %u, %s, %u, %u, %u, ", message->size, message->nhandles,
        form_flags(message), message->ndescs, message->nwords, nparams);
    put(g, message->nhandles ? "%s_handles, " : "0, ", name);
    put(g, message->ndescs ? "%s_descs, " : "0, ", name);
    put(g, message->nwords ? "%s_words, " : "0, ", name);
    put(g, nparams ? "%s_params}" : "0}", name);
}

static void put_interface(struct gen *g, const struct nkidl_package *p)
{
    g->is_strict = g->strict_strings &&
                   (!g->strict_interfaces || list_holds(g->strict_interfaces, p->name));
    for (const struct nkidl_method *m = p->methods; m; m = m->next) {
        put_form_arrays(g, p, m, "req", &m->req);
        put_form_arrays(g, p, m, "res", &m->res);
        put_form_arrays(g, p, m, "err", &m->err);
    }
    if (!p->methods)
        return;
    put(g, "static const struct ksm_method methods_%s[] = {\n", p->cname);
    for (const struct nkidl_method *m = p->methods; m; m = m->next) {
        put(g, "    {\"%s\",\n", m->name);
        put_form(g, p, m, "req", &m->req, true);
        put(g, ",\n");
        put_form(g, p, m, "res", &m->res, true);
        put(g, ",\n");
        put_form(g, p, m, "err", &m->err, m->err.nfields != 0);
        put(g, "},\n");
    }
    put(g, "};\n\n");
}

/* Interfaces already written, over all classes. */
struct written {
    const struct nkidl_package **list;
    unsigned count;
};

static void put_interface_once(struct gen *g, const struct nkidl_package *p, struct written *w)
{
    for (unsigned k = 0; k < w->count; k++) {
        if (w->list[k] == p)
            return;
    }
    w->list[w->count++] = p;
    put_interface(g, p);
}

static void put_class_interfaces(struct gen *g, const struct nkidl_component *c, struct written *w)
{
    const struct nkidl_flat *rows = nkidl_flatten(g->idl, c);
    const struct nkidl_guard *guards = nkidl_guards(g->idl, c);

    for (unsigned i = 0; i < c->nendpoints; i++)
        put_interface_once(g, rows[i].endpoint->interface, w);
    for (unsigned i = 0; i < c->nsecurity; i++)
        put_interface_once(g, guards[i].interface, w);
}

static void put_row(struct gen *g, const char *name, const struct nkidl_package *p)
{
    put(g, "    {\"%s\", \"%s\", %u, ", name, p->name, p->nmethods);
    put(g, p->methods ? "methods_%s},\n" : "0},\n", p->cname);
}

static void put_class(struct gen *g, const struct nkidl_component *c, unsigned number)
{
    const struct nkidl_flat *rows = nkidl_flatten(g->idl, c);
    const struct nkidl_guard *guards = nkidl_guards(g->idl, c);

    if (c->nendpoints)
        put(g, "static const struct ksm_endpoint endpoints_%u[] = {\n", number);
    for (unsigned i = 0; i < c->nendpoints; i++)
        put_row(g, rows[i].name, rows[i].endpoint->interface);
    if (c->nendpoints)
        put(g, "};\n");
    if (c->nsecurity)
        put(g, "static const struct ksm_endpoint security_%u[] = {\n", number);
    for (unsigned i = 0; i < c->nsecurity; i++)
        put_row(g, guards[i].instance, guards[i].interface);
    if (c->nsecurity)
        put(g, "};\n");
    put(g, "static const struct ksm_class class_%u = {\"%s\", %u, ", number, c->name,
        c->nendpoints);
    put(g, c->nendpoints ? "endpoints_%u, " : "0, ", number);
    put(g, "%u, ", c->nsecurity);
    put(g, c->nsecurity ? "security_%u};\n\n" : "0};\n\n", number);
}

/* A class in the list of what is strict stands for the interfaces of its endpoints. */
static void add_strict_interfaces(struct gen *g, const struct nkidl_component *c)
{
    const struct nkidl_flat *rows = nkidl_flatten(g->idl, c);
    const char *list = g->strict_interfaces;

    for (unsigned i = 0; i < c->nendpoints; i++) {
        const char *name = rows[i].endpoint->interface->name;

        if ((list_holds(list, c->name) || list_holds(list, rows[i].owner->name)) &&
            !list_holds(g->strict_interfaces, name))
            g->strict_interfaces = nkidl_format(g->idl, "%s,%s", g->strict_interfaces, name);
    }
}

void gen_formats(struct gen *g, struct nkidl_component **classes, unsigned count)
{
    struct written written = {0};
    unsigned endpoints = 0;

    for (unsigned i = 0; i < count; i++)
        endpoints += classes[i]->nendpoints + classes[i]->nsecurity;
    for (unsigned i = 0; i < count && g->strict_interfaces; i++)
        add_strict_interfaces(g, classes[i]);
    written.list = nkidl_alloc(g->idl, (endpoints + 1) * sizeof(*written.list));
    put(g, "/* Generated by nk-gen-c --formats: the form of every message. Changes are lost. */\n"
           "#include <tessera/formats.h>\n\n");
    for (unsigned i = 0; i < count; i++)
        put_class_interfaces(g, classes[i], &written);
    for (unsigned i = 0; i < count; i++)
        put_class(g, classes[i], i);
    put(g, "static const struct ksm_class *const classes[] = {\n");
    for (unsigned i = 0; i < count; i++)
        put(g, "    &class_%u,\n", i);
    put(g, "};\n\nconst struct ksm_image ksm_image = {0x%016" PRIx64 "ull, %u, classes};\n",
        nkidl_abi_hash(g->idl, classes[0]), count);
}
