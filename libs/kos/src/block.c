/*
 * block.c: see block.h.
 */
#include "block.h"

struct block_view block_view(const void *base, size_t size)
{
    struct block_view none = {NULL, 0};
    struct block_view view = {base, (uint32_t)size};
    const struct kn_block *head = base;

    if (!base || size < sizeof(*head) || size > KN_BLOCK_MAX || head->magic != KN_BLOCK_MAGIC) {
        return none;
    }
    return view;
}

const struct kn_block *block_head(const struct block_view *view)
{
    static const struct kn_block empty;

    return view->size ? (const struct kn_block *)(const void *)view->base : &empty;
}

const void *block_array(const struct block_view *view, uint32_t offset, uint32_t count,
                        size_t elem)
{
    if (!count || offset % sizeof(uint32_t) || offset >= view->size ||
        count > (view->size - offset) / elem) {
        return NULL;
    }
    return view->base + offset;
}

const char *block_string(const struct block_view *view, uint32_t offset)
{
    uint32_t at;

    for (at = offset; at < view->size; at++) {
        if (!view->base[at]) {
            return view->base + offset;
        }
    }
    return "";
}

const struct kn_block_channel *block_channels(const struct block_view *view, uint32_t *count)
{
    const struct kn_block *head = block_head(view);
    const struct kn_block_channel *channels =
        block_array(view, head->channels, head->nchannels, sizeof(*channels));

    *count = channels ? head->nchannels : 0;
    return channels;
}
