/*
 * core_call.c: kernel methods whose messages go through memory. See core_call.h.
 */
#include "core_call.h"

#include <string.h>

Retcode core_call_long(uint64_t word, struct nk_message *req, struct nk_message *res,
                       size_t res_size, struct core_arenas *arenas)
{
    struct kn_words words = {word, {0}};
    struct kn_received received;
    struct kn_buf out = {0}, in = {0};
    Retcode rc;

    memset(&req->self, 0, sizeof(req->self));
    kn_store64((char *)req + 16, word);
    out.head = (uintptr_t)req;
    out.head_size = KN_WORD_SIZE(word);
    in.head = (uintptr_t)res;
    in.head_size = (uint32_t)res_size;
    if (arenas) {
        out.arena = (uintptr_t)arenas->in;
        out.arena_size = (uint32_t)arenas->in_size;
        in.arena = (uintptr_t)arenas->out;
        in.arena_size = (uint32_t)arenas->out_capacity;
    }
    rc = kn_call(KN_CORE_HANDLE, &words, &out, &in, NULL, &received);
    if (rc != rcOk) {
        return rc;
    }
    if (KN_WORD_KIND(words.word) == NK_MESSAGE_FAILED) {
        return rcInternalError;
    }
    if (arenas) {
        arenas->out_used = received.is_long ? received.arena_used : 0;
    }
    return kn_unpack(&words, &received, res, (nk_size_t)res_size, NULL) == NK_EOK
               ? rcOk
               : rcInternalError;
}

Retcode core_copy_text(const struct core_arenas *arenas, const nk_ptr_t *desc, char *to,
                       size_t size)
{
    size_t length = 0, room = 0;
    const char *from = arenas->out;

    if (!size) {
        return rcBufferTooSmall;
    }
    if (desc->offset <= arenas->out_used) {
        from += desc->offset;
        room = arenas->out_used - desc->offset;
        room = desc->size < room ? desc->size : room;
    }
    while (length < room && from[length]) {
        length++;
    }
    room = length < size ? length : size - 1;
    memcpy(to, from, room);
    to[room] = 0;
    return room == length ? rcOk : rcBufferTooSmall;
}
