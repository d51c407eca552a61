/*
 * core/timer.c: a leftist heap. In a leftist heap the right spine of n nodes has at most
 * log2(n + 1) of them, so merging two heaps (everything here is a merge) is O(log n) in the worst
 * case, with no allocation and no balancing rotations.
 */
#include "core/timer.h"

#include <stddef.h>

static uint32_t rank_of(const struct timer *t)
{
    return t ? t->rank : 0;
}

/* Puts the higher-ranked child left and recomputes the rank; true if the rank changed. */
static bool settle(struct timer *t)
{
    if (rank_of(t->left) < rank_of(t->right)) {
        struct timer *swap = t->left;
        t->left = t->right;
        t->right = swap;
    }
    uint32_t rank = rank_of(t->right) + 1;
    bool has_changed = rank != t->rank;
    t->rank = rank;
    return has_changed;
}

static struct timer *merge(struct timer *a, struct timer *b)
{
    struct timer *root = NULL, **link = &root, *parent = NULL;

    /* Down: interleave the two right spines by deadline. */
    while (a && b) {
        if (b->deadline < a->deadline) {
            struct timer *swap = a;
            a = b;
            b = swap;
        }
        *link = a;
        a->parent = parent;
        parent = a;
        link = &a->right;
        a = a->right;
    }
    *link = a ? a : b;
    if (*link)
        (*link)->parent = parent;
    /* Up: restore the leftist property along the merged spine. */
    for (struct timer *t = parent; t; t = t->parent)
        settle(t);
    return root;
}

void timer_arm(struct timer_queue *q, struct timer *t, uint64_t deadline)
{
    t->deadline = deadline;
    t->queue = q;
    t->left = t->right = t->parent = NULL;
    t->rank = 1;
    t->is_armed = true;
    q->first = merge(q->first, t);
}

void timer_cancel(struct timer_queue *q, struct timer *t)
{
    if (!t->is_armed)
        return;
    struct timer *parent = t->parent;
    if (t->left)
        t->left->parent = NULL;
    if (t->right)
        t->right->parent = NULL;
    struct timer *sub = merge(t->left, t->right);
    if (sub)
        sub->parent = parent;
    if (!parent) {
        q->first = sub;
    } else {
        if (parent->left == t)
            parent->left = sub;
        else
            parent->right = sub;
        while (parent && settle(parent))
            parent = parent->parent;
    }
    t->left = t->right = t->parent = NULL;
    t->is_armed = false;
}
