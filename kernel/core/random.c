/*
 * core/random.c: see random.h. ChaCha20 as RFC 8439 describes it, with a 64-bit counter.
 */
#include "core/random.h"

#include <arch/cpu.h>
#include <arch/timer.h>

#include "core/copy.h"

#define BLOCK_WORDS   16u
#define KEY_WORDS     8u
#define DOUBLE_ROUNDS 10
#define SEED_WORDS    8 /* of the CPU's source, at the start */

static struct random_state pool;

static inline uint32_t rotate(uint32_t v, unsigned n)
{
    return v << n | v >> (32 - n);
}

static inline void quarter(uint32_t *x, unsigned a, unsigned b, unsigned c, unsigned d)
{
    x[a] += x[b];
    x[d] = rotate(x[d] ^ x[a], 16);
    x[c] += x[d];
    x[b] = rotate(x[b] ^ x[c], 12);
    x[a] += x[b];
    x[d] = rotate(x[d] ^ x[a], 8);
    x[c] += x[d];
    x[b] = rotate(x[b] ^ x[c], 7);
}

static void block(struct random_state *s, uint32_t out[BLOCK_WORDS])
{
    uint32_t start[BLOCK_WORDS] = {0x61707865, 0x3320646e, 0x79622d32, 0x6b206574};
    copy_bytes(start + 4, s->key, sizeof s->key);
    start[12] = (uint32_t)s->counter;
    start[13] = (uint32_t)(s->counter >> 32);
    s->counter++;
    copy_bytes(out, start, sizeof start);
    for (int i = 0; i < DOUBLE_ROUNDS; i++) {
        quarter(out, 0, 4, 8, 12);
        quarter(out, 1, 5, 9, 13);
        quarter(out, 2, 6, 10, 14);
        quarter(out, 3, 7, 11, 15);
        quarter(out, 0, 5, 10, 15);
        quarter(out, 1, 6, 11, 12);
        quarter(out, 2, 7, 8, 13);
        quarter(out, 3, 4, 9, 14);
    }
    for (unsigned i = 0; i < BLOCK_WORDS; i++)
        out[i] += start[i];
}

void random_generate(struct random_state *s, void *out, size_t n)
{
    uint32_t words[BLOCK_WORDS], key[KEY_WORDS];
    uint8_t *to = out;
    block(s, words);
    copy_bytes(key, words, sizeof key); /* the next key; the block's other half is given out */
    const uint32_t *from = words + KEY_WORDS;
    size_t have = sizeof words - sizeof key;
    for (;;) {
        size_t part = n < have ? n : have;
        copy_bytes(to, from, part);
        to += part;
        n -= part;
        if (n == 0)
            break;
        block(s, words);
        from = words;
        have = sizeof words;
    }
    copy_bytes(s->key, key, sizeof key);
    s->counter = 0;
}

void random_mix(struct random_state *s, uint64_t word)
{
    uint32_t words[BLOCK_WORDS];
    s->key[0] ^= (uint32_t)word;
    s->key[1] ^= (uint32_t)(word >> 32);
    block(s, words);
    copy_bytes(s->key, words, sizeof s->key);
}

void random_init(const char *extra)
{
    for (int i = 0; i < SEED_WORDS; i++) {
        random_mix(&pool, arch_random());
        random_mix(&pool, arch_tsc());
    }
    random_mix(&pool, arch_wall_clock());
    uint64_t word = 0;
    for (size_t i = 0; extra[i]; i++) {
        word = word << 8 | (uint8_t)extra[i];
        if (i % sizeof word == sizeof word - 1 || !extra[i + 1])
            random_mix(&pool, word);
    }
}

void random_bytes(void *buf, size_t n)
{
    uint64_t fresh = arch_random() ^ arch_tsc();
    pool.key[0] ^= (uint32_t)fresh;
    pool.key[1] ^= (uint32_t)(fresh >> 32);
    random_generate(&pool, buf, n);
}

uint64_t random_word(void)
{
    uint64_t word;
    random_bytes(&word, sizeof word);
    return word;
}
