/*
 * frame.c: the allocator of physical memory (mm/frame.h).
 *
 * Fresh memory is carved from the front of each region in the largest aligned blocks that fit, so
 * only frames at the ragged ends of a region ever belong to a block smaller than FRAME_ORDER_MAX that
 * was not split from one. A frame's state is looked at only if it can be the head of a block: inside
 * fresh memory that is never the case but at those ends, whose states are cleared at the start; the
 * rest of the table is never touched before its memory is.
 *
 * Free single frames wait in a short stack before they are merged: most are wanted again at once.
 * Links of free blocks lie in the blocks themselves.
 */
#include "mm/frame.h"

#include <arch/entry.h>

#include "core/list.h"
#include "core/lock.h"
#include "mm/kmem.h"

#define ORDERS      (FRAME_ORDER_MAX + 1)
#define GROUP       (1ull << FRAME_ORDER_MAX) /* frames of the largest block */
#define CACHE_MAX   64u
#define NOT_FREE    0u

struct frame_meta {
    uint16_t note;
    uint8_t state; /* NOT_FREE, or 1 + order for the head of a free block */
    uint8_t reserved;
};
struct free_block {
    struct list link; /* of the list of its order */
};
struct cached_frame {
    struct cached_frame *next;
};
struct fresh_region {
    uint64_t next, end; /* frame numbers */
};

static struct frame_meta *metas GUARDED_BY(kernel_lock);
static struct list free_lists[ORDERS] GUARDED_BY(kernel_lock);
static struct cached_frame *cache GUARDED_BY(kernel_lock);
static unsigned cached GUARDED_BY(kernel_lock);
static struct fresh_region fresh[BOOT_REGIONS_MAX] GUARDED_BY(kernel_lock);
static unsigned nfresh GUARDED_BY(kernel_lock), current_fresh GUARDED_BY(kernel_lock);
static uint64_t free_frames GUARDED_BY(kernel_lock), total_frames; /* the second: fixed at boot */

static inline uint64_t number_of(paddr frame)
{
    return frame >> PAGE_SHIFT;
}

static inline void *block_at(uint64_t number)
{
    return frame_to_virt(number << PAGE_SHIFT);
}

static void put_block(uint64_t number, unsigned order) REQUIRES(kernel_lock)
{
    struct free_block *b = block_at(number);
    metas[number].state = (uint8_t)(1 + order);
    list_add_head(&free_lists[order], &b->link);
}

static void take_block(uint64_t number) REQUIRES(kernel_lock)
{
    struct free_block *b = block_at(number);
    list_remove(&b->link);
    metas[number].state = NOT_FREE;
}

/* Gives a block to the lists, merged with its free neighbours. */
static void merge_block(uint64_t number, unsigned order) REQUIRES(kernel_lock)
{
    while (order < FRAME_ORDER_MAX) {
        uint64_t buddy = number ^ (1ull << order);
        if (metas[buddy].state != 1 + order)
            break;
        take_block(buddy);
        number &= ~(1ull << order);
        order++;
    }
    put_block(number, order);
}

/* Moves the next block of fresh memory to the lists; false if there is none. */
static bool carve(void) REQUIRES(kernel_lock)
{
    while (current_fresh < nfresh && fresh[current_fresh].next == fresh[current_fresh].end)
        current_fresh++;
    if (current_fresh == nfresh)
        return false;
    struct fresh_region *r = &fresh[current_fresh];
    unsigned order = FRAME_ORDER_MAX;
    while (r->next & ((1ull << order) - 1) || r->end - r->next < 1ull << order)
        order--;
    put_block(r->next, order);
    r->next += 1ull << order;
    return true;
}

/* A block from the lists, split to size; 0 if none is large enough. */
static paddr take_from_lists(unsigned order) REQUIRES(kernel_lock)
{
    for (unsigned have = order; have < ORDERS; have++) {
        if (list_empty(&free_lists[have]))
            continue;
        struct free_block *b = (struct free_block *)free_lists[have].next;
        uint64_t number = number_of(virt_to_frame(b));
        take_block(number);
        while (have > order) {
            have--;
            put_block(number + (1ull << have), have);
        }
        return number << PAGE_SHIFT;
    }
    return 0;
}

