/*
 * block.h: reads the creator's block of a process (tessera/start.h) without trusting it.
 *
 * A block that is malformed counts as empty, an array that leaves the block as empty, a string that
 * leaves it as "".
 */
#ifndef KOS_BLOCK_H
#define KOS_BLOCK_H

#include <stddef.h>
#include <stdint.h>
#include <tessera/start.h>

struct block_view {
    const char *base;
    uint32_t size; /* zero: there is no block */
};

struct block_view block_view(const void *base, size_t size);
/* The block of this process. */
struct block_view block_own(void);

/* The header; all zero if there is no block. */
const struct kn_block *block_head(const struct block_view *view);
/* The array of `count` elements of `elem` bytes at `offset`, or null. */
const void *block_array(const struct block_view *view, uint32_t offset, uint32_t count,
                        size_t elem);
const char *block_string(const struct block_view *view, uint32_t offset);

/* The channels; *count is zero if the array is malformed. */
const struct kn_block_channel *block_channels(const struct block_view *view, uint32_t *count);

#endif
