/*
 * alloc.c: kos/alloc.h.
 */
#include "suite.h"

#include <kos/alloc.h>
#include <stdint.h>

static int is_zero(const char *p, rtl_size_t size)
{
    while (size--) {
        if (p[size]) {
            return 0;
        }
    }
    return 1;
}

void test_alloc(void)
{
    static const rtl_size_t sizes[] = {0, 1, 15, 100, 4096, 100000, 3000000};
    char *p, *q;
    int good = 1;

    for (unsigned i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
        p = KosMemAlloc(sizes[i]);
        good &= p && KosMemGetSize(p) >= sizes[i] && (uintptr_t)p % 16 == 0;
        memset(p, 0xa5, sizes[i]);
        KosMemFree(p);
        q = KosMemZalloc(sizes[i]);
        good &= q && KosMemGetSize(q) >= sizes[i] && is_zero(q, sizes[i]);
        KosMemFree(q);
        for (rtl_size_t align = 1; align <= 65536; align *= 4) {
            p = KosMemAllocEx(sizes[i], align, 1);
            good &= p && (uintptr_t)p % align == 0 && is_zero(p, sizes[i]);
            memset(p, 0x5a, sizes[i]);
            KosMemFree(p);
            p = KosMemAllocEx(sizes[i], align, 0);
            good &= p && (uintptr_t)p % align == 0;
            KosMemFree(p);
        }
    }
    CHECK("memory of all sizes and alignments", good);
    CHECK("an alignment that is no power of two", !KosMemAllocEx(10, 24, 0));
    CHECK("an alignment of zero", !KosMemAllocEx(10, 0, 0));
    CHECK("KosMemAlloc of too much", !KosMemAlloc(1ull << 40));
    CHECK("KosMemZalloc of too much", !KosMemZalloc(1ull << 40));
    CHECK("KosMemAllocEx of too much", !KosMemAllocEx(1ull << 40, 64, 1));
    CHECK("of more than a size can say", !KosMemAlloc(~0ull) && !KosMemZalloc(~0ull - 20) &&
                                             !KosMemAllocEx(~0ull - 100, 4096, 1));
    KosMemFree(NULL);
    CHECK_EQUAL("KosMemGetSize of nothing", KosMemGetSize(NULL), 0);
}
