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

/* What a node derives from itself and its children; the difference of their heights, left less
 * right. */
static inline int derive(const struct region *r, unsigned *height, uint64_t *max_gap)
{
    const struct region *left = r->left, *right = r->right;
    unsigned l = 0, h = 0;
    uint64_t gap = r->gap;
    if (left) {
        l = left->height;
        if (left->max_gap > gap)
            gap = left->max_gap;
    }
    if (right) {
        h = right->height;
        if (right->max_gap > gap)
            gap = right->max_gap;
    }
    *height = 1 + (l > h ? l : h);
    *max_gap = gap;
    return (int)l - (int)h;
}

static void refresh(struct region *r)
{
    unsigned height;
    derive(r, &height, &r->max_gap);
    r->height = (uint8_t)height;
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

/* Puts r, one of whose children is two higher than the other, in balance; returns what stands in
 * its place. */
static struct region *rotate(struct aspace *as, struct region *r, int lean)
{
    if (lean > 0) {
        if (height_of(r->left->left) < height_of(r->left->right))
            rotate_left(as, r->left);
        return rotate_right(as, r);
    }
    if (height_of(r->right->right) < height_of(r->right->left))
        rotate_right(as, r->right);
    return rotate_left(as, r);
}

/* The same where no height has changed. */
static void refresh_gaps(struct region *r, const struct region *changed)
{
    for (; r; r = r->parent) {
        uint64_t gap = r->gap;
        if (r->left && r->left->max_gap > gap)
            gap = r->left->max_gap;
        if (r->right && r->right->max_gap > gap)
            gap = r->right->max_gap;
        if (r == changed)
            changed = (struct region *)0;
        if (r->max_gap == gap && !changed)
            return;
        r->max_gap = gap;
    }
}

/* Restores balance and derived values from r upwards, as far as they change, and in any case up to
 * `changed`, which is r, above it, or null. */
static void rebalance(struct aspace *as, struct region *r, const struct region *changed)
{
    for (; r; r = r->parent) {
        unsigned height;
        uint64_t max_gap;
        int lean = derive(r, &height, &max_gap);
        if (r == changed)
            changed = (struct region *)0;
        if (lean < -1 || lean > 1) {
            r = rotate(as, r, lean);
            continue;
        }
        r->max_gap = max_gap;
        if (r->height == height) {
            refresh_gaps(r->parent, changed);
            return;
        }
        r->height = (uint8_t)height;
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

/* The region above the highest free range of a subtree that has one. */
static struct region *gap_of_subtree(struct region *r, uint64_t size)
{
    for (;;) { /* the highest gap first: right, here, left */
        if (max_gap_of(r->right) >= size)
            r = r->right;
        else if (r->gap >= size)
            return r;
        else
            r = r->left;
    }
}

struct region *region_find_gap(const struct aspace *as, uint64_t size)
{
    return max_gap_of(as->tree) < size ? (struct region *)0 : gap_of_subtree(as->tree, size);
}

struct region *region_find_gap_below(const struct aspace *as, uint64_t top, uint64_t size)
{
    /* The gap that reaches up to `top` or over it, then those of all regions below. */
    struct region *r = region_from(as, top);
    uint64_t bottom = r->low - r->gap, end = r->low < top ? r->low : top;
    if (end > bottom && end - bottom >= size)
        return r;
    if (max_gap_of(r->left) >= size)
        return gap_of_subtree(r->left, size);
    for (struct region *child = r; (r = r->parent); child = r) {
        if (r->left == child)
            continue; /* r lies above */
        if (r->gap >= size)
            return r;
        if (max_gap_of(r->left) >= size)
            return gap_of_subtree(r->left, size);
    }
    return (struct region *)0;
}

/* The gap below r, from its lower neighbour. */
static void measure_gap(struct region *r)
{
    const struct region *below = region_previous(r);
    r->gap = r->low - (below ? below->high : USER_LOW);
}

void region_insert(struct aspace *as, struct region *r)
{
    as->changes++;
    struct region *parent = (struct region *)0, *below = parent, *above = parent;
    struct region **slot = &as->tree;
    while (*slot) {
        parent = *slot;
        if (r->low < parent->low) {
            above = parent;
            slot = &parent->left;
        } else {
            below = parent;
            slot = &parent->right;
        }
    }
    r->left = (struct region *)0;
    r->right = (struct region *)0;
    r->parent = parent;
    *slot = r;
    r->gap = r->low - (below ? below->high : USER_LOW);
    r->height = 1;
    r->max_gap = r->gap;
    if (above) /* on the way up from a leaf */
        above->gap = above->low - r->high;
    rebalance(as, parent, above);
}

void region_insert_below(struct aspace *as, struct region *r, struct region *above)
{
    struct region *parent = above;
    if (!above->left) {
        above->left = r;
    } else {
        for (parent = above->left; parent->right;)
            parent = parent->right;
        parent->right = r;
    }
    r->left = (struct region *)0;
    r->right = (struct region *)0;
    r->parent = parent;
    r->gap = above->gap - (r->high - r->low);
    r->height = 1;
    r->max_gap = r->gap;
    above->gap = 0;
    rebalance(as, parent, above);
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
    as->changes++;
    struct region *above = region_next(r), *start;
    if (above)
        above->gap += r->gap + (r->high - r->low);
    if (r->left && r->right) { /* its successor takes its place */
        start = unlink_simple(as, above);
        if (start == r)
            start = above;
        above->left = r->left;
        above->right = r->right;
        above->left->parent = above;
        if (above->right)
            above->right->parent = above;
        above->height = r->height;
        above->max_gap = r->max_gap;
        replace_child(as, r, above);
    } else {
        start = unlink_simple(as, r);
        if (r->right) { /* a leaf, and what follows r: in a place that was higher */
            above->height = r->height;
            start = above;
        }
    }
    rebalance(as, start, above);
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
           a->is_committed == b->is_committed && !a->is_tentative && !b->is_tentative &&
           !a->is_dying && !b->is_dying;
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
