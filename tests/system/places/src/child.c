/*
 * child.c: a process that returns the page number of one of its places (30 bits of it) as its
 * status, or tries what its first argument says. BAD: something about its places is wrong.
 */
#include "core.h"

#include <stdlib.h>
#include <string.h>
#include <tessera/flags.h>
#include <tessera/start.h>

#include <kos/internal.h>

#define PAGE   4096ull
#define GIB    (1ull << 30)
#define TIB    (1ull << 40)
#define NUMBER 0x3fffffffu
#define BAD    (-7)

static int zero(void)
{
    return 0;
}
static int one(void)
{
    return 1;
}

static int variable = 5;
/* Addresses in constant data, in written data, and at odd places across the end of a page. */
static int (*const constant[])(void) = {zero, one};
static int (*written[])(void) = {one, zero};
static struct {
    char pad[4093];
    int *at[1024];
} __attribute__((packed, aligned(4096))) odd = {"", {[0 ... 1023] = &variable}};

static int number(uint64_t va)
{
    return (int)(va / PAGE & NUMBER);
}

static int is_in(uint64_t va, uint64_t low, uint64_t high)
{
    return va >= low && va < high;
}

static uint64_t heap(void)
{
    uint64_t va = 0;

    core_vm_allocate(0, PAGE, VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE,
                     &va);
    return va;
}

/* The pointer words of every table lead where they should. */
static int words(void)
{
    int (*const *from)(void) = constant, (*const *to)(void) = written;
    const char *at = (const char *)odd.at;

    __asm__("" : "+r"(from), "+r"(to), "+r"(at)); /* the compiler knows nothing about them */
    if (from[0]() || !from[1]() || !to[0]() || to[1]()) {
        return 1;
    }
    for (unsigned i = 0; i < 1024; i++) {
        int *word;

        memcpy(&word, at + i * sizeof(word), sizeof(word));
        if (word != &variable) {
            return 2;
        }
    }
    return 0;
}

static int place(const char *mode, int is_fixed)
{
    const struct kn_start *start = kn_start_info;
    uint64_t image = (uintptr_t)&variable;

    if (!strcmp(mode, "image")) {
        return is_fixed                           ? is_in(image, 0x200000, GIB)
               : is_in(image, 16 * TIB, 33 * TIB) ? number(image)
                                                  : BAD;
    }
    if (!strcmp(mode, "stack")) {
        return is_in((uintptr_t)&start, start->stack_low, start->stack_high) &&
                       is_in(start->stack_low, 96 * TIB, 128 * TIB)
                   ? number(start->stack_low)
                   : BAD;
    }
    if (!strcmp(mode, "heap")) {
        uint64_t va = heap();

        return is_in(va, 96 * TIB, 128 * TIB) ? number(va) : BAD;
    }
    if (!strcmp(mode, "time")) {
        return is_in(start->time_page, 96 * TIB, 128 * TIB) ? number(start->time_page) : BAD;
    }
    if (!strcmp(mode, "apart")) { /* how far the heap is from the stack */
        return number(heap() - start->stack_low);
    }
    return BAD;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    int is_fixed = argc > 2 && !strcmp(argv[2], "1");

    if (!strcmp(mode, "words")) {
        return words();
    }
    if (!strcmp(mode, "write")) { /* constant data with addresses in it */
        *(void *volatile *)(uintptr_t)&constant[0] = NULL;
        return 0;
    }
    return place(mode, is_fixed);
}
