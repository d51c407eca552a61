/*
 * random.h: random numbers that are the same for the same seed everywhere.
 */
#ifndef MODEL_POLICY_RANDOM_H
#define MODEL_POLICY_RANDOM_H

#include <stdbool.h>
#include <stdint.h>

struct random {
    uint64_t state;
};

static inline uint64_t random_next(struct random *r)
{
    uint64_t z = r->state += 0x9e3779b97f4a7c15ull;

    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9ull;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebull;
    return z ^ (z >> 31);
}

/* 0 to n - 1. */
static inline unsigned below(struct random *r, unsigned n)
{
    return (unsigned)(random_next(r) >> 33) % n;
}

/* True in `percent` of a hundred cases. */
static inline bool chance(struct random *r, unsigned percent)
{
    return below(r, 100) < percent;
}

#endif