static void empty_cache(void) REQUIRES(kernel_lock)
{
    while (cache) {
        struct cached_frame *f = cache;
        cache = f->next;
        cached--;
        merge_block(number_of(virt_to_frame(f)), 0);
    }
}

paddr frame_take(unsigned order)
{
    lock_assert_held();
    if (order > FRAME_ORDER_MAX)
        return 0;
    if (order == 0 && cache) {
        struct cached_frame *f = cache;
        cache = f->next;
        cached--;
        free_frames--;
        return virt_to_frame(f);
    }
    paddr frame = take_from_lists(order);
    while (!frame && carve()) /* a region has at most 2 * FRAME_ORDER_MAX small blocks */
        frame = take_from_lists(order);
    if (!frame && cached) {
        empty_cache();
        frame = take_from_lists(order);
    }
    if (frame)
        free_frames -= 1ull << order;
    return frame;
}

paddr frame_alloc_order(unsigned order)
{
    return mm_should_fail() ? 0 : frame_take(order);
}

paddr frame_alloc(void)
{
    return frame_alloc_order(0);
}

void frame_free(paddr frame)
{
    lock_assert_held();
    free_frames++;
    if (cached == CACHE_MAX) {
        merge_block(number_of(frame), 0);
        return;
    }
    struct cached_frame *f = frame_to_virt(frame);
    f->next = cache;
    cache = f;
    cached++;
}

void frame_free_order(paddr frame, unsigned order)
{
    lock_assert_held();
    if (order == 0) {
        frame_free(frame);
        return;
    }
    free_frames += 1ull << order;
    merge_block(number_of(frame), order);
}

uint64_t frame_free_count(void)
{
    lock_assert_held();
    return free_frames;
}

uint64_t frame_total_count(void)
{
    return total_frames;
}

uint16_t *frame_note(paddr frame)
{
    lock_assert_held();
    return &metas[number_of(frame)].note;
}

/* Cuts the table of states out of the first region that has room for it. */
static void place_metas(const struct boot_info *boot) REQUIRES(kernel_lock)
{
    uint64_t groups = (number_of(boot->ram_end) + GROUP) / GROUP;
    uint64_t frames = (groups * GROUP * sizeof(struct frame_meta) + PAGE_MASK) >> PAGE_SHIFT;
    for (unsigned i = 0; i < nfresh; i++) {
        if (fresh[i].end - fresh[i].next >= frames) {
            metas = block_at(fresh[i].next);
            fresh[i].next += frames;
            return;
        }
    }
}

static void clear_group(uint64_t number) REQUIRES(kernel_lock)
{
    number &= ~(GROUP - 1);
    __builtin_memset(&metas[number], 0, GROUP * sizeof(struct frame_meta));
}

void frame_init(const struct boot_info *boot)
{
    lock_assert_held();
    nfresh = 0;
    current_fresh = 0;
    cache = (struct cached_frame *)0;
    cached = 0;
    free_frames = 0;
    metas = (struct frame_meta *)0;
    for (unsigned i = 0; i < ORDERS; i++)
        list_init(&free_lists[i]);
    for (unsigned i = 0; i < boot->nregions; i++) {
        uint64_t first = number_of(boot->regions[i].base);
        fresh[nfresh++] = (struct fresh_region){first, first + number_of(boot->regions[i].size)};
    }
    place_metas(boot);
    if (!metas)
        nfresh = 0; /* a machine without memory: every allocation fails */
    for (unsigned i = 0; i < nfresh; i++) {
        if (fresh[i].next == fresh[i].end)
            continue;
        clear_group(fresh[i].next);
        clear_group(fresh[i].end - 1);
        free_frames += fresh[i].end - fresh[i].next;
    }
    total_frames = free_frames;
}
