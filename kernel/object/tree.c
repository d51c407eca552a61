/*
 * object/tree.c: see tree.h for the idea.
 *
 * Walking up from a handle goes right from its ")": a ")" met there closes an ancestor, and a "(" opens
 * a sibling's subtree, which is skipped to its ")". Brackets of a revoke need care: its "(" may have
 * passed brackets of badges, so a revoke's ")" met alone means nothing.
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

/* ---- add and remove ---- */

void tree_add_root(struct object *object, struct handle_entry *e)
{
    pair_init(&e->pair, TREE_HANDLE);
    list_add_tail(&object->tree, &e->pair.open.link);
    list_add_tail(&object->tree, &e->pair.close.link);
    e->ancestors = 0;
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
        pair_init(&badge->pair, TREE_BADGE);
        insert_after(at, &badge->pair);
        badge->is_planted = true;
        at = &badge->pair.open.link;
    }
    insert_after(at, &e->pair);
    e->ancestors = parent->ancestors | parent->table->mask_bit;
}

void tree_add_sibling(struct handle_entry *source, struct handle_entry *e)
{
    pair_init(&e->pair, TREE_HANDLE);
    insert_after(&source->pair.close.link, &e->pair);
    e->ancestors = source->ancestors;
}

void tree_remove(struct handle_entry *e)
{
    struct list *head = &e->object->tree;
    struct list *before_open = e->pair.open.link.prev, *before_close;
    list_remove(&e->pair.open.link);
    before_close = e->pair.close.link.prev;
    list_remove(&e->pair.close.link);
    check_badges(before_close, head);
    if (before_open != before_close)
        check_badges(before_open, head);
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

/* The next node to the right that is not inside a sibling's subtree. */
static struct list *step_out(struct list *l, struct list *head)
{
    l = l->next;
    while (l != head && !node_of(l)->is_close)
        l = pair_of_open(node_of(l))->close.link.next;
    return l;
}

struct handle_entry *tree_ancestor(struct handle_entry *e, const struct handle_table *table,
                                   struct badge **badge)
{
    struct list *head = &e->object->tree;
    struct badge *last = NULL;
    if (!(e->ancestors & table->mask_bit))
        return NULL;
    for (struct list *l = step_out(&e->pair.close.link, head); l != head; l = step_out(l, head)) {
        struct tree_node *n = node_of(l);
        /* A handle that closed left the badge of its own transfer to its parent's process: not for
         * that process to see. */
        if (n->kind == TREE_BADGE && badge_of(n)->owner == table)
            last = badge_of(n);
        if (n->kind != TREE_HANDLE)
            continue;
        if (entry_of(n)->table == table) {
            *badge = last;
            return entry_of(n);
        }
        last = NULL;
    }
    return NULL;
}

bool tree_encloses(struct handle_entry *e, struct badge *badge)
{
    struct list *head = &e->object->tree;
    if (badge->under != e->object)
        return false;
    for (struct list *l = step_out(&badge->pair.close.link, head); l != head;
         l = step_out(l, head)) {
        if (l == &e->pair.close.link)
            return true;
    }
    return false;
}

void tree_for_each(struct object *object, void (*visit)(struct handle_entry *))
{
    for (struct list *l = object->tree.next; l != &object->tree; l = l->next) {
        struct tree_node *n = node_of(l);
        if (n->kind == TREE_HANDLE && !n->is_close)
            visit(entry_of(n));
    }
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

bool revoke_step(struct revoke *r, uint32_t budget)
{
    for (; budget > 0; budget--) {
        struct list *next = r->pair.open.link.next;
        if (next == &r->pair.close.link) {
            revoke_end(r);
            return true;
        }
        struct tree_node *n = node_of(next);
        if (n->kind == TREE_HANDLE && !n->is_close) {
            handle_revoke(entry_of(n));
            continue;
        }
        list_remove(&r->pair.open.link);
        list_add_head(next, &r->pair.open.link);
    }
    return false;
}
