/*
 * nk/arena.h: the memory in which a message's strings, byte buffers and sequences travel.
 *
 * An arena is a piece of memory that its owner provides, of which [start, current) is in use. It
 * serves one direction of a message; the used part alone is sent. Each value is a chunk that a
 * descriptor in the constant part (or, nested, in an outer chunk) points to by offset and size.
 * Chunks start at multiples of their type's alignment counted from the start of the arena.
 *
 * Without NDEBUG, misuse (an arena that is full or whose bounds are crossed, a descriptor that
 * points outside) is told to nk_arena_report(), which libkos prints on the console; the result of
 * the function is the same with and without it.
 */
#ifndef NK_ARENA_H
#define NK_ARENA_H

#include <nk/compiler.h>
#include <nk/errno.h>
#include <nk/types.h>

#ifdef __cplusplus
extern "C" {
#endif

struct nk_arena {
    void *start;
    void *current; /* start of the unused part */
    void *end;
};
typedef struct nk_arena nk_arena;

/* `begin` and `end` delimit the memory; an arena made of it is empty. */
#define NK_ARENA_INITIALIZER(begin, end) {(begin), (begin), (end)}

/* Called on misuse in programs compiled without NDEBUG; a program may define its own. `needed` is
 * the number of bytes that the operation wanted. */
void nk_arena_report(const char *what, const struct nk_arena *arena, size_t needed)
    __attribute__((weak));

static inline void nk_arena_complain_(const char *what, const struct nk_arena *arena, size_t needed)
{
#ifndef NDEBUG
    if (nk_arena_report) {
        nk_arena_report(what, arena, needed);
    }
#else
    nk_unused(what);
    nk_unused(arena);
    nk_unused(needed);
#endif
}

/* Binds an arena to [begin, end) and empties it. */
static inline void nk_arena_init(struct nk_arena *arena, void *begin, void *end)
{
    arena->start = begin;
    arena->current = begin;
    arena->end = end;
}

/* Empties an arena. */
static inline void nk_arena_reset(struct nk_arena *arena)
{
    arena->current = arena->start;
}

/* Bytes in use; zero for no arena at all. */
static inline size_t nk_arena_used(const struct nk_arena *arena)
{
    return arena ? (size_t)((char *)arena->current - (char *)arena->start) : 0;
}

/* Bytes from start to end; zero for no arena at all. */
static inline size_t nk_arena_capacity(const struct nk_arena *arena)
{
    return arena ? (size_t)((char *)arena->end - (char *)arena->start) : 0;
}

/* Whether start <= current <= end, which every arena must keep. */
static inline nk_bool_t nk_arena_is_sound(const struct nk_arena *arena)
{
    return (uintptr_t)arena->start <= (uintptr_t)arena->current &&
           (uintptr_t)arena->current <= (uintptr_t)arena->end;
}

static inline void *nk_arena_alloc_(struct nk_arena *arena, nk_ptr_t *desc, size_t size,
                                    size_t align, size_t count)
{
    size_t bytes, offset, room;

    desc->offset = 0;
    desc->size = 0;
    if (!arena || !arena->start || !nk_arena_is_sound(arena)) {
        nk_arena_complain_("no arena to allocate in, or its bounds are crossed", arena, size);
        return NK_NULL;
    }
    offset = (nk_arena_used(arena) + align - 1) & ~(align - 1);
    room = nk_arena_capacity(arena);
    if (__builtin_mul_overflow(size, count, &bytes) || offset > room || bytes > room - offset ||
        offset + bytes > UINT32_MAX) {
        nk_arena_complain_("the arena is full", arena, size * count);
        return NK_NULL;
    }
    desc->offset = (nk_uint32_t)offset;
    desc->size = (nk_uint32_t)bytes;
    arena->current = (char *)arena->start + offset + bytes;
    return (char *)arena->start + offset;
}

static inline nk_err_t nk_arena_store_(struct nk_arena *arena, nk_ptr_t *desc, const void *src,
                                       size_t size, size_t align, size_t count)
{
    void *chunk = nk_arena_alloc_(arena, desc, size, align, count);

    if (!chunk) {
        return NK_ENOMEM;
    }
    if (desc->size) {
        __builtin_memcpy(chunk, src, desc->size);
    }
    return NK_EOK;
}

static inline void *nk_arena_get_(const struct nk_arena *arena, const nk_ptr_t *desc, size_t size,
                                  nk_size_t *count)
{
    size_t used;

    if (count) {
        *count = 0;
    }
    if (!arena || !arena->start || !nk_arena_is_sound(arena)) {
        return NK_NULL;
    }
    used = nk_arena_used(arena);
    if (desc->offset > used || desc->size > used - desc->offset) {
        nk_arena_complain_("a descriptor points outside the arena", arena, desc->size);
        return NK_NULL;
    }
    if (count) {
        *count = (nk_size_t)(desc->size / size);
    }
    return (char *)arena->start + desc->offset;
}

/*
 * nk_arena_alloc(type, arena, desc, count): room for `count` objects of `type`; fills *desc.
 * Returns a pointer to the first object (its bytes are whatever they were) or NULL, and then *desc
 * is empty.
 */
#define nk_arena_alloc(type, arena, desc, count)                                                   \
    ((type *)nk_arena_alloc_((arena), (desc), sizeof(type), nk_alignof(type), (size_t)(count)))

/*
 * nk_arena_store(type, arena, desc, src, count): copies `count` objects of `type` from src; fills
 * *desc. NK_EOK, or NK_ENOMEM if they do not fit.
 */
#define nk_arena_store(type, arena, desc, src, count)                                              \
    nk_arena_store_((arena), (desc), (const type *)(src), sizeof(type), nk_alignof(type),          \
                    (size_t)(count))

/*
 * nk_arena_get(type, arena, desc, count): the objects that *desc points to; stores their number in
 * *count (the terminator of a string counts). NULL if *desc points outside the used part.
 */
#define nk_arena_get(type, arena, desc, count)                                                     \
    ((type *)nk_arena_get_((arena), (desc), sizeof(type), (count)))

#ifdef __cplusplus
}
#endif

#endif
