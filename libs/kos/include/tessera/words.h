/*
 * tessera/words.h: a message in registers, as C sees it.
 */
#ifndef TESSERA_WORDS_H
#define TESSERA_WORDS_H

#include <stdint.h>
#include <tessera/syscall.h>

#define KN_INLINE static inline __attribute__((always_inline))

/* A message in registers: bytes 16..23 of its header and the 40 bytes after it. */
struct kn_words {
    uint64_t word;
    uint64_t payload[KN_SHORT_WORDS];
};

/* What comes with a message. is_long: it was written to the buffers, with `arena_used` bytes of the
 * arena; otherwise it stands in the words. */
struct kn_received {
    uint64_t is_long;
    uint64_t arena_used;
    uint64_t badge;  /* Recv: context of the callable handle */
    uint64_t token;  /* Recv: to reply with */
    uint64_t rights; /* Recv: of the callable handle */
};

/* The fields of a message word (bytes 16..23 of struct nk_message). */
#define KN_WORD(iid, mid, size, ncaps, kind)                                                       \
    ((uint64_t)(uint16_t)(iid) | (uint64_t)(uint16_t)(mid) << 16 |                                 \
     (uint64_t)(uint16_t)(size) << 32 | (uint64_t)(uint8_t)(ncaps) << 48 |                         \
     (uint64_t)(uint8_t)(kind) << 56)
#define KN_WORD_IID(word)   ((uint16_t)(word))
#define KN_WORD_MID(word)   ((uint16_t)((word) >> 16))
#define KN_WORD_SIZE(word)  ((uint16_t)((word) >> 32))
#define KN_WORD_NCAPS(word) ((uint8_t)((word) >> 48))
#define KN_WORD_KIND(word)  ((uint8_t)((word) >> 56))

#endif
