/*
 * model.h: the inheritance tree as one would draw it: nodes with a parent, badges on the edges.
 *
 * Nothing here knows the kernel's brackets. A mapping of memory is a node without a handle.
 * A handle that goes leaves its children to its parent, and
 * the badges of its edge to its children's edges. A badge that stands on no edge is empty. A revoke
 * dooms a set of nodes; what is derived from a doomed node is doomed too.
 */
#ifndef MODEL_H
#define MODEL_H

#include <stdbool.h>
#include <stdint.h>

enum { TABLES = 4, NODES = 40, OBJECTS = 12, REVOKES = 4, NONE = -1 };

enum node_state { NODE_FREE, NODE_LIVE, NODE_REVOKED };

struct node {
    enum node_state state;
    int table, object, parent;
    uint32_t rights;
    bool is_mapping;  /* of memory, in the address space of process `table`; has no children */
    uint32_t doom;    /* bit r: revoke r will take it */
    int nbadges;      /* on the edge to the parent, outermost first */
    int badges[OBJECTS];
};
/* A resource, or a badge (which is a resource too). */
struct thing {
    bool exists, is_badge;
    bool is_memory; /* can be mapped, by a handle with right 1 */
    int owner;  /* badge: the table whose handle it was sent with; NONE: not used yet */
    int under;  /* badge: the resource in whose tree it stands */
    bool is_planted;
};

extern struct node nodes[NODES];
extern struct thing things[OBJECTS];
extern int revoke_of[REVOKES]; /* whose tree; NONE: not under way */
extern int walk_of; /* whose tree a search stands in; NONE: none */
extern int nodes_in_use, mappings_in_use; /* handles; mappings */

void model_reset(void);
int model_free_node(void);
int model_free_thing(void);
/* A new thing with one handle. */
int model_root(int table, uint32_t rights, bool is_badge, int *thing);
int model_child(int parent, int table, uint32_t rights, int badge);
int model_mapping(int parent, int table);
/* A live node goes: closed, or revoked (a handle's slot stays until it is closed). */
void model_gone(int node, bool is_revoked);
/* The nearest ancestor in a table, else NONE; *badge: of the first transfer below it that it made. */
int model_ancestor(int node, int table, int *badge);
bool model_is_empty(int badge);
/* Whether a badge that is not empty stands below a node. */
bool model_encloses(int node, int badge);
void model_doom_below(int node, int revoke);
void model_doom_badge(int badge, int revoke);
bool model_has_doomed(int revoke);
int model_live_handles(int thing);
/* References that keep a thing alive. */
uint32_t model_refs(int thing);

#endif
