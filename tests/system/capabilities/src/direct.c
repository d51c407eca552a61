/*
 * direct.c: see direct.h.
 */
#include "direct.h"

#include <tessera/pack.h>

static nk_err_t direct_call(struct nk_transport *base, const struct nk_message *req,
                            const struct nk_arena *req_arena, struct nk_message *res,
                            struct nk_arena *res_arena)
{
    struct direct *direct = (struct direct *)base;
    struct kn_words words;
    struct kn_received received;
    struct kn_buf out, in;
    nk_size_t capacity = res->size;

    kn_describe(res, res_arena, &in);
    direct->rc = kn_call(direct->handle, &words, kn_pack(req, req_arena, &words, &out), &in, NULL,
                         &received);
    if (direct->rc != rcOk) {
        return NK_EIO;
    }
    return kn_unpack(&words, &received, res, capacity, res_arena);
}

struct caps_Agent *direct_init(struct direct *direct, Handle handle, nk_iid_t riid)
{
    static const struct nk_transport_ops ops = {.call = direct_call};

    direct->base.ops = &ops;
    direct->handle = handle;
    direct->rc = rcOk;
    caps_Agent_proxy_init(&direct->proxy, &direct->base, riid);
    return &direct->proxy.base;
}

struct seen seen_of(const nk_handle_desc_t *desc)
{
    struct seen seen = {
        .number = nk_get_handle(desc),
        .rights = nk_get_rights(desc),
        .is_dereferenced = nk_is_handle_dereferenced(desc),
    };
    nk_badge_t badge = 0;

    if (nk_get_badge(desc, &badge) == NK_EOK) {
        seen.context = badge;
    }
    return seen;
}
