/*
 * child.c: argv[1] "serve": answers on the listener argv[2]; "put": calls argv[2] for ever.
 */
#include "suite.h"

#include <stdlib.h>

static char memory[ARENA];

static int serve(uint32_t listener)
{
    queue_Server_entity_req req;
    struct kn_words words;
    struct kn_received received;
    struct kn_buf in = {.head = (uintptr_t)&req, .head_size = sizeof(req),
                        .arena = (uintptr_t)memory, .arena_size = ARENA};

    while (kn_recv(listener, &words, &in, NULL, &received) == rcOk) {
        if (received.is_long) {
            words = (struct kn_words){WORD(Put, res, RESPONSE), {received.arena_used}};
        } else {
            words = (struct kn_words){WORD(Add, res, RESPONSE),
                                      {(uint32_t)words.payload[0] + (words.payload[0] >> 32)}};
        }
        kn_reply(received.token, &words, NULL);
    }
    return 1;
}

int main(int argc, char **argv)
{
    uint32_t handle = argc > 2 ? (uint32_t)strtoul(argv[2], NULL, 10) : 0;

    if (!strcmp(argv[1], "serve")) {
        return serve(handle);
    }
    memset(memory, 1, ARENA);
    while (put(handle, memory) == rcOk) {
    }
    return 1;
}
