/*
 * vectors.c: see vectors.h.
 */
#include "vectors.h"

#include <string.h>

#include <kos/internal.h>
#include <kos/thread.h>

#define OSXSAVE (1u << 27)
#define AVX     (1u << 28)

#define MXCSR_RESET 0x1f80u
#define FCW_RESET   0x37fu

typedef uint8_t registers[VECTOR_COUNT][VECTOR_BYTES];

void vectors_round_avx(const void *in, void *out, void (*between)(void));
void vectors_round_sse(const void *in, void *out, void (*between)(void));
void vectors_fresh_entry(void *, void *);
_Noreturn void vectors_fresh_end(void);

/* As FXSAVE writes it. */
struct legacy {
    uint16_t fcw, fsw;
    uint8_t tags, reserved;
    uint16_t opcode;
    uint64_t ip, dp;
    uint32_t mxcsr, mxcsr_mask;
    uint8_t st[8][16], xmm[16][16], rest[96];
} __attribute__((aligned(16)));

registers vectors_fresh_found;
struct legacy vectors_fresh_legacy;
static uint32_t is_running;

unsigned vectors_width(void)
{
    uint32_t a = 1, b, c = 0, d, low, high;

    __asm__ volatile("cpuid" : "+a"(a), "=b"(b), "+c"(c), "=d"(d));
    if ((c & (OSXSAVE | AVX)) != (OSXSAVE | AVX)) {
        return 16;
    }
    __asm__ volatile("xgetbv" : "=a"(low), "=d"(high) : "c"(0));
    return (low & 6) == 6 ? 32 : 16;
}

int vectors_kept(uint64_t seed, void (*between)(void))
{
    registers in, out;
    unsigned width = vectors_width();

    for (unsigned i = 0; i < VECTOR_COUNT; i++) {
        for (unsigned j = 0; j < VECTOR_BYTES; j++) {
            seed = seed * 6364136223846793005ull + 1442695040888963407ull;
            in[i][j] = (uint8_t)(seed >> 56);
        }
    }
    memset(out, 0, sizeof(out));
    if (width == 32) {
        vectors_round_avx(in, out, between);
    } else {
        vectors_round_sse(in, out, between);
    }
    for (unsigned i = 0; i < VECTOR_COUNT; i++) {
        if (memcmp(in[i], out[i], width)) {
            return 1 + (int)i;
        }
    }
    return 0;
}

/* Called by the new thread, which has no C library. */
_Noreturn void vectors_fresh_end(void)
{
    KnThreadExitRaw(0, &is_running, NULL, 0);
}

static int all_zero(const void *bytes, size_t size)
{
    const uint8_t *at = bytes;

    for (size_t i = 0; i < size; i++) {
        if (at[i]) {
            return 0;
        }
    }
    return 1;
}

int vectors_fresh(void)
{
    static uint8_t stack[8192] __attribute__((aligned(16)));
    const struct legacy *l = &vectors_fresh_legacy;
    uintptr_t has_avx = vectors_width() == 32;
    uint32_t tid;

    is_running = 1;
    if (KnThreadCreateRaw(15, stack + sizeof(stack), vectors_fresh_entry, (void *)has_avx, NULL,
                          NULL, 0, NULL, &tid) != rcOk) {
        return 5;
    }
    while (*(volatile uint32_t *)&is_running) {
        KosThreadSleep(1);
    }
    if (!all_zero(l->xmm, sizeof(l->xmm)) ||
        !all_zero(vectors_fresh_found, sizeof(vectors_fresh_found))) {
        return 1;
    }
    if (l->mxcsr != MXCSR_RESET) {
        return 2;
    }
    if (l->fcw != FCW_RESET) {
        return 3;
    }
    return l->tags || l->fsw || !all_zero(l->st, sizeof(l->st)) ? 4 : 0;
}
