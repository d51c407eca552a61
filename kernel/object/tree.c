/*
 * object/tree.c: see tree.h for the idea.
 *
 * Walking up from a handle goes right from its ")": a ")" met there closes an ancestor, and a "(" opens
 * a sibling's subtree, which is skipped to its ")". Brackets of a revoke need care: its "(" may have
 * passed brackets of badges, so a revoke's ")" met alone means nothing.
 *
 * A process never holds two handles on one path with another process's between them: a handle sent to
 * a process that holds an ancestor is dereferenced. So each handle remembers its nearest ancestor in
 * another process, and a search hops from process to process. The reference may be stale, never wrong:
 * an ancestor that lives stays one, and nothing is ever put in between.
 */
#include "object/tree.h"

#include "object/badge.h"
#include "object/handle.h"

static void pair_init(struct tree_pair *p, enum tree_kind kind)
{
    p->open.kind = p->close.kind = (uint8_t)kind;
    p->open.is_close = false;
    p->close.is_close = true;
}

static struct tree_node *node_of(struct list *l)
{
    return container_of(l, struct tree_node, link);
}

static struct tree_pair *pair_of_open(struct tree_node *open)
{
    return container_of(open, struct tree_pair, open);
}

static struct handle_entry *entry_of(struct tree_node *n)
{
    return n->is_close ? container_of(n, struct handle_entry, pair.close)
                       : container_of(n, struct handle_entry, pair.open);
}

static struct badge *badge_of(struct tree_node *n)
{
    return n->is_close ? container_of(n, struct badge, pair.close)
                       : container_of(n, struct badge, pair.open);
}

/* ---- badges whose last handle went ---- */

/* l is a node that lost a neighbour, `head` the list. If it is the "(" of a badge with nothing but
 * brackets of revokes up to its ")", the badge is closed. */
static void close_badge_at(struct list *l, struct list *head)
{
    if (l == head || node_of(l)->kind != TREE_BADGE || node_of(l)->is_close)
        return;
    struct badge *b = badge_of(node_of(l));
    struct list *next = l->next;
    while (next != head && node_of(next)->kind == TREE_REVOKE)
        next = next->next;
    if (next == &b->pair.close.link)
        badge_closed(b);
}

/* Something between prev and its successor was unlinked. */
static void check_badges(struct list *prev, struct list *head)
{
    while (prev != head && node_of(prev)->kind == TREE_REVOKE)
        prev = prev->prev;
    close_badge_at(prev, head);
}

/* ---- what a handle remembers ---- */

static struct tree_ref ref_to(struct handle_entry *e)
{
    return (struct tree_ref){e, e->serial, e->table->id};
}

static struct handle_entry *ref_get(const struct tree_ref *r)
{
    return r->entry && handle_table_lives(r->table) && r->entry->serial == r->serial &&
                   r->entry->object
               ? r->entry
               : NULL;
}

/* ---- add and remove ---- */

void tree_add_root(struct object *object, struct handle_entry *e)
{
    pair_init(&e->pair, TREE_HANDLE);
    list_add_tail(&object->tree, &e->pair.open.link);
    list_add_tail(&object->tree, &e->pair.close.link);
    e->ancestors = 0;
    e->up = (struct tree_ref){0};
}

static void insert_after(struct list *at, struct tree_pair *p)
{
    list_add_head(at, &p->open.link);
    list_add_head(&p->open.link, &p->close.link);
}

void tree_add_child(struct handle_entry *parent, struct handle_entry *e, struct badge *badge)
{
    struct list *at = &parent->pair.open.link;
    pair_init(&e->pair, TREE_HANDLE);
    if (badge) {
        badge->parent = ref_to(parent);
        pair_init(&badge->pair, TREE_BADGE);
        insert_after(at, &badge->pair);
        badge->is_planted = true;
        at = &badge->pair.open.link;
    }
    insert_after(at, &e->pair);
    e->ancestors = parent->ancestors | parent->table->mask_bit;
    if (e->table == parent->table) {
        e->up = parent->up;
        e->up_badge = parent->up_badge;
    } else {
        e->up = ref_to(parent);
        e->up_badge = badge;
    }
}

/* The common case: there is nothing inside, and right of it is a handle, so that no badge's pair is empty
 * now. False: nothing was done. */
static inline __attribute__((always_inline)) bool take_out_simple(struct handle_entry *e)
{
    struct list *before = e->pair.open.link.prev, *next = e->pair.close.link.next;
    if (e->pair.open.link.next != &e->pair.close.link || next == &e->object->tree ||
        node_of(next)->kind != TREE_HANDLE)
        return false;
    before->next = next;
    next->prev = before;
    return true;
}

