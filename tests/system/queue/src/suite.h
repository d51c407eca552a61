/*
 * suite.h: one call of four megabytes, as both programs make it.
 */
#ifndef QUEUE_SUITE_H
#define QUEUE_SUITE_H

#include <string.h>

#include <queue/Server.edl.h>
#include <tessera/call.h>

#define ARENA (4u << 20)

#define WORD(method, form, kind)                                                                   \
    KN_WORD(queue_Server_store_iid, queue_Store_##method##_mid, sizeof(queue_Store_##method##_##form), \
            0, NK_MESSAGE_##kind)

static inline Retcode put(uint32_t server, const void *memory)
{
    queue_Store_Put_req req;
    queue_Store_Put_res res;
    struct kn_words words = {WORD(Put, req, REQUEST), {0}};
    struct kn_received received;
    struct kn_buf out = {.head = (uintptr_t)&req, .head_size = sizeof(req),
                         .arena = (uintptr_t)memory, .arena_size = ARENA};
    struct kn_buf in = {.head = (uintptr_t)&res, .head_size = sizeof(res)};

    memset(&req, 0, sizeof(req));
    req.data = (nk_ptr_t){0, ARENA};
    memcpy((char *)&req + 16, &words.word, 8);
    return kn_call(server, &words, &out, &in, NULL, &received);
}

#endif
