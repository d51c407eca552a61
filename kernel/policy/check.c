/*
 * policy/check.c: is a message's structure sound? Only ranges, sizes, counts and alignment: what a
 * receiver needs to walk the arena without leaving it.
 */
#include "policy/policy.h"

#include <nk/types.h>

#include "core/copy.h"

static bool chunk_is_sound(const struct ksm_desc *d, struct nk_ptr p, const uint8_t *arena,
                           uint32_t arena_size)
{
    if (p.size == 0)
        return true; /* empty: the offset has no meaning */
    if (p.offset > arena_size || p.size > arena_size - p.offset)
        return false;
    if (p.offset % d->align || p.size % d->elem || p.size / d->elem > d->max)
        return false;
    if ((d->flags & KSM_DESC_STRING) && arena && arena[p.offset + p.size - 1] != 0)
        return false;
    return true;
}

static bool descs_are_sound(const struct ksm_desc *descs, uint32_t n, const uint8_t *base,
                            const uint8_t *arena, uint32_t arena_size);

/* A member of a union counts only if the tag says so. */
static bool member_is_sound(const struct ksm_desc *d, const uint8_t *base, const uint8_t *arena,
                            uint32_t arena_size)
{
    uint32_t tag;
    copy_bytes(&tag, base + d->offset, sizeof tag);
    return tag != d->max || descs_are_sound(d->nested, d->nnested, base, arena, arena_size);
}

/* Nesting is bounded by the IDL types, so the depth of recursion is known at build time. */
static bool descs_are_sound(const struct ksm_desc *descs, uint32_t n, const uint8_t *base,
                            const uint8_t *arena, uint32_t arena_size)
{
    for (uint32_t i = 0; i < n; i++) {
        const struct ksm_desc *d = &descs[i];
        struct nk_ptr p;
        if (d->flags & KSM_DESC_TAGGED) {
            if (!member_is_sound(d, base, arena, arena_size))
                return false;
            continue;
        }
        copy_bytes(&p, base + d->offset, sizeof p);
        if (!chunk_is_sound(d, p, arena, arena_size))
            return false;
        if (!d->nested || p.size == 0)
            continue;
        if (!arena)
            return false; /* the caller must capture the arena of nested forms */
        for (uint32_t at = 0; at < p.size; at += d->elem) {
            if (!descs_are_sound(d->nested, d->nnested, arena + p.offset + at, arena, arena_size))
                return false;
        }
    }
    return true;
}

bool policy_message_is_sound(const struct ksm_form *form, const void *message, const void *arena,
                             uint32_t arena_size)
{
    return descs_are_sound(form->descs, form->ndescs, message, arena, arena_size);
}
