/*
 * gen_component.c: components and process classes: endpoint numbers, the structure that holds the
 * implementations, dispatch by endpoint. A process class is a component with further names.
 */
#include <inttypes.h>

#include "gen.h"

static void put_instance_offsets(struct gen *g, const struct nkidl_component *root,
                                 const struct nkidl_component *component, const char *path,
                                 unsigned offset)
{
    for (const struct nkidl_instance *i = component->instances; i; i = i->next) {
        const char *name = nkidl_format(g->idl, "%s%s", path, i->name);

        put(g, "    %s_%s_iidOffset = %u,\n", root->cname, name, offset + i->riid_offset);
        put_instance_offsets(g, root, i->component, nkidl_format(g->idl, "%s_", name),
                             offset + i->riid_offset);
    }
}

/* Security interfaces: E_securityIid for the class's own, E_<inst>_securityIid for an instance's. */
static void put_guards(struct gen *g, const struct nkidl_component *c)
{
    const struct nkidl_guard *rows = nkidl_guards(g->idl, c);

    for (unsigned i = 0; i < c->nsecurity; i++)
        put(g, "    %s%s%s_securityIid = %u,\n", c->cname, *rows[i].instance ? "_" : "",
            underscored(g, rows[i].instance), rows[i].number);
}

static void gen_endpoints(struct gen *g, const struct nkidl_component *c)
{
    const struct nkidl_flat *rows = nkidl_flatten(g->idl, c);

    open_guard(g, c->name, "COMPONENT_ENDPOINTS");
    put(g, "enum {\n    %s_iidOffset = 0,\n", c->cname);
    for (unsigned i = 0; i < c->nendpoints; i++)
        put(g, "    %s_%s_iid = %u,\n", c->cname, underscored(g, rows[i].name), i);
    put_instance_offsets(g, c, c, "", 0);
    put_guards(g, c);
    put(g, "    %s_iidMax = %u,\n", c->cname, c->nendpoints);
    put(g, "    %s_securityIidMax = %u\n};\n", c->cname, c->nsecurity);
    close_guard(g);
    if (c->kind != NKIDL_EDL)
        return;
    open_guard(g, c->name, "TASK_ENDPOINTS");
    put(g, "/* Changes when the messages of this class change. */\n");
    put(g, "#define %s_abi_hash 0x%016" PRIx64 "ull\n", c->cname, nkidl_abi_hash(g->idl, c));
    close_guard(g);
}

static void gen_names(struct gen *g, const struct nkidl_component *c)
{
    const struct nkidl_flat *rows = nkidl_flatten(g->idl, c);

    open_guard(g, c->name, "COMPONENT_REFLECTION");
    put(g, "/* The qualified name of an endpoint, or NULL. */\n");
    put(g, "static inline const char *%s_component_endpoint_name(nk_iid_t iid)\n{\n"
           "    switch (iid) {\n", c->cname);
    for (unsigned i = 0; i < c->nendpoints; i++)
        put(g, "    case %u:\n        return \"%s\";\n", i, rows[i].name);
    put(g, "    default:\n        return NK_NULL;\n    }\n}\n");
    close_guard(g);
}

struct sizes {
    uint64_t req_arena, res_arena;
    unsigned req_handles, res_handles, err_handles;
};

static void add_method(struct sizes *s, const struct nkidl_method *m)
{
    if (m->req.arena > s->req_arena)
        s->req_arena = m->req.arena;
    if (m->res.arena > s->res_arena)
        s->res_arena = m->res.arena;
    if (m->err.arena > s->res_arena)
        s->res_arena = m->err.arena;
    if (m->req.nhandles > s->req_handles)
        s->req_handles = m->req.nhandles;
    if (m->res.nhandles > s->res_handles)
        s->res_handles = m->res.nhandles;
    if (m->err.nhandles > s->err_handles)
        s->err_handles = m->err.nhandles;
}

static void put_sizes(struct gen *g, const struct nkidl_component *c)
{
    const struct nkidl_flat *rows = nkidl_flatten(g->idl, c);
    struct sizes s = {0};

    for (unsigned i = 0; i < c->nendpoints; i++) {
        for (const struct nkidl_method *m = rows[i].endpoint->interface->methods; m; m = m->next)
            add_method(&s, m);
    }
    put(g, "enum {\n    %s_component_req_arena_size = %lu,\n", c->cname, arena_size(s.req_arena));
    put(g, "    %s_component_res_arena_size = %lu,\n", c->cname, arena_size(s.res_arena));
    put(g, "    %s_component_arena_size = %lu,\n", c->cname,
        arena_size(s.req_arena > s.res_arena ? s.req_arena : s.res_arena));
    put(g, "    %s_component_req_handles = %u,\n", c->cname, s.req_handles);
    put(g, "    %s_component_res_handles = %u,\n", c->cname, s.res_handles);
    put(g, "    %s_component_err_handles = %u\n};\n", c->cname, s.err_handles);
}

static void put_struct(struct gen *g, const struct nkidl_component *c)
{
    put(g, "typedef struct %s_component {\n", c->cname);
    for (const struct nkidl_endpoint *e = c->endpoints; e; e = e->next)
        put(g, "    struct %s *%s;\n", e->interface->cname, e->name);
    for (const struct nkidl_instance *i = c->instances; i; i = i->next)
        put(g, "    struct %s_component *%s;\n", i->component->cname, i->name);
    if (!c->endpoints && !c->instances)
        put(g, "    const void *unused_;\n");
    put(g, "} %s_component;\n", c->cname);
}

