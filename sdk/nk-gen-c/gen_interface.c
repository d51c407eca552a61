/*
 * gen_interface.c: numbers, sizes and message structures of an interface.
 */
#include <inttypes.h>
#include <string.h>

#include "gen.h"

static void put_method_ids(struct gen *g, const struct nkidl_package *p)
{
    put(g, "enum %s_mid {\n", p->cname);
    for (const struct nkidl_method *m = p->methods; m; m = m->next)
        put(g, "    %s_%s_mid,\n", p->cname, m->name);
    put(g, "    %s_mid_max\n};\n\n", p->cname);
}

static void put_field_sizes(struct gen *g, const char *prefix, const char *method,
                            const char *direction, const struct nkidl_message *message)
{
    for (unsigned i = 0; i < message->nfields; i++) {
        const struct nkidl_field *f = message->fields[i];
        const struct nkidl_type *type = nkidl_base(f->type);
        uint64_t size = type->count;

        if (type->kind == NKIDL_STRING)
            size++;
        else if (type->kind == NKIDL_SEQUENCE)
            size *= type->elem->size;
        else if (type->kind != NKIDL_BYTES)
            continue;
        if (!strcmp(f->name, "arena")) /* the total has that name */
            continue;
        put(g, "    %s_%s_%s_%s_size = %lu,\n", prefix, method, direction, f->name,
            arena_size(size));
    }
}

static void put_method_sizes(struct gen *g, const struct nkidl_package *p,
                             const struct nkidl_method *m)
{
    put(g, "    %s_%s_req_arena_size = %lu,\n", p->cname, m->name, arena_size(m->req.arena));
    put(g, "    %s_%s_res_arena_size = %lu,\n", p->cname, m->name,
        arena_size(m->res.arena > m->err.arena ? m->res.arena : m->err.arena));
    put(g, "    %s_%s_req_handles = %u,\n", p->cname, m->name, m->req.nhandles);
    put(g, "    %s_%s_res_handles = %u,\n", p->cname, m->name, m->res.nhandles);
    put(g, "    %s_%s_err_handles = %u,\n", p->cname, m->name, m->err.nhandles);
    put_field_sizes(g, p->cname, m->name, "req", &m->req);
    put_field_sizes(g, p->cname, m->name, "res", &m->res);
    put_field_sizes(g, p->cname, m->name, "err", &m->err);
}

static uint64_t larger(uint64_t a, uint64_t b)
{
    return a > b ? a : b;
}

static void put_sizes(struct gen *g, const struct nkidl_package *p)
{
    uint64_t req = 0, res = 0;
    unsigned req_handles = 0, res_handles = 0, err_handles = 0;

    put(g, "enum {\n");
    for (const struct nkidl_method *m = p->methods; m; m = m->next) {
        put_method_sizes(g, p, m);
        req = larger(req, m->req.arena);
        res = larger(res, larger(m->res.arena, m->err.arena));
        req_handles = (unsigned)larger(req_handles, m->req.nhandles);
        res_handles = (unsigned)larger(res_handles, m->res.nhandles);
        err_handles = (unsigned)larger(err_handles, m->err.nhandles);
    }
    put(g, "    %s_req_arena_size = %lu,\n", p->cname, arena_size(req));
    put(g, "    %s_res_arena_size = %lu,\n", p->cname, arena_size(res));
    put(g, "    %s_arena_size = %lu,\n", p->cname, arena_size(larger(req, res)));
    put(g, "    %s_req_handles = %u,\n", p->cname, req_handles);
    put(g, "    %s_res_handles = %u,\n", p->cname, res_handles);
    put(g, "    %s_err_handles = %u\n};\n\n", p->cname, err_handles);
}

static void put_members(struct gen *g, const struct nkidl_message *message, const char *indent)
{
    put(g, "%snk_message base_;\n", indent);
    for (unsigned i = 0; i < message->nfields; i++) {
        put(g, "%s", indent);
        put_declaration(g, message->fields[i]->type, message->fields[i]->name);
        put(g, ";\n");
    }
}

static void put_size_check(struct gen *g, const char *name, const struct nkidl_message *message)
{
    if (message->size)
        put(g, "nk_static_assert(sizeof(struct %s) == %" PRIu32 ", \"size of %s\");\n", name,
            message->size, name);
}

static void put_message(struct gen *g, const char *name, const struct nkidl_message *message)
{
    put(g, "typedef struct %s {\n", name);
    put_members(g, message, "    ");
    put(g, "} %s;\n", name);
    put_size_check(g, name, message);
}

static void put_response(struct gen *g, const char *base, const struct nkidl_message *message)
{
    const char *inner = nkidl_format(g->idl, "%s_res_", base);

    put(g, "struct %s {\n", inner);
    put_members(g, message, "    ");
    put(g, "};\n");
    put_size_check(g, inner, message);
    put(g, "typedef struct %s_res {\n    __extension__ union {\n        __extension__ struct {\n",
        base);
    put_members(g, message, "            ");
    put(g, "        };\n        struct %s res_;\n        %s_err err_;\n    };\n} %s_res;\n\n",
        inner, base, base);
}

void gen_interface(struct gen *g, const struct nkidl_package *p)
{
    if (!p->has_interface)
        return;
    open_guard(g, p->name, "INTERFACE");
    put_method_ids(g, p);
    put_sizes(g, p);
    for (const struct nkidl_method *m = p->methods; m; m = m->next) {
        const char *base = nkidl_format(g->idl, "%s_%s", p->cname, m->name);

        put_message(g, nkidl_format(g->idl, "%s_req", base), &m->req);
        put_message(g, nkidl_format(g->idl, "%s_err", base), &m->err);
        put_response(g, base, &m->res);
    }
    close_guard(g);
}
