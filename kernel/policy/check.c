/*
 * policy/check.c: is a message's structure sound? Only ranges, sizes, counts and alignment: what a
 * receiver needs to walk the arena without leaving it.
 *
 * Chunks of elements that hold descriptors of their own are walked with a stack of places, so that a
 * long walk can pause. Together such chunks may not be longer than the arena: where they overlapped, a
 * short message could ask for any amount of work.
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

/* Goes down into a chunk of elements, or into a member of a union (one element, where it stands). */
static bool enter(struct check_walk *w, const struct ksm_desc *d, bool is_in_arena, uint32_t at,
                  uint32_t size, uint32_t elem)
{
    if (w->depth == CHECK_DEPTH)
        return false;
    w->places[w->depth++] = (struct check_place){.descs = d->nested, .count = d->nnested,
                                                 .is_in_arena = is_in_arena, .at = at,
                                                 .end = at + size, .elem = elem};
    return true;
}

void check_start(struct check_walk *w, const struct ksm_form *form)
{
    w->depth = 0;
    w->nested = 0;
    if (form->ndescs)
        w->places[w->depth++] = (struct check_place){.descs = form->descs, .count = form->ndescs,
                                                     .end = 1, .elem = 1};
}

/* One descriptor of an element. */
static bool desc_is_sound(struct check_walk *w, const struct check_place *here,
                          const struct ksm_desc *d, const uint8_t *base, const uint8_t *arena,
                          uint32_t arena_size)
{
    struct nk_ptr p;
    if (d->flags & KSM_DESC_TAGGED) {
        uint32_t tag;
        copy_bytes(&tag, base + d->offset, sizeof tag);
        /* A member of a union counts only if the tag says so. */
        return tag != d->max || enter(w, d, here->is_in_arena, here->at, 1, 1);
    }
    copy_bytes(&p, base + d->offset, sizeof p);
    if (!chunk_is_sound(d, p, arena, arena_size))
        return false;
    if (!d->nested || p.size == 0)
        return true;
    if (!arena || p.size > arena_size - w->nested)
        return false; /* the caller must capture the arena of nested forms */
    w->nested += p.size;
    return enter(w, d, true, p.offset, p.size, d->elem);
}

enum check_result check_step(struct check_walk *w, const void *message, const void *arena,
                             uint32_t arena_size, uint32_t budget)
{
    while (w->depth > 0) {
        struct check_place *here = &w->places[w->depth - 1];
        if (here->next == here->count) { /* an element is done */
            here->next = 0;
            here->at += here->elem;
            if (here->at >= here->end)
                w->depth--;
            continue;
        }
        if (budget-- == 0)
            return CHECK_GOES_ON;
        const uint8_t *base = (const uint8_t *)(here->is_in_arena ? arena : message) + here->at;
        if (!desc_is_sound(w, here, &here->descs[here->next++], base, arena, arena_size))
            return CHECK_UNSOUND;
    }
    return CHECK_SOUND;
}

bool policy_message_is_sound(const struct ksm_form *form, const void *message, const void *arena,
                             uint32_t arena_size)
{
    struct check_walk w;
    enum check_result r;
    check_start(&w, form);
    do {
        r = check_step(&w, message, arena, arena_size, UINT32_MAX);
    } while (r == CHECK_GOES_ON);
    return r == CHECK_SOUND;
}
