/*
 * tessera/pack.h: between a message in memory and its two forms in a system call.
 *
 * Sending: kn_pack() loads the registers of a short message or describes a long one in a kn_buf;
 * the rule that chooses is kn_short_words() with an empty arena, and stands nowhere else.
 * Receiving: kn_describe() offers the buffers, kn_unpack() completes a short message in memory (a
 * long one was written by the kernel).
 */
#ifndef TESSERA_PACK_H
#define TESSERA_PACK_H

#include <nk/arena.h>
#include <nk/message.h>
#include <tessera/call.h>

KN_INLINE uint64_t kn_load64(const void *p)
{
    uint64_t value;

    __builtin_memcpy(&value, p, sizeof(value));
    return value;
}

KN_INLINE void kn_store64(void *p, uint64_t value)
{
    __builtin_memcpy(p, &value, sizeof(value));
}

KN_INLINE uint64_t kn_message_word(const struct nk_message *msg)
{
    return kn_load64((const char *)msg + 16);
}

/* A size for the kernel, which refuses what is larger than KN_ARENA_MAX. */
KN_INLINE uint32_t kn_clamp(size_t size)
{
    return size < UINT32_MAX ? (uint32_t)size : UINT32_MAX;
}

/* The payload words of a message in registers, from the upper half of its word: 0 to 5; anything
 * else when it has handles, is longer, or is no multiple of eight long (generated ones always are).
 */
KN_INLINE uint32_t kn_short_words(uint64_t word)
{
    uint32_t bytes = ((uint32_t)(word >> 32) & 0xffffffu) - KN_HEADER_BYTES;

    return bytes >> 3 | bytes << 29;
}

/* Whether header and arena can be right: a size that holds the header, sound bounds. */
KN_INLINE int kn_is_sendable(const struct nk_message *msg, const struct nk_arena *arena)
{
    return msg->size >= KN_HEADER_BYTES && (!arena || nk_arena_is_sound(arena));
}

/* Copies `count` words that exist; the others are zero, so nothing of the stack leaks. A failed
 * method's result is the one word of a message that has none. */
KN_INLINE void kn_load_payload(const struct nk_message *msg, uint32_t count,
                               uint64_t payload[KN_SHORT_WORDS])
{
    const char *from = (const char *)msg + KN_HEADER_BYTES;

    payload[0] = payload[1] = payload[2] = payload[3] = payload[4] = 0;
    switch (count) {
    case 5:
        payload[4] = kn_load64(from + 32);
        __attribute__((fallthrough));
    case 4:
        payload[3] = kn_load64(from + 24);
        __attribute__((fallthrough));
    case 3:
        payload[2] = kn_load64(from + 16);
        __attribute__((fallthrough));
    case 2:
        payload[1] = kn_load64(from + 8);
        __attribute__((fallthrough));
    case 1:
        payload[0] = kn_load64(from);
        break;
    case 0:
        if (msg->kind == NK_MESSAGE_FAILED) {
            payload[0] = msg->self.handle;
        }
        break;
    default:
        break;
    }
}

/* The same way back. */
KN_INLINE void kn_store_payload(struct nk_message *msg, uint32_t count,
                                const uint64_t payload[KN_SHORT_WORDS])
{
    char *to = (char *)msg + KN_HEADER_BYTES;

    switch (count) {
    case 5:
        kn_store64(to + 32, payload[4]);
        __attribute__((fallthrough));
    case 4:
        kn_store64(to + 24, payload[3]);
        __attribute__((fallthrough));
    case 3:
        kn_store64(to + 16, payload[2]);
        __attribute__((fallthrough));
    case 2:
        kn_store64(to + 8, payload[1]);
        __attribute__((fallthrough));
    case 1:
        kn_store64(to, payload[0]);
        break;
    case 0:
        if (msg->kind == NK_MESSAGE_FAILED) {
            msg->self.handle = (nk_handle_t)payload[0];
        }
        break;
    default:
        break;
    }
}

/* Prepares a message that kn_is_sendable(). Returns the buffer to give to the system call: null
 * when the message went into the words. */
KN_INLINE const struct kn_buf *kn_pack(const struct nk_message *msg, const struct nk_arena *arena,
                                       struct kn_words *words, struct kn_buf *buf)
{
    uint32_t count;

    words->word = kn_message_word(msg);
    count = kn_short_words(words->word);
    if (__builtin_expect(count <= KN_SHORT_WORDS && (!arena || arena->current == arena->start),
                         1)) {
        kn_load_payload(msg, count, words->payload);
        return (const struct kn_buf *)0;
    }
    words->payload[0] = words->payload[1] = words->payload[2] = 0;
    words->payload[3] = words->payload[4] = 0;
    buf->head = (uintptr_t)msg;
    buf->head_size = msg->size;
    buf->reserved0 = 0;
    buf->arena = arena ? (uintptr_t)arena->start : 0;
    buf->arena_size = arena ? kn_clamp(nk_arena_used(arena)) : 0;
    buf->reserved1 = 0;
    return buf;
}

/* Offers a message and the whole of its arena as room to receive into. */
KN_INLINE void kn_describe(struct nk_message *msg, const struct nk_arena *arena, struct kn_buf *buf)
{
    buf->head = (uintptr_t)msg;
    buf->head_size = msg->size;
    buf->reserved0 = 0;
    buf->arena = arena ? (uintptr_t)arena->start : 0;
    buf->arena_size = arena ? kn_clamp(nk_arena_capacity(arena)) : 0;
    buf->reserved1 = 0;
}

/* Completes what was received: the header (but not self, unless a short message says that it
 * failed), the payload and the used part of the arena. `capacity` is the size that kn_describe()
 * saw. NK_EOK, or NK_EBADMSG if the message is larger than its buffer. */
KN_INLINE nk_err_t kn_unpack(const struct kn_words *words, const struct kn_received *received,
                             struct nk_message *msg, nk_size_t capacity, struct nk_arena *arena)
{
    uint32_t count;

    if (received->is_long) {
        if (arena) {
            arena->current = (char *)arena->start + received->arena_used;
        }
        return NK_EOK;
    }
    if (arena) {
        arena->current = arena->start;
    }
    count = kn_short_words(words->word);
    if (__builtin_expect(count > KN_SHORT_WORDS || KN_WORD_SIZE(words->word) > capacity, 0)) {
        return NK_EBADMSG;
    }
    kn_store64((char *)msg + 16, words->word);
    kn_store_payload(msg, count, words->payload);
    return NK_EOK;
}

#endif
