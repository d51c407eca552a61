/*
 * tessera/pack.h: between a message in memory and its two forms in a system call.
 *
 * Sending: kn_pack() loads the registers of a short message or describes a long one in a kn_buf; the
 * rule that chooses is kn_is_short() and stands nowhere else. Receiving: kn_describe() offers the
 * buffers, kn_unpack() completes a short message in memory (a long one was written by the kernel).
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

/* Whether a message travels in registers. */
KN_INLINE int kn_is_short(const struct nk_message *msg, const struct nk_arena *arena)
{
    return msg->size <= KN_HEADER_BYTES + KN_SHORT_BYTES && !msg->ncaps &&
           (!arena || arena->current == arena->start);
}

/* Whether header and arena can be right: a size that holds the header, sound bounds. */
KN_INLINE int kn_is_sendable(const struct nk_message *msg, const struct nk_arena *arena)
{
    return msg->size >= KN_HEADER_BYTES && (!arena || nk_arena_is_sound(arena));
}

/* Copies the payload that exists; what lies behind it is zero, so nothing of the stack leaks. Sizes
 * of generated messages are multiples of eight; the rest of others goes byte by byte. */
KN_INLINE void kn_load_payload(const struct nk_message *msg, uint64_t payload[KN_SHORT_WORDS])
{
    const char *from = (const char *)msg + KN_HEADER_BYTES;
    unsigned bytes = msg->size - KN_HEADER_BYTES, whole = bytes >> 3;
    uint64_t rest = 0;

    payload[0] = payload[1] = payload[2] = payload[3] = payload[4] = 0;
    switch (whole) {
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
        __attribute__((fallthrough));
    default:
        break;
    }
    if (__builtin_expect(!(bytes & 7), 1)) {
        return;
    }
    __builtin_memcpy(&rest, from + 8 * whole, bytes & 7);
    switch (whole) {
    case 0:
        payload[0] = rest;
        break;
    case 1:
        payload[1] = rest;
        break;
    case 2:
        payload[2] = rest;
        break;
    case 3:
        payload[3] = rest;
        break;
    case 4:
        payload[4] = rest;
        break;
    default:
        break;
    }
}

/* The same way back; `bytes` is at most KN_SHORT_BYTES. */
KN_INLINE void kn_store_payload(struct nk_message *msg, unsigned bytes,
                                const uint64_t payload[KN_SHORT_WORDS])
{
    char *to = (char *)msg + KN_HEADER_BYTES;
    unsigned whole = bytes >> 3;
    uint64_t rest = 0;

    switch (whole) {
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
        __attribute__((fallthrough));
    default:
        break;
    }
    if (__builtin_expect(!(bytes & 7), 1)) {
        return;
    }
    switch (whole) {
    case 0:
        rest = payload[0];
        break;
    case 1:
        rest = payload[1];
        break;
    case 2:
        rest = payload[2];
        break;
    case 3:
        rest = payload[3];
        break;
    case 4:
        rest = payload[4];
        break;
    default:
        break;
    }
    __builtin_memcpy(to + 8 * whole, &rest, bytes & 7);
}

/* Prepares a message that kn_is_sendable(). Returns the buffer to give to the system call: null when
 * the message went into the words. */
KN_INLINE const struct kn_buf *kn_pack(const struct nk_message *msg, const struct nk_arena *arena,
                                       struct kn_words *words, struct kn_buf *buf)
{
    words->word = kn_message_word(msg);
    if (kn_is_short(msg, arena)) {
        kn_load_payload(msg, words->payload);
        if (__builtin_expect(msg->kind == NK_MESSAGE_FAILED, 0)) {
            words->payload[0] = msg->self.handle;
        }
        return (const struct kn_buf *)0;
    }
    words->payload[0] = words->payload[1] = words->payload[2] = 0;
    words->payload[3] = words->payload[4] = 0;
    buf->head = (uintptr_t)msg;
    buf->head_size = msg->size;
    buf->reserved0 = 0;
    buf->arena = arena ? (uintptr_t)arena->start : 0;
    buf->arena_size = kn_clamp(nk_arena_used(arena));
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
    buf->arena_size = kn_clamp(nk_arena_capacity(arena));
    buf->reserved1 = 0;
}

/* Completes what was received: the header (but not self, unless a short message says that it failed),
 * the payload and the used part of the arena. `capacity` is the size that kn_describe() saw.
 * NK_EOK, or NK_EBADMSG if the message is larger than its buffer. */
KN_INLINE nk_err_t kn_unpack(const struct kn_words *words, const struct kn_received *received,
                             struct nk_message *msg, nk_size_t capacity, struct nk_arena *arena)
{
    unsigned size;

    if (received->is_long) {
        if (arena) {
            arena->current = (char *)arena->start + received->arena_used;
        }
        return NK_EOK;
    }
    if (arena) {
        arena->current = arena->start;
    }
    size = KN_WORD_SIZE(words->word);
    if (__builtin_expect(size > capacity || size < KN_HEADER_BYTES ||
                             size > KN_HEADER_BYTES + KN_SHORT_BYTES,
                         0)) {
        return NK_EBADMSG;
    }
    kn_store64((char *)msg + 16, words->word);
    if (__builtin_expect(KN_WORD_KIND(words->word) == NK_MESSAGE_FAILED, 0)) {
        msg->self.handle = (nk_handle_t)words->payload[0];
        return NK_EOK;
    }
    kn_store_payload(msg, size - KN_HEADER_BYTES, words->payload);
    return NK_EOK;
}

#endif
