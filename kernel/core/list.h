/*
 * core/list.h: intrusive doubly linked list, circular, with the head as an ordinary node.
 */
#ifndef CORE_LIST_H
#define CORE_LIST_H

#include <stdbool.h>
#include <stddef.h>

struct list {
    struct list *next, *prev;
};

#define container_of(ptr, type, member) ((type *)((char *)(ptr) - offsetof(type, member)))

static inline void list_init(struct list *l)
{
    l->next = l;
    l->prev = l;
}

static inline bool list_empty(const struct list *l)
{
    return l->next == l;
}

/* Links node in front of pos; with pos a head, node becomes the last element. */
static inline void list_insert_before(struct list *pos, struct list *node)
{
    struct list *prev = pos->prev;
    node->next = pos;
    node->prev = prev;
    prev->next = node;
    pos->prev = node;
}

#define list_add_tail(head, node) list_insert_before((head), (node))
#define list_add_head(head, node) list_insert_before((head)->next, (node))

/* Leaves node's own links as they were: for a node that is linked again, or not looked at, before it
 * could be removed twice. */
static inline void list_unlink(struct list *node)
{
    struct list *next = node->next, *prev = node->prev;
    next->prev = prev;
    prev->next = next;
}

/* Leaves node an empty list of its own, so that removing it twice is harmless. */
static inline void list_remove(struct list *node)
{
    list_unlink(node);
    list_init(node);
}

/* All elements of one list become those of another one, which is empty. */
static inline void list_move_all(struct list *to, struct list *from)
{
    if (list_empty(from))
        return;
    *to = *from;
    to->next->prev = to;
    to->prev->next = to;
    list_init(from);
}

#endif