static void take_out(struct handle_entry *e)
{
    struct list *head = &e->object->tree, *open = &e->pair.open.link, *close = &e->pair.close.link;
    struct list *before_open = open->prev, *before_close = close->prev;
    if (before_close == open) { /* both go at once */
        before_open->next = close->next;
        close->next->prev = before_open;
        check_badges(before_open, head);
        return;
    }
    list_unlink(open);
    list_unlink(close);
    check_badges(before_close, head);
    check_badges(before_open, head);
}

void tree_remove(struct handle_entry *e)
{
    if (!take_out_simple(e))
        take_out(e);
}

void tree_add_mapping(struct handle_entry *parent, struct tree_mapping *m)
{
    pair_init(&m->pair, TREE_MAPPING);
    insert_after(&parent->pair.open.link, &m->pair);
}

void tree_remove_mapping(struct object *object, struct tree_mapping *m)
{
    struct list *prev = m->pair.open.link.prev;
    list_unlink(&m->pair.open.link);
    list_unlink(&m->pair.close.link);
    check_badges(prev, &object->tree);
}

void tree_remove_badge(struct badge *badge)
{
    struct list *prev = badge->pair.open.link.prev, *head = &badge->under->tree;
    list_remove(&badge->pair.open.link);
    list_remove(&badge->pair.close.link);
    badge->is_planted = false;
    check_badges(prev, head);
}

/* ---- ancestors ---- */

void tree_walk_drop(struct tree_walk *w)
{
    struct object *object = w->object;
    if (!object)
        return;
    list_remove(&w->mark.open.link);
    list_remove(&w->mark.close.link);
    w->object = NULL;
    object_put(object);
}

/* Keeps the place right of l. */
static void walk_pause(struct tree_walk *w, struct object *object, uint64_t start, uint64_t target,
                       struct list *l)
{
    w->object = object;
    object_ref(object);
    w->start = start;
    w->target = target;
    pair_init(&w->mark, TREE_REVOKE);
    insert_after(l, &w->mark);
}

/* The node that was passed last. A revoke may have come between the brackets of the mark. */
static struct list *walk_place(struct tree_walk *w)
{
    struct list *l = w->mark.close.link.prev;
    return l == &w->mark.open.link ? l->prev : l;
}

static void walk_at(struct tree_walk *w, struct handle_entry *e)
{
    w->at = ref_to(e);
    w->at_table = e->table;
    w->last = NULL;
}

/* x is the first ancestor, or the first in another table, that was met from w->at. */
static struct badge *walk_arrived(struct tree_walk *w, struct handle_entry *x)
{
    /* A handle that closed left the badge of its own transfer to its parent's process: not for that
     * process to see. */
    struct badge *badge = w->last && w->last->owner == x->table ? w->last : NULL;
    struct handle_entry *at = ref_get(&w->at);
    if (at && x->table != w->at_table) {
        at->up = ref_to(x);
        at->up_badge = badge;
    }
    return badge;
}

/* Goes right from *l to the next ancestor that is in another table than w->at, or, for `own`, in any.
 * False: the budget is used up. */
static bool walk_up(struct tree_walk *w, struct list *head, bool own, struct list **l,
                    uint32_t *budget, struct handle_entry **x)
{
    while (*budget > 0) {
        struct list *next = (*l)->next;
        --*budget;
        *x = NULL;
        if (next == head)
            return true;
        struct tree_node *n = node_of(next);
        *l = next;
        if (!n->is_close) {
            *l = &pair_of_open(n)->close.link;
        } else if (n->kind == TREE_BADGE) {
            w->last = badge_of(n);
        } else if (n->kind == TREE_HANDLE && (own || entry_of(n)->table != w->at_table)) {
            *x = entry_of(n);
            return true;
        }
    }
    return false;
}

bool tree_ancestor(struct tree_walk *w, struct handle_entry *e, const struct handle_table *table,
                   uint32_t *budget, struct handle_entry **ancestor, struct badge **badge)
{
    struct handle_entry *x = e;
    struct list *l = NULL;
    const bool own = table == e->table;
    *ancestor = NULL;
    *badge = NULL;
    if (w->object && w->start == e->serial && w->target == table->id)
        l = walk_place(w);
    else
        walk_at(w, e);
    tree_walk_drop(w);
    if (!(e->ancestors & table->mask_bit))
        return true;
    for (;;) {
        struct handle_entry *up = l || own ? NULL : ref_get(&x->up);
        struct badge *up_badge = up ? x->up_badge : NULL;
        if (!up) {
            if (!l)
                l = &x->pair.close.link;
            if (!walk_up(w, &e->object->tree, own, &l, budget, &up)) {
                walk_pause(w, e->object, e->serial, table->id, l);
                return false;
            }
            if (!up)
                return true;
            up_badge = walk_arrived(w, up);
            l = NULL;
        }
        if (up->table == table || own) {
            *ancestor = up->table == table ? up : NULL;
            *badge = *ancestor ? up_badge : NULL;
            return true;
        }
        x = up;
        walk_at(w, x);
    }
}

