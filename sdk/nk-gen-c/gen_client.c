/*
 * gen_client.c: the table of methods, calls through it, and the proxy that sends a call as a
 * message.
 */
#include "gen.h"

#define CALL_PARAMETERS                                                                            \
    "const struct nk_arena *req_arena, %s_%s_res *res,\n    struct nk_arena *res_arena"

static void put_signature(struct gen *g, const struct nkidl_package *p, const char *method,
                          const char *suffix)
{
    put(g, "static inline nk_err_t %s_%s%s(\n    struct %s *self, const %s_%s_req *req, ", p->cname,
        method, suffix, p->cname, p->cname, method);
    put(g, CALL_PARAMETERS ")\n{\n", p->cname, method);
}

void gen_vtable(struct gen *g, const struct nkidl_package *p)
{
    if (!p->has_interface)
        return;
    open_guard(g, p->name, "VTABLE");
    put(g, "struct %s;\n", p->cname);
    for (const struct nkidl_method *m = p->methods; m; m = m->next) {
        put(g, "typedef nk_err_t %s_%s_fn(\n    struct %s *self, const struct %s_%s_req *req,\n",
            p->cname, m->name, p->cname, p->cname, m->name);
        put(g, "    const struct nk_arena *req_arena, struct %s_%s_res *res, "
            "struct nk_arena *res_arena);\n", p->cname, m->name);
    }
    put(g, "typedef struct %s_ops {\n", p->cname);
    for (const struct nkidl_method *m = p->methods; m; m = m->next)
        put(g, "    %s_%s_fn *%s;\n", p->cname, m->name, m->name);
    if (!p->methods)
        put(g, "    const void *unused_;\n");
    put(g, "} %s_ops;\n", p->cname);
    put(g, "typedef struct %s {\n    const struct %s_ops *ops;\n} %s;\n\n", p->cname, p->cname,
        p->cname);
    for (const struct nkidl_method *m = p->methods; m; m = m->next) {
        put_signature(g, p, m->name, "");
        put(g, "    return self->ops->%s(self, req, req_arena, res, res_arena);\n}\n", m->name);
    }
    close_guard(g);
}

static void put_traced_call(struct gen *g, const struct nkidl_package *p,
                            const struct nkidl_method *m)
{
    int is_dump = g->trace_client == TRACE_DUMP;

    put(g, "    nk_trace_message_(\"client\", \"%s.%s\", &msg->base_, sizeof(*msg), req_arena, %d);\n",
        p->name, m->name, is_dump);
    put(g, "    nk_err_t err = nk_transport_call(proxy->transport, &msg->base_, req_arena, "
           "&res->base_,\n                                     res_arena);\n");
    put(g, "    if (err != NK_EOK)\n        nk_trace_failure_(\"client\", \"%s.%s\", err);\n"
           "    else\n        nk_trace_message_(\"client\", \"%s.%s\", &res->base_, sizeof(*res), "
           "res_arena, %d);\n    return err;\n}\n", p->name, m->name, p->name, m->name, is_dump);
}

static void put_proxy_method(struct gen *g, const struct nkidl_package *p,
                             const struct nkidl_method *m)
{
    const char *name = nkidl_format(g->idl, "%s_%s", p->cname, m->name);

    put_signature(g, p, m->name, "_proxy");
    put(g, "    %s_proxy *proxy = (%s_proxy *)self;\n", p->cname, p->cname);
    put(g, "    %s_req *msg = (%s_req *)req; /* the header is the transport's */\n\n", name, name);
    put(g, "    nk_req_reset(msg);\n");
    put(g, "    nk_msg_set_method_id(msg, proxy->iid, %s_mid);\n", name);
    put(g, "    nk_msg_set_ncaps(msg, %s_req_handles);\n", name);
    put(g, "    nk_req_reset(res);\n");
    put(g, "    nk_msg_set_method_id(res, proxy->iid, %s_mid);\n", name);
    put(g, "    nk_msg_set_ncaps(res, %s_res_handles);\n", name);
    if (is_traced(g, g->trace_client, p, m)) {
        put_traced_call(g, p, m);
        return;
    }
    put(g, "    return nk_transport_call(proxy->transport, &msg->base_, req_arena, &res->base_,\n"
           "                             res_arena);\n}\n");
}

void gen_client(struct gen *g, const struct nkidl_package *p)
{
    if (!p->has_interface)
        return;
    open_guard(g, p->name, "CLIENT");
    put(g, "typedef struct %s_proxy {\n    struct %s base;\n    struct nk_transport *transport;\n"
           "    nk_iid_t iid;\n} %s_proxy;\n\n", p->cname, p->cname, p->cname);
    for (const struct nkidl_method *m = p->methods; m; m = m->next)
        put_proxy_method(g, p, m);
    put(g, "static inline void %s_proxy_init(%s_proxy *self, struct nk_transport *transport, "
           "nk_iid_t iid)\n{\n    static const %s_ops ops = {\n", p->cname, p->cname, p->cname);
    for (const struct nkidl_method *m = p->methods; m; m = m->next)
        put(g, "        %s_%s_proxy,\n", p->cname, m->name);
    if (!p->methods)
        put(g, "        NK_NULL,\n");
    put(g, "    };\n\n    self->base.ops = &ops;\n    self->transport = transport;\n"
           "    self->iid = iid;\n}\n");
    close_guard(g);
}
