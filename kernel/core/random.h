/*
 * core/random.h: the kernel's random numbers: addresses of programs, struct kn_start,
 * HAL.GetEntropy.
 *
 * ChaCha20 whose key is replaced by its own output at every use (so that a key found later tells
 * nothing about numbers given out before). The key starts from the CPU's source (RDSEED, RDRAND),
 * the cycle counter, the wall clock and the command line, and the source and the counter are mixed
 * in again at every use. On a machine without such a source and with a counter that can be
 * predicted, the numbers can be, too.
 */
#ifndef CORE_RANDOM_H
#define CORE_RANDOM_H

#include <stddef.h>
#include <stdint.h>

/* Once, early. `extra`: text that may differ between runs (the command line). */
void random_init(const char *extra);
/* About 20 instructions a byte; callers bound n. */
void random_bytes(void *buf, size_t n);
uint64_t random_word(void);

/* The generator alone, for whoever brings a seed: fills `out` from a key and replaces the key. */
struct random_state {
    uint32_t key[8];
    uint64_t counter;
};
void random_generate(struct random_state *s, void *out, size_t n);
/* Makes the state depend on `word` too. */
void random_mix(struct random_state *s, uint64_t word);

#endif
