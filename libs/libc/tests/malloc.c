/*
 * malloc.c: the heap, and the mappings below it.
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>

#include "check.h"

#define BLOCKS 500
#define MIB    (1ul << 20)

/* A fixed sequence: the test is the same each time. */
static unsigned next_random(void)
{
    static unsigned state = 12345;

    state = state * 1103515245u + 12345u;
    return state >> 8;
}

static int is_filled(const unsigned char *p, size_t size, int value)
{
    for (size_t i = 0; i < size; i++) {
        if (p[i] != value) {
            return 0;
        }
    }
    return 1;
}

/* Allocates and frees in a random order; every block must keep its own pattern. */
static int churn(void)
{
    static unsigned char *blocks[BLOCKS];
    static size_t sizes[BLOCKS];

    for (int round = 0; round < 5000; round++) {
        unsigned i = next_random() % BLOCKS;

        if (blocks[i]) {
            if (!is_filled(blocks[i], sizes[i], (int)(i & 255))) {
                return 0;
            }
            free(blocks[i]);
            blocks[i] = NULL;
            continue;
        }
        sizes[i] = next_random() % (round % 50 == 0 ? 200000 : 600) + 1;
        blocks[i] = malloc(sizes[i]);
        if (!blocks[i]) {
            return 0;
        }
        memset(blocks[i], (int)(i & 255), sizes[i]);
    }
    for (int i = 0; i < BLOCKS; i++) {
        free(blocks[i]);
    }
    return 1;
}

static void test_heap(void)
{
    char *p = malloc(100), *q;
    void *aligned = NULL;

    strcpy(p, "kept");
    q = realloc(p, 3 * MIB);
    CHECK("realloc keeps the contents", q && strcmp(q, "kept") == 0);
    q = realloc(q, 10);
    CHECK("realloc to less", q && strcmp(q, "kept") == 0);
    free(q);
    q = calloc(1000, 1000);
    CHECK("calloc is zero", q && is_filled((unsigned char *)q, 1000000, 0));
    free(q);
    CHECK("calloc overflow", !calloc(SIZE_MAX / 2, 4) && errno == ENOMEM);
    CHECK("posix_memalign", posix_memalign(&aligned, 4096, 100) == 0 &&
                                (uintptr_t)aligned % 4096 == 0);
    free(aligned);
    q = aligned_alloc(64, 640);
    CHECK("aligned_alloc", q && (uintptr_t)q % 64 == 0);
    free(q);
    free(NULL);
    CHECK("5,000 random steps", churn());
    CHECK("impossible size", !malloc((size_t)1 << 60) && errno == ENOMEM);
}

static void test_mappings(void)
{
    char *p = mmap(NULL, 64 * MIB, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

    CHECK("reserve 64 MiB", p != MAP_FAILED);
    CHECK("make one page usable", mprotect(p + MIB, 4096, PROT_READ | PROT_WRITE) == 0);
    p[MIB] = 1;
    CHECK("pages begin as zeros", p[MIB + 1] == 0 && p[MIB + 4095] == 0);
    CHECK("unmap", munmap(p, 64 * MIB) == 0);
    CHECK("size zero", mmap(NULL, 0, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0) == MAP_FAILED &&
                           errno == EINVAL);
    CHECK("no such file", mmap(NULL, 4096, PROT_READ, MAP_PRIVATE, -1, 0) == MAP_FAILED &&
                              errno == EBADF);
    CHECK("munmap needs a page's address", munmap((void *)1, 4096) == -1 && errno == EINVAL);
    p = mmap(NULL, 8192, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
    p[0] = 1;
    CHECK("MAP_FIXED replaces", mmap(p, 4096, PROT_READ, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED,
                                     -1, 0) == p && p[0] == 0);
    munmap(p, 8192);
}

int main(void)
{
    test_heap();
    test_mappings();
    return check_report();
}
