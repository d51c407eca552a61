/*
 * child.c: a process that uses processor state as its first argument says, while its brothers run;
 * argv[2] is its number.
 */
#include "core.h"
#include "vectors.h"

#include <stdlib.h>
#include <string.h>

#include <kos/thread.h>

#define ROUNDS 300

/* The others of the same priority get the processor, and the timer takes it away from time to time.
 */
static void let_others_run(void)
{
    KosThreadYield();
}

static int keep_vectors(uint64_t number)
{
    for (uint64_t i = 0; i < ROUNDS; i++) {
        int bad = vectors_kept(number * 1000003 + i, let_others_run);

        if (bad) {
            return bad;
        }
    }
    return 0;
}

/* Not inlined where the compiler keeps state in vector registers: general registers alone. */
static uint64_t selectors(void)
{
    uint32_t ds, es, fs, gs;

    __asm__ volatile("mov %%ds, %0\n\tmov %%es, %1\n\tmov %%fs, %2\n\tmov %%gs, %3"
                     : "=r"(ds), "=r"(es), "=r"(fs), "=r"(gs));
    return ds | (uint64_t)es << 16 | (uint64_t)fs << 32 | (uint64_t)gs << 48;
}

/* fs alone carries a base that is needed, which the CPU clears when it loads a selector; it comes
 * back with the switch. */
static void load_selectors(uint16_t selector)
{
    __asm__ volatile("mov %w0, %%ds\n\tmov %w0, %%es\n\tmov %w0, %%gs" : : "r"((uint32_t)selector));
}

static int set_selectors(uint64_t number)
{
    static const uint16_t values[] = {1, 2, 3, 0x23, 0x2b};

    for (uint64_t i = 0; i < ROUNDS; i++) {
        load_selectors(values[(number + i) % 5]);
        KosThreadYield();
    }
    return 0;
}

static int see_selectors(void)
{
    for (unsigned i = 0; i < ROUNDS; i++) {
        KosThreadYield();
        if (selectors()) {
            return 1;
        }
    }
    return 0;
}

static int store_descriptor_table(void)
{
    uint8_t table[10];

    __asm__ volatile("sgdt %0" : "=m"(table));
    return 0;
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";
    uint64_t number = argc > 2 ? strtoull(argv[2], NULL, 10) : 0;

    if (!strcmp(mode, "vectors")) {
        return keep_vectors(number);
    }
    if (!strcmp(mode, "fresh")) {
        return vectors_fresh();
    }
    if (!strcmp(mode, "set")) {
        return set_selectors(number);
    }
    if (!strcmp(mode, "see")) {
        return see_selectors();
    }
    if (!strcmp(mode, "sgdt")) {
        return store_descriptor_table();
    }
    return -1;
}
