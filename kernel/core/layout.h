/*
 * core/layout.h: where the parts of a new process lie.
 *
 *   16 TiB .. 32 TiB     the program, if it can lie anywhere
 *   96 TiB .. 127.5 TiB  stack, and below another place memory that names none (heap, mappings,
 *                        stacks of threads, start page): one of 63 stretches of 512 GiB, so
 *                        that both share page tables, and there any place in its lower and in its
 *                        upper half
 *
 * A place is any page of one half of each 2 MiB: what takes up to 1 MiB needs one page table, never
 * two. The time page lies within 1 MiB below the second place. With the kernel word aslr=off every
 * process has the same places.
 */
#ifndef CORE_LAYOUT_H
#define CORE_LAYOUT_H

#include <stdbool.h>
#include <stdint.h>

#define LAYOUT_IMAGE_LOW  0x100000000000ull
#define LAYOUT_IMAGE_HIGH 0x200000000000ull
#define LAYOUT_AREA_LOW   0x600000000000ull
#define LAYOUT_AREA_COUNT 63u
#define LAYOUT_AREA_SIZE  (512ull << 30)

struct layout {
    uint64_t image;     /* added to the addresses of a program that can lie anywhere */
    uint64_t stack;     /* lowest usable address of the first stack; 0: no wish */
    uint64_t top;       /* memory that names no place goes below it */
    uint64_t time_page; /* 0: no wish */
};

struct random_state;

/* Once, at boot. */
void layout_init(bool is_random);
/* Places for one process. seed null: from the kernel's random numbers. */
void layout_choose(struct layout *layout, struct random_state *seed);

#endif
