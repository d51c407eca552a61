/*
 * mm/frame.h: physical memory in frames of 4 KiB.
 *
 * A buddy allocator over memory that was never touched: fresh memory comes from a pointer that moves
 * up through each region, so boot costs nothing per frame. Allocation and release are O(1) (at most
 * FRAME_ORDER_MAX splits or merges). Contents are undefined. Nothing is charged here.
 */
#ifndef MM_FRAME_H
#define MM_FRAME_H

#include <stdbool.h>
#include <stdint.h>

#include <arch/paging.h>

#define FRAME_ORDER_MAX 8u /* 1 MiB */

struct boot_info;

/* Takes over the RAM of the boot description. */
void frame_init(const struct boot_info *boot);
/* One frame, or 0. Subject to fault injection. */
paddr frame_alloc(void);
void frame_free(paddr frame);
/* 2^order frames, aligned to their size, or 0. Subject to fault injection. */
paddr frame_alloc_order(unsigned order);
void frame_free_order(paddr frame, unsigned order);
/* The same, past fault injection: for a caller that has counted already. */
paddr frame_take(unsigned order);
/* Frames free now, and frames in all. */
uint64_t frame_free_count(void);
uint64_t frame_total_count(void);

/* Two bytes for whoever holds the frame: entries in use of a page table. Undefined at first. */
uint16_t *frame_note(paddr frame);

static inline void *frame_to_virt(paddr frame)
{
    return arch_direct_map(frame);
}

static inline paddr virt_to_frame(const void *p)
{
    return arch_direct_unmap(p);
}

#endif
