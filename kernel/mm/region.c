/*
 * region.c: the tree of regions (mm/region.h).
 */
#include "mm/region.h"

static inline unsigned height_of(const struct region *r)
{
    return r ? r->height : 0;
}

static inline uint64_t max_gap_of(const struct region *r)
{
    return r ? r->max_gap : 0;
}

/* Recomputes what a node derives from itself and its children. */
static void refresh(struct region *r)
{
    unsigned l = height_of(r->left), h = height_of(r->right);
    r->height = (uint8_t)(1 + (l > h ? l : h));
    uint64_t gap = r->gap;
    if (max_gap_of(r->left) > gap)
        gap = r->left->max_gap;
    if (max_gap_of(r->right) > gap)
        gap = r->right->max_gap;
    r->max_gap = gap;
}

/* Puts `now` (or nothing) in the place of `old` below old's parent. */
static void replace_child(struct aspace *as, struct region *old, struct region *now)
{
    struct region *parent = old->parent;
    if (!parent)
        as->tree = now;
    else if (parent->left == old)
        parent->left = now;
    else
        parent->right = now;
    if (now)
        now->parent = parent;
}

static struct region *rotate_left(struct aspace *as, struct region *r)
{
    struct region *up = r->right;
    replace_child(as, r, up);
    r->right = up->left;
    if (r->right)
        r->right->parent = r;
    up->left = r;
    r->parent = up;
    refresh(r);
    refresh(up);
    return up;
}

static struct region *rotate_right(struct aspace *as, struct region *r)
{
    struct region *up = r->left;
    replace_child(as, r, up);
    r->left = up->right;
    if (r->left)
        r->left->parent = r;
    up->right = r;
    r->parent = up;
    refresh(r);
    refresh(up);
    return up;
}

/* Restores balance and derived values from r up to the root. */
static void rebalance(struct aspace *as, struct region *r)
{
    for (; r; r = r->parent) {
        unsigned left = height_of(r->left), right = height_of(r->right);
        if (left > right + 1) {
            if (height_of(r->left->left) < height_of(r->left->right))
                rotate_left(as, r->left);
            r = rotate_right(as, r);
        } else if (right > left + 1) {
            if (height_of(r->right->right) < height_of(r->right->left))
                rotate_right(as, r->right);
            r = rotate_left(as, r);
        } else {
            refresh(r);
        }
    }
}

static void refresh_up(struct region *r)
{
    for (; r; r = r->parent)
        refresh(r);
}

struct region *region_from(const struct aspace *as, uint64_t va)
{
    struct region *found = (struct region *)0;
    for (struct region *r = as->tree; r;) {
        if (r->high > va) {
            found = r;
            r = r->left;
        } else {
            r = r->right;
        }
    }
    return found ? found : as->end_marker;
}

struct region *region_at(const struct aspace *as, uint64_t va)
{
    for (struct region *r = as->tree; r;) {
        if (va < r->low)
            r = r->left;
        else if (va >= r->high)
            r = r->right;
        else
            return r;
    }
    return (struct region *)0;
}

struct region *region_next(struct region *r)
{
    if (r->right) {
        for (r = r->right; r->left;)
            r = r->left;
        return r;
    }
    while (r->parent && r->parent->right == r)
        r = r->parent;
    return r->parent;
}

struct region *region_previous(struct region *r)
{
    if (r->left) {
        for (r = r->left; r->right;)
            r = r->right;
        return r;
    }
    while (r->parent && r->parent->left == r)
        r = r->parent;
    return r->parent;
}

uint64_t region_find_gap(const struct aspace *as, uint64_t size)
{
    const struct region *r = as->tree;
    if (max_gap_of(r) < size)
        return 0;
    for (;;) { /* the highest gap first: right, here, left */
        if (max_gap_of(r->right) >= size)
            r = r->right;
        else if (r->gap >= size)
            return r->low - size;
        else
            r = r->left;
    }
}

/* The gap below r, from its lower neighbour. */
static void measure_gap(struct region *r)
{
    const struct region *below = region_previous(r);
    r->gap = r->low - (below ? below->high : USER_LOW);
}

void region_insert(struct aspace *as, struct region *r)
{
    struct region *parent = (struct region *)0, **slot = &as->tree;
    while (*slot) {
        parent = *slot;
        slot = r->low < parent->low ? &parent->left : &parent->right;
    }
    r->left = (struct region *)0;
    r->right = (struct region *)0;
    r->parent = parent;
    *slot = r;
    measure_gap(r);
    struct region *above = region_next(r);
    if (above) {
        measure_gap(above);
        refresh_up(above);
    }
    rebalance(as, r);
}

/* Takes a node with at most one child out; returns where balance may be lost. */
static struct region *unlink_simple(struct aspace *as, struct region *r)
{
    struct region *parent = r->parent;
    replace_child(as, r, r->left ? r->left : r->right);
    return parent;
}

void region_remove(struct aspace *as, struct region *r)
{
    struct region *above = region_next(r), *start;
    if (r->left && r->right) { /* its successor takes its place */
        start = unlink_simple(as, above);
        if (start == r)
            start = above;
        above->left = r->left;
        above->right = r->right;
        above->left->parent = above;
        if (above->right)
            above->right->parent = above;
        replace_child(as, r, above);
    } else {
        start = unlink_simple(as, r);
    }
    rebalance(as, start);
    if (above) {
        measure_gap(above);
        refresh_up(above);
    }
}

void region_split(struct aspace *as, struct region *r, uint64_t va, struct region *upper)
{
    uint64_t skipped = va - region_start(r);
    *upper = *r;
    upper->low = va;
    upper->has_low_guard = false;
    if (r->kind != REGION_MEMORY)
        upper->source = r->source + skipped;
    upper->source_size = r->source_size > skipped ? r->source_size - skipped : 0;
    if (r->source_size > skipped)
        r->source_size = skipped;
    r->high = va;
    r->has_high_guard = false;
    if (upper->mapping)
        list_add_tail(&upper->mapping->regions, &upper->of_mapping);
    region_insert(as, upper);
}

static bool is_alike(const struct region *a, const struct region *b)
{
    return a->kind == REGION_MEMORY && b->kind == REGION_MEMORY && a->prot == b->prot &&
           a->is_committed == b->is_committed && !a->is_dying && !b->is_dying;
}

struct region *region_merge(struct aspace *as, struct region *r, struct region **spare)
{
    struct region *below = region_previous(r);
    *spare = (struct region *)0;
    if (!below || below->high != r->low || below->has_high_guard || r->has_low_guard ||
        !is_alike(below, r))
        return r;
    region_remove(as, r);
    below->high = r->high;
    below->has_high_guard = r->has_high_guard;
    struct region *above = region_next(below);
    if (above) {
        measure_gap(above);
        refresh_up(above);
    }
    *spare = r;
    return below;
}
