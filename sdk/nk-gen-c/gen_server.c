/*
 * gen_server.c: unions of all messages of an interface, and the function that hands a received
 * request to the implementation.
 *
 * The response is cleared before the implementation runs, so nothing of an earlier answer can leave
 * with it, and its arena is emptied, because servers may leave that out. If the method fails, the
 * answer is a message of kind "failed" that carries its result.
 */
#include "gen.h"

static void put_union(struct gen *g, const struct nkidl_package *p, const char *suffix)
{
    put(g, "typedef union %s_%s {\n    nk_message base_;\n", p->cname, suffix);
    for (const struct nkidl_method *m = p->methods; m; m = m->next)
        put(g, "    %s_%s_%s %s;\n", p->cname, m->name, suffix, m->name);
    put(g, "} %s_%s;\n", p->cname, suffix);
}

static void put_answer(struct gen *g, const char *name, const char *member, const char *indent)
{
    put(g, "%snk_%s_reset(&answer->%s_);\n", indent, member, member);
    put(g, "%snk_msg_set_ncaps(&answer->%s_, %s_%s_handles);\n", indent, member, name, member);
}

static void put_case(struct gen *g, const struct nkidl_package *p, const struct nkidl_method *m)
{
    const char *name = nkidl_format(g->idl, "%s_%s", p->cname, m->name);
    bool traced = is_traced(g, g->trace_server, p, m);
    int is_dump = g->trace_server == TRACE_DUMP;

    put(g, "        case %s_mid: {\n            %s_res *answer = (%s_res *)res;\n\n", name, name,
        name);
    put(g, "            if (!impl->ops->%s)\n                break;\n", m->name);
    put(g, "            __builtin_memset(answer, 0, sizeof(*answer));\n");
    put(g, "            answer->base_.kind = NK_MESSAGE_RESPONSE;\n");
    if (traced)
        put(g, "            nk_trace_message_(\"server\", \"%s.%s\", req, sizeof(%s_req), req_arena, "
               "%d);\n", p->name, m->name, name, is_dump);
    put(g, "            err = impl->ops->%s(impl, (const %s_req *)req, req_arena, answer, "
           "res_arena);\n", m->name, name);
    if (traced)
        put(g, "            if (err != NK_EOK)\n                nk_trace_failure_(\"server\", "
               "\"%s.%s\", err);\n", p->name, m->name);
    put(g, "            if (err != NK_EOK)\n                break;\n");
    if (m->err.nfields) {
        put(g, "            if (nk_msg_check_err(answer)) {\n");
        put_answer(g, name, "err", "                ");
        put(g, "            } else {\n");
        put_answer(g, name, "res", "                ");
        put(g, "            }\n");
    } else {
        put_answer(g, name, "res", "            ");
    }
    if (traced) {
        put(g, "            nk_msg_set_method_id(answer, req_iid, req_mid);\n");
        put(g, "            nk_trace_message_(\"server\", \"%s.%s\", &answer->base_, "
               "sizeof(*answer), res_arena, %d);\n", p->name, m->name, is_dump);
    }
    put(g, "            break;\n        }\n");
}

static void put_dispatch(struct gen *g, const struct nkidl_package *p)
{
    put(g, "static inline nk_err_t %s_interface_dispatch(\n    struct %s *impl, nk_iid_t iid, "
           "const nk_message *req, const struct nk_arena *req_arena,\n    nk_message *res, "
           "struct nk_arena *res_arena)\n{\n", p->cname, p->cname);
    put(g, "    const nk_iid_t req_iid = req->iid;\n    const nk_mid_t req_mid = req->mid;\n"
           "    nk_err_t err = NK_ENOENT;\n\n");
    put(g, "    if (res_arena)\n        nk_arena_reset(res_arena);\n");
    if (p->methods) {
        put(g, "    if (req_iid == iid && impl && impl->ops) {\n        switch (req_mid) {\n");
        for (const struct nkidl_method *m = p->methods; m; m = m->next)
            put_case(g, p, m);
        put(g, "        default:\n            break;\n        }\n    }\n");
    } else {
        put(g, "    nk_unused(impl);\n    nk_unused(iid);\n    nk_unused(req_arena);\n");
    }
    put(g, "    if (err != NK_EOK) {\n        nk_message_make_failed(res, err);\n"
           "        if (res_arena)\n            nk_arena_reset(res_arena);\n    }\n");
    put(g, "    nk_message_set_iid(res, req_iid);\n    nk_message_set_mid(res, req_mid);\n"
           "    return err;\n}\n");
}

void gen_server(struct gen *g, const struct nkidl_package *p)
{
    if (!p->has_interface)
        return;
    open_guard(g, p->name, "SERVER");
    put_union(g, p, "req");
    put_union(g, p, "res");
    put(g, "\n");
    put_dispatch(g, p);
    close_guard(g);
}
