/*
 * block_of.h: gives a test the start-up description of a process, as the kernel would.
 */
#ifndef BLOCK_OF_H
#define BLOCK_OF_H

#include <assert.h>
#include <kos/internal.h>
#include <stdlib.h>
#include <string.h>

/* struct kn_start with a copy of the block behind it, in memory of exactly that size. */
static inline struct kn_start *start_with_block(const char *name, const void *block, size_t size)
{
    struct kn_start *start = calloc(1, sizeof(*start) + size);

    assert(start);
    start->magic = KN_START_MAGIC;
    start->page_size = 4096;
    start->block_size = (uint32_t)size;
    strncpy(start->task_name, name, sizeof(start->task_name) - 1);
    if (size) {
        memcpy(start + 1, block, size);
    }
    return start;
}

#endif
