/*
 * core/layout.c: see layout.h.
 */
#include "core/layout.h"

#include <arch/paging.h>

#include "core/random.h"

#define HALF        (LAYOUT_AREA_SIZE / 2)
#define STACK_SPACE (1ull << 30) /* above the lowest address of a stack; no stack is larger */
#define MIB         (1ull << 20)

_Static_assert(LAYOUT_AREA_LOW + LAYOUT_AREA_COUNT * LAYOUT_AREA_SIZE < USER_TOP,
               "all places are the programs'");
_Static_assert(LAYOUT_IMAGE_HIGH < LAYOUT_AREA_LOW, "programs do not meet stacks");

static bool is_randomised = true;

void layout_init(bool is_random)
{
    is_randomised = is_random;
}

/* A multiple of the page size below `size`, all about equally likely: 64 bits are far more. */
static uint64_t page_below(uint64_t random, uint64_t size)
{
    return random % (size / PAGE_SIZE) * PAGE_SIZE;
}

void layout_choose(struct layout *layout, struct random_state *seed)
{
    uint64_t r[5];
    if (!is_randomised) {
        *layout = (struct layout){.image = LAYOUT_IMAGE_LOW, .top = USER_TOP};
        return;
    }
    if (seed)
        random_generate(seed, r, sizeof r);
    else
        random_bytes(r, sizeof r);
    uint64_t area = LAYOUT_AREA_LOW + r[0] % LAYOUT_AREA_COUNT * LAYOUT_AREA_SIZE;
    layout->image = LAYOUT_IMAGE_LOW + page_below(r[1], LAYOUT_IMAGE_HIGH - LAYOUT_IMAGE_LOW);
    layout->stack = area + page_below(r[2], HALF - STACK_SPACE);
    layout->top = area + HALF + page_below(r[3], HALF);
    /* One of two MiB, so that what is small never needs a second page table. */
    layout->image &= ~MIB;
    layout->stack &= ~MIB;
    layout->top |= MIB;
    layout->time_page = layout->top - PAGE_SIZE - page_below(r[4], MIB);
}
