/*
 * gen_aliases.c: the names without their package, for programs that define
 * NK_USE_UNQUALIFIED_NAMES before they include the header: echo_Ping_Say_req is then Ping_Say_req
 * as well.
 *
 * They stand at the top of the header, before what they stand for, so that a member that happens
 * to have such a name is renamed in its declaration and in its uses alike. Of two packages with
 * the same last part the first included gets the names.
 */
#include <string.h>

#include "gen.h"

static void put_alias(struct gen *g, const char *last, const char *cname, const char *suffix)
{
    put(g, "#define %s%s %s%s\n", last, suffix, cname, suffix);
}

static void put_method_aliases(struct gen *g, const struct nkidl_package *p,
                               const struct nkidl_method *m)
{
    static const char *const suffixes[] = {
        "", "_mid", "_req", "_res", "_err", "_fn", "_proxy", "_req_arena_size", "_res_arena_size",
        "_req_handles", "_res_handles", "_err_handles", "_test_req", "_test_res", "_test_err",
    };
    const struct nkidl_message *messages[] = {&m->req, &m->res, &m->err};
    static const char *const directions[] = {"req", "res", "err"};

    for (size_t i = 0; i < sizeof(suffixes) / sizeof(suffixes[0]); i++)
        put_alias(g, p->last, p->cname, nkidl_format(g->idl, "_%s%s", m->name, suffixes[i]));
    for (size_t d = 0; d < 3; d++) {
        for (unsigned i = 0; i < messages[d]->nfields; i++) {
            const struct nkidl_field *f = messages[d]->fields[i];
            enum nkidl_type_kind kind = nkidl_base(f->type)->kind;

            if ((kind == NKIDL_BYTES || kind == NKIDL_STRING || kind == NKIDL_SEQUENCE) &&
                strcmp(f->name, "arena") != 0)
                put_alias(g, p->last, p->cname,
                          nkidl_format(g->idl, "_%s_%s_%s_size", m->name, directions[d], f->name));
        }
    }
}

static void put_decl_aliases(struct gen *g, const struct nkidl_package *p,
                             const struct nkidl_decl *d)
{
    put_alias(g, p->last, p->cname, nkidl_format(g->idl, "_%s", d->name));
    for (const struct nkidl_field *f = d->fields; f; f = f->next) {
        enum nkidl_type_kind kind = nkidl_base(f->type)->kind;

        if (d->kind == NKIDL_UNION)
            put_alias(g, p->last, p->cname, nkidl_format(g->idl, "_%s_%s_tag", d->name, f->name));
        if (kind == NKIDL_BYTES || kind == NKIDL_STRING || kind == NKIDL_SEQUENCE)
            put_alias(g, p->last, p->cname, nkidl_format(g->idl, "_%s_%s_size", d->name, f->name));
    }
    if (d->kind == NKIDL_UNION)
        put_alias(g, p->last, p->cname, nkidl_format(g->idl, "_%s_tag_max", d->name));
}

static void open_aliases(struct gen *g, const char *last, const char *what)
{
    const char *guard = guard_name(g, last, what);

    put(g, "#if defined(NK_USE_UNQUALIFIED_NAMES) && !defined(%s)\n#define %s\n", guard, guard);
}

void gen_package_aliases(struct gen *g, const struct nkidl_package *p)
{
    static const char *const names[] = {
        "", "_mid", "_mid_max", "_req_arena_size", "_res_arena_size", "_arena_size",
        "_req_handles", "_res_handles", "_err_handles", "_ops", "_proxy", "_proxy_init", "_req",
        "_res", "_interface_dispatch",
    };

    if (!strcmp(p->name, p->last))
        return;
    open_aliases(g, p->last, "UNQUALIFIED");
    for (const struct nkidl_decl *d = p->decls; d; d = d->next)
        put_decl_aliases(g, p, d);
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]) && p->has_interface; i++)
        put_alias(g, p->last, p->cname, names[i]);
    for (const struct nkidl_method *m = p->methods; m; m = m->next)
        put_method_aliases(g, p, m);
    close_guard(g);
}

static void put_offset_aliases(struct gen *g, const struct nkidl_component *root,
                               const struct nkidl_component *component, const char *path)
{
    for (const struct nkidl_instance *i = component->instances; i; i = i->next) {
        const char *name = nkidl_format(g->idl, "%s_%s", path, i->name);

        put_alias(g, root->last, root->cname, nkidl_format(g->idl, "%s_iidOffset", name));
        put_offset_aliases(g, root, i->component, name);
    }
}

void gen_component_aliases(struct gen *g, const struct nkidl_component *c)
{
    static const char *const names[] = {
        "", "_req", "_res", "_init", "_dispatch", "_req_arena_size", "_res_arena_size",
        "_arena_size", "_req_handles", "_res_handles", "_err_handles",
    };
    const struct nkidl_flat *rows = nkidl_flatten(g->idl, c);
    const struct nkidl_guard *guards = nkidl_guards(g->idl, c);

    if (!strcmp(c->name, c->last))
        return;
    open_aliases(g, c->last, "UNQUALIFIED_COMPONENT");
    for (unsigned i = 0; i < c->nendpoints; i++)
        put_alias(g, c->last, c->cname,
                  nkidl_format(g->idl, "_%s_iid", underscored(g, rows[i].name)));
    put_alias(g, c->last, c->cname, "_iidOffset");
    put_alias(g, c->last, c->cname, "_iidMax");
    put_alias(g, c->last, c->cname, "_securityIidMax");
    for (unsigned i = 0; i < c->nsecurity; i++)
        put_alias(g, c->last, c->cname,
                  nkidl_format(g->idl, "%s%s_securityIid", *guards[i].instance ? "_" : "",
                               underscored(g, guards[i].instance)));
    put_alias(g, c->last, c->cname, "_component_endpoint_name");
    put_offset_aliases(g, c, c, "");
    for (size_t i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
        put_alias(g, c->last, c->cname, nkidl_format(g->idl, "_component%s", names[i]));
        if (c->kind == NKIDL_EDL)
            put_alias(g, c->last, c->cname, nkidl_format(g->idl, "_entity%s", names[i]));
    }
    if (c->kind == NKIDL_EDL)
        put_alias(g, c->last, c->cname, "_abi_hash");
    close_guard(g);
}
