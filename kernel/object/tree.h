/*
 * object/tree.h: the handle inheritance tree (design: M3).
 *
 * All handles of one object stand in one doubly linked list, each as a pair of brackets around those
 * that were derived from it:
 *
 *      A derived B and C, B derived D:      ( A  ( C  C )  ( B  ( D  D )  B )  A )
 *
 * Deriving inserts a pair after the parent's "(". Closing unlinks a pair, and the children belong to
 * the grandparent without being touched. Both are O(1) whatever the shape of the tree, and nothing here
 * recurses.
 *
 * Three more kinds of pairs stand in the list. A mapping's is taken out by a revoke like a handle's. A
 * badge's pair encloses what one transfer produced; when nothing is left between its brackets the
 * badge is closed. A revoke's pair takes the place of the
 * handle that is revoked; its "(" moves forward as a cursor and takes out every handle on its way, in
 * as many steps as it likes, while others go on deriving and closing.
 */
#ifndef OBJECT_TREE_H
#define OBJECT_TREE_H

#include <stdbool.h>
#include <stdint.h>

#include "core/list.h"

struct badge;
struct handle_entry;
struct handle_table;
struct object;

enum tree_kind { TREE_HANDLE, TREE_BADGE, TREE_REVOKE, TREE_MAPPING };

struct tree_node {
    struct list link;
    uint8_t kind; /* enum tree_kind */
    bool is_close;
};
struct tree_pair {
    struct tree_node open, close;
};

/* A handle that may have gone since. Its memory is looked at only while its table lives. */
struct tree_ref {
    struct handle_entry *entry; /* null: none */
    uint64_t serial, table;
};

/* A search for an ancestor, in steps; embedded in the thread that drives it. Between two steps a pair of
 * brackets with nothing to enclose keeps the place. */
struct tree_walk {
    struct tree_pair mark;
    struct object *object;  /* reference held; null: no search under way */
    uint64_t start, target; /* serial of the handle, id of the table */
    struct tree_ref at;     /* the last handle whose next ancestor elsewhere is looked for */
    const struct handle_table *at_table; /* compared, not followed */
    struct badge *last;     /* the outermost one met since */
    uint64_t parent;        /* tree_position: serial of the first ancestor, */
    uint32_t generation;    /* how many were met */
};

/* A mapping of the object's memory, inside the pair of the handle it was made through; nothing is ever
 * inside its own. revoke_step takes it back in bounded steps, lowering *budget; true when it is gone. */
struct tree_mapping {
    struct tree_pair pair;
    bool (*revoke_step)(struct tree_mapping *m, uint32_t *budget);
};

/* A revoke under way; embedded in the thread that drives it. */
struct revoke {
    struct tree_pair pair;
    struct object *object; /* reference held; null: none under way */
};

/* Enters e as a root (a handle that the kernel gave) or below parent. With a badge, whose pair is not
 * in any tree yet, the badge's pair is put around e. */
void tree_add_root(struct object *object, struct handle_entry *e);
void tree_add_child(struct handle_entry *parent, struct handle_entry *e, struct badge *badge);
/* Takes e out; its children belong to its parent. */
void tree_remove(struct handle_entry *e);
void tree_add_mapping(struct handle_entry *parent, struct tree_mapping *m);
void tree_remove_mapping(struct object *object, struct tree_mapping *m);
/* Takes a badge that is destroyed out. */
void tree_remove_badge(struct badge *badge);

/* The nearest ancestor of e (e itself excluded) in `table`, or null; *badge is the badge of the first
 * transfer by `table` below that ancestor on the way to e, or null. Looks at no more than *budget
 * handles and takes what it looked at from it: false when there is more; ask again, with the same e and
 * table and while e lives, or tree_walk_drop(). With what each handle remembers the search goes from
 * process to process; only where such an ancestor has closed does it pass the siblings, once. */
bool tree_ancestor(struct tree_walk *w, struct handle_entry *e, const struct handle_table *table,
                   uint32_t *budget, struct handle_entry **ancestor, struct badge **badge);
void tree_walk_drop(struct tree_walk *w);
/* *encloses: whether a planted badge stands below e, directly or further down. Steps as above. */
bool tree_encloses(struct tree_walk *w, struct handle_entry *e, struct badge *badge,
                   uint32_t *budget, bool *encloses);

/* Where e stands: *parent is the serial of the handle that it was derived from, zero for a root,
 * *generation the number of its ancestors. Steps as above. */
bool tree_position(struct tree_walk *w, struct handle_entry *e, uint32_t *budget, uint64_t *parent,
                   uint32_t *generation);

/* Starts the revocation of e and all below it: e is closed at once. */
void revoke_start(struct revoke *r, struct handle_entry *e);
/* The same for what a badge's transfer produced. */
void revoke_start_badge(struct revoke *r, struct object *object, struct badge *badge);
/* Takes out at most `budget` nodes; true when done. */
bool revoke_step(struct revoke *r, uint32_t budget);

#endif
