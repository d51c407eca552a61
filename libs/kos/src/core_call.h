/*
 * core_call.h: methods of the kernel, with the structures that nk-gen-c makes from idl/kl/core.
 *
 * Sizes are constants here, so the compiler turns a structure into the registers of a short message
 * and nothing touches memory. Every method answers with `rc`; what the call itself returns (refused
 * by the policy, say) goes before it.
 *
 *     kl_core_Handle_Close_req req = {.handle = handle};
 *     kl_core_Handle_Close_res res;
 *     return CORE_CALL(handle_Handle, Handle, Close, req, res);
 */
#ifndef KOS_CORE_CALL_H
#define KOS_CORE_CALL_H

#include <kl/core/Core.edl.h>
#include <kos/base.h>
#include <tessera/pack.h>

/* Arenas of a long call; null pointers for none. */
struct core_arenas {
    const void *in;
    size_t in_size;
    void *out;
    size_t out_capacity;
    size_t out_used; /* set by the call */
};

/* The constant part of `size` bytes, a constant, in registers. */
KN_INLINE Retcode core_call_short(uint64_t word, const void *req, void *res, size_t req_size,
                                  size_t res_size)
{
    struct kn_words words = {word, {0}};
    Retcode rc;

    __builtin_memcpy(words.payload, (const char *)req + KN_HEADER_BYTES,
                     req_size - KN_HEADER_BYTES);
    rc = kn_call_short(KN_CORE_HANDLE, &words);
    if (rc == rcOk) {
        __builtin_memcpy((char *)res + KN_HEADER_BYTES, words.payload,
                         res_size - KN_HEADER_BYTES);
    }
    return rc;
}

/* Anything else: through memory. */
Retcode core_call_long(uint64_t word, struct nk_message *req, struct nk_message *res,
                       size_t res_size, struct core_arenas *arenas);

#define CORE_WORD_(component, interface, method, req)                                              \
    KN_WORD(kl_core_Core_##component##_iid, kl_core_##interface##_##method##_mid, sizeof(req),     \
            kl_core_##interface##_##method##_req_handles, NK_MESSAGE_REQUEST)

/* Messages without arena and handles and of at most 64 bytes: refused by the compiler otherwise. */
#define CORE_CALL(component, interface, method, req, res)                                          \
    __extension__({                                                                                \
        _Static_assert(sizeof(req) <= KN_HEADER_BYTES + KN_SHORT_BYTES, "request is not short");   \
        _Static_assert(sizeof(res) <= KN_HEADER_BYTES + KN_SHORT_BYTES, "response is not short");  \
        Retcode call_rc_ = core_call_short(CORE_WORD_(component, interface, method, req), &(req),  \
                                           &(res), sizeof(req), sizeof(res));                      \
        call_rc_ == rcOk ? (res).rc : call_rc_;                                                    \
    })

#define CORE_CALL_LONG(component, interface, method, req, res, arenas)                             \
    __extension__({                                                                                \
        Retcode call_rc_ = core_call_long(CORE_WORD_(component, interface, method, req),           \
                                          &(req).base_, &(res).base_, sizeof(res), (arenas));      \
        call_rc_ == rcOk ? (res).rc : call_rc_;                                                    \
    })

/* The text that a response left in its arena: copied with a terminator. rcBufferTooSmall if it had
 * to be cut. */
Retcode core_copy_text(const struct core_arenas *arenas, const nk_ptr_t *desc, char *to,
                       size_t size);

#endif
