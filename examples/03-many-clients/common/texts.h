/* texts.h: strings of a message's arena as C strings, the same way on both sides. */
#ifndef TEXTS_H
#define TEXTS_H

#include <nk/arena.h>
#include <string.h>

/* Copies a string out of an arena; cut to `size` with its terminator. Whoever sent it may have left
 * the terminator out. */
static inline void text_get(const struct nk_arena *arena, const nk_ptr_t *from, char *to, size_t size)
{
    nk_uint32_t count = 0;
    const char *text = nk_arena_get(nk_char_t, arena, from, &count);
    size_t length = text ? strnlen(text, count) : 0;

    if (length >= size)
        length = size - 1;
    memcpy(to, text ? text : "", length);
    to[length] = 0;
}

/* Copies a C string into an arena. NK_EOK or NK_ENOMEM. */
static inline nk_err_t text_put(struct nk_arena *arena, nk_ptr_t *to, const char *from)
{
    return nk_arena_store(nk_char_t, arena, to, from, strlen(from) + 1);
}

#endif
