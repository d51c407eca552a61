/*
 * nk/trace.h: messages on standard error, for code generated with nk-gen-c --trace-client-ipc or
 * --trace-server-ipc. One line a message; with "dump" also the bytes of its constant part behind the
 * header and of its arena, sixteen a line.
 */
#ifndef NK_TRACE_H
#define NK_TRACE_H

#include <nk/arena.h>
#include <nk/types.h>
#include <stdio.h>

static inline void nk_trace_bytes_(const char *side, const char *what, const void *bytes, size_t size)
{
    const nk_uint8_t *at = (const nk_uint8_t *)bytes;

    for (size_t line = 0; line < size; line += 16) {
        fprintf(stderr, "[%s]   %s %04lx:", side, what, (unsigned long)line);
        for (size_t i = line; i < size && i < line + 16; i++)
            fprintf(stderr, " %02x", at[i]);
        fputc('\n', stderr);
    }
}

/* `room` is the most that the constant part can have, whatever its header says. */
static inline void nk_trace_message_(const char *side, const char *method,
                                     const struct nk_message *msg, size_t room,
                                     const struct nk_arena *arena, nk_bool_t is_dump)
{
    static const char *const kinds[] = {"request", "response", "error", "failed"};
    size_t size = msg->size < room ? msg->size : room;

    fprintf(stderr, "[%s] %s %s: iid %u, mid %u, %u bytes, %u handles, arena %lu bytes\n", side, method,
            kinds[msg->kind & 3], msg->iid, msg->mid, msg->size, msg->ncaps,
            (unsigned long)nk_arena_used(arena));
    if (!is_dump)
        return;
    if (size > sizeof(*msg))
        nk_trace_bytes_(side, "constant", msg + 1, size - sizeof(*msg));
    if (nk_arena_used(arena))
        nk_trace_bytes_(side, "arena", arena->start, nk_arena_used(arena));
}

static inline void nk_trace_failure_(const char *side, const char *method, nk_err_t err)
{
    fprintf(stderr, "[%s] %s failed: %d\n", side, method, (int)err);
}

#endif