bool tree_encloses(struct tree_walk *w, struct handle_entry *e, struct badge *badge,
                   uint32_t *budget, bool *encloses)
{
    struct list *l = &badge->pair.close.link, *close = &e->pair.close.link;
    struct handle_entry *up;
    bool is_here = w->object && w->start == badge->object.subject.sid && w->target == e->serial;
    if (is_here)
        l = walk_place(w);
    tree_walk_drop(w);
    *encloses = ref_get(&badge->parent) == e;
    if (*encloses || badge->under != e->object || !badge->is_planted)
        return true;
    while (walk_up(w, &e->object->tree, true, &l, budget, &up)) {
        *encloses = up && &up->pair.close.link == close;
        if (*encloses || !up)
            return true;
    }
    walk_pause(w, e->object, badge->object.subject.sid, e->serial, l);
    return false;
}

#define TARGET_ROOT 0 /* no table's id, no serial */

bool tree_position(struct tree_walk *w, struct handle_entry *e, uint32_t *budget, uint64_t *parent,
                   uint32_t *generation)
{
    struct list *l = &e->pair.close.link;
    struct handle_entry *up;
    if (w->object && w->start == e->serial && w->target == TARGET_ROOT) {
        l = walk_place(w);
    } else {
        w->parent = 0;
        w->generation = 0;
    }
    tree_walk_drop(w);
    while (walk_up(w, &e->object->tree, true, &l, budget, &up)) {
        if (!up) {
            *parent = w->parent;
            *generation = w->generation;
            return true;
        }
        if (w->generation++ == 0)
            w->parent = up->serial;
    }
    walk_pause(w, e->object, e->serial, TARGET_ROOT, l);
    return false;
}

/* ---- revoke ---- */

void revoke_start(struct revoke *r, struct handle_entry *e)
{
    r->object = e->object;
    object_ref(r->object);
    pair_init(&r->pair, TREE_REVOKE);
    list_insert_before(&e->pair.open.link, &r->pair.open.link);
    list_add_head(&e->pair.close.link, &r->pair.close.link);
    handle_release(e);
}

void revoke_start_badge(struct revoke *r, struct object *object, struct badge *badge)
{
    r->object = object;
    object_ref(object);
    pair_init(&r->pair, TREE_REVOKE);
    list_add_head(&badge->pair.open.link, &r->pair.open.link);
    list_insert_before(&badge->pair.close.link, &r->pair.close.link);
}

static void revoke_end(struct revoke *r)
{
    struct object *object = r->object;
    struct list *before_open = r->pair.open.link.prev, *before_close;
    list_remove(&r->pair.open.link);
    before_close = r->pair.close.link.prev;
    list_remove(&r->pair.close.link);
    check_badges(before_open, &object->tree);
    if (before_open != before_close)
        check_badges(before_close, &object->tree);
    r->object = NULL;
    object_put(object);
}

static struct tree_mapping *mapping_of_open(struct tree_node *n)
{
    return container_of(n, struct tree_mapping, pair.open);
}

/* A mapping is the next thing inside; true when it is gone. */
static inline bool revoke_mapping(struct tree_mapping *m, uint32_t *budget)
{
    uint32_t left = *budget;
    bool is_gone = m->revoke_step(m, &left);
    *budget = left;
    return is_gone;
}

bool revoke_step(struct revoke *r, uint32_t budget)
{
    while (budget-- > 0) {
        struct list *next = r->pair.open.link.next;
        if (next == &r->pair.close.link) {
            revoke_end(r);
            return true;
        }
        struct tree_node *n = node_of(next);
        if (n->kind == TREE_HANDLE && !n->is_close) {
            struct handle_entry *e = container_of(n, struct handle_entry, pair.open);
            if (!take_out_simple(e))
                take_out(e);
            handle_revoke(e);
        } else if (n->kind == TREE_MAPPING) {
            if (!revoke_mapping(mapping_of_open(n), &budget))
                return false;
        } else {
            list_unlink(&r->pair.open.link);
            list_add_head(next, &r->pair.open.link);
        }
    }
    return false;
}
