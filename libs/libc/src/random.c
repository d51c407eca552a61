/*
 * random.c: random bytes without a kernel call.
 *
 * A ChaCha20 generator keyed with the randomness that the kernel gave the process at its start. Each
 * request takes fresh blocks, and the first half of the first block becomes the next key, so that
 * what was given out cannot be computed from what is left.
 */
#include <string.h>

#include "layer.h"
#include "lock.h"

static volatile int lock[1];
volatile int *const __kos_random_lockptr = lock;
static uint32_t key[8];
static int is_seeded;

static uint32_t rotate(uint32_t x, int n)
{
    return x << n | x >> (32 - n);
}

static void quarter(uint32_t s[16], int a, int b, int c, int d)
{
    s[a] += s[b];
    s[d] = rotate(s[d] ^ s[a], 16);
    s[c] += s[d];
    s[b] = rotate(s[b] ^ s[c], 12);
    s[a] += s[b];
    s[d] = rotate(s[d] ^ s[a], 8);
    s[c] += s[d];
    s[b] = rotate(s[b] ^ s[c], 7);
}

static void chacha_block(const uint32_t k[8], uint64_t counter, uint32_t out[16])
{
    uint32_t in[16] = { 0x61707865, 0x3320646e, 0x79622d32, 0x6b206574 };

    memcpy(in + 4, k, 32);
    in[12] = (uint32_t)counter;
    in[13] = (uint32_t)(counter >> 32);
    memcpy(out, in, 64);
    for (int i = 0; i < 10; i++) {
        quarter(out, 0, 4, 8, 12);
        quarter(out, 1, 5, 9, 13);
        quarter(out, 2, 6, 10, 14);
        quarter(out, 3, 7, 11, 15);
        quarter(out, 0, 5, 10, 15);
        quarter(out, 1, 6, 11, 12);
        quarter(out, 2, 7, 8, 13);
        quarter(out, 3, 4, 9, 14);
    }
    for (int i = 0; i < 16; i++) {
        out[i] += in[i];
    }
}

/* Takes a key of its own for one request, so that the lock is held for one block only. */
static void take_key(uint32_t mine[8])
{
    uint32_t block[16];

    LOCK(lock);
    if (!is_seeded) {
        memcpy(key, kn_start_info->random, sizeof key);
        is_seeded = 1;
    }
    chacha_block(key, 0, block);
    memcpy(key, block, 32);
    memcpy(mine, block + 8, 32);
    UNLOCK(lock);
    explicit_bzero(block, sizeof block);
}

long kos_getrandom(void *data, size_t size)
{
    uint32_t mine[8], block[16];
    unsigned char *out = data;
    size_t left = size;

    take_key(mine);
    for (uint64_t counter = 0; left > 0; counter++) {
        size_t n = left < sizeof block ? left : sizeof block;

        chacha_block(mine, counter, block);
        memcpy(out, block, n);
        out += n;
        left -= n;
    }
    explicit_bzero(mine, sizeof mine);
    explicit_bzero(block, sizeof block);
    return (long)size;
}
