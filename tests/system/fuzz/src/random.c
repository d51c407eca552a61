/*
 * random.c: xorshift; each worker has its own, so that a run can be repeated as far as races allow.
 */
#include "fuzz.h"

uint64_t any(struct worker *w)
{
    w->random ^= w->random << 13;
    w->random ^= w->random >> 7;
    w->random ^= w->random << 17;
    return w->random * 0x9e3779b97f4a7c15ull;
}

uint32_t below(struct worker *w, uint32_t n)
{
    return (uint32_t)((any(w) >> 32) % n);
}

bool once_in(struct worker *w, uint32_t n)
{
    return below(w, n) == 0;
}