static void put_union(struct gen *g, const struct nkidl_component *c, const char *suffix)
{
    const struct nkidl_flat *rows = nkidl_flatten(g->idl, c);

    put(g, "typedef union %s_component_%s {\n    nk_message base_;\n", c->cname, suffix);
    for (unsigned i = 0; i < c->nendpoints; i++)
        put(g, "    %s_%s %s;\n", rows[i].endpoint->interface->cname, suffix,
            underscored(g, rows[i].name));
    put(g, "} %s_component_%s;\n", c->cname, suffix);
}

static void gen_server_types(struct gen *g, const struct nkidl_component *c)
{
    open_guard(g, c->name, "COMPONENT_SERVER_TYPES");
    put_sizes(g, c);
    put_struct(g, c);
    put_union(g, c, "req");
    put_union(g, c, "res");
    close_guard(g);
}

/* Instances first, then endpoints: the order in which programs pass them. */
static void put_init(struct gen *g, const struct nkidl_component *c)
{
    put(g, "static inline void %s_component_init(\n    %s_component *self", c->cname, c->cname);
    for (const struct nkidl_instance *i = c->instances; i; i = i->next)
        put(g, ",\n    struct %s_component *%s_", i->component->cname, i->name);
    for (const struct nkidl_endpoint *e = c->endpoints; e; e = e->next)
        put(g, ",\n    struct %s *%s_", e->interface->cname, e->name);
    put(g, ")\n{\n");
    for (const struct nkidl_instance *i = c->instances; i; i = i->next)
        put(g, "    self->%s = %s_;\n", i->name, i->name);
    for (const struct nkidl_endpoint *e = c->endpoints; e; e = e->next)
        put(g, "    self->%s = %s_;\n", e->name, e->name);
    if (!c->endpoints && !c->instances)
        put(g, "    self->unused_ = NK_NULL;\n");
    put(g, "}\n\n");
}

static const char *member_path(struct gen *g, const char *dotted)
{
    char *path = nkidl_alloc(g->idl, 256);
    char *end = path;
    size_t size = 1;

    for (const char *at = dotted; *at; at++)
        size += *at == '.' ? 2 : 1;
    if (size > 256)
        end = path = nkidl_alloc(g->idl, size);
    for (; *dotted; dotted++) {
        if (*dotted == '.') {
            *end++ = '-';
            *end++ = '>';
        } else {
            *end++ = *dotted;
        }
    }
    return path;
}

static void put_dispatch(struct gen *g, const struct nkidl_component *c)
{
    const struct nkidl_flat *rows = nkidl_flatten(g->idl, c);

    put(g, "static inline nk_err_t %s_component_dispatch(\n    %s_component *self, "
           "nk_iid_t iidOffset, const nk_message *req,\n    const struct nk_arena *req_arena, "
           "nk_message *res, struct nk_arena *res_arena)\n{\n", c->cname, c->cname);
    if (c->nendpoints) {
        put(g, "    switch (req->iid < iidOffset ? -1 : req->iid - iidOffset) {\n");
        for (unsigned i = 0; i < c->nendpoints; i++)
            put(g, "    case %s_%s_iid:\n        return %s_interface_dispatch(self->%s, req->iid, "
                   "req, req_arena, res,\n            res_arena);\n", c->cname,
                underscored(g, rows[i].name), rows[i].endpoint->interface->cname,
                member_path(g, rows[i].name));
        put(g, "    default:\n        break;\n    }\n");
    } else {
        put(g, "    nk_unused(self);\n    nk_unused(iidOffset);\n    nk_unused(req_arena);\n");
    }
    put(g, "    if (res_arena)\n        nk_arena_reset(res_arena);\n"
           "    nk_message_make_failed(res, NK_ENOENT);\n"
           "    nk_message_set_iid(res, req->iid);\n    nk_message_set_mid(res, req->mid);\n"
           "    return NK_ENOENT;\n}\n");
}

static void gen_dispatcher(struct gen *g, const struct nkidl_component *c)
{
    open_guard(g, c->name, "COMPONENT_SERVER_DISPATCHER");
    put_init(g, c);
    put_dispatch(g, c);
    close_guard(g);
}

/* The process class's own names; macros, so that struct E_entity, union E_entity_req and the plain
 * names all work. */
static void gen_entity(struct gen *g, const struct nkidl_component *c)
{
    static const char *const names[] = {
        "", "_req", "_res", "_init", "_req_arena_size", "_res_arena_size", "_arena_size",
        "_req_handles", "_res_handles", "_err_handles",
    };

    open_guard(g, c->name, "ENTITY_SERVER");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++)
        put(g, "#define %s_entity%s %s_component%s\n", c->cname, names[i], c->cname, names[i]);
    put(g, "static inline nk_err_t %s_entity_dispatch(\n    %s_component *self, "
           "const nk_message *req, const struct nk_arena *req_arena,\n    nk_message *res, "
           "struct nk_arena *res_arena)\n{\n", c->cname, c->cname);
    put(g, "    return %s_component_dispatch(self, 0, req, req_arena, res, res_arena);\n}\n",
        c->cname);
    close_guard(g);
}

void gen_component(struct gen *g, const struct nkidl_component *c)
{
    if (g->sections & SECTION_ENDPOINTS)
        gen_endpoints(g, c);
    if (g->sections & SECTION_COMPONENT_REFL)
        gen_names(g, c);
    if (!(g->sections & SECTION_SERVER))
        return;
    /* The dispatcher's switch needs the numbers. */
    if (!(g->sections & SECTION_ENDPOINTS))
        gen_endpoints(g, c);
    gen_server_types(g, c);
    gen_dispatcher(g, c);
    if (c->kind == NKIDL_EDL)
        gen_entity(g, c);
}
