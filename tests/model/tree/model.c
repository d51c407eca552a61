/*
 * model.c: see model.h.
 */
#include "model.h"

#include <string.h>

struct node nodes[NODES];
struct thing things[OBJECTS];
int revoke_of[REVOKES];
int walk_of = NONE;
int nodes_in_use, mappings_in_use;

void model_reset(void)
{
    memset(nodes, 0, sizeof nodes);
    memset(things, 0, sizeof things);
    nodes_in_use = 0;
    mappings_in_use = 0;
    for (int r = 0; r < REVOKES; r++)
        revoke_of[r] = NONE;
}

int model_free_node(void)
{
    for (int n = 0; n < NODES; n++) {
        if (nodes[n].state == NODE_FREE)
            return n;
    }
    return NONE;
}

int model_free_thing(void)
{
    for (int o = 0; o < OBJECTS; o++) {
        if (!things[o].exists)
            return o;
    }
    return NONE;
}

static int add(int parent, int table, int thing, uint32_t rights)
{
    int n = model_free_node();
    nodes[n] = (struct node){.state = NODE_LIVE, .table = table, .object = thing, .parent = parent,
                             .rights = rights, .doom = parent == NONE ? 0 : nodes[parent].doom};
    nodes_in_use++;
    return n;
}

int model_root(int table, uint32_t rights, bool is_badge, int *thing)
{
    *thing = model_free_thing();
    things[*thing] =
        (struct thing){.exists = true, .is_badge = is_badge, .owner = NONE, .under = NONE};
    return add(NONE, table, *thing, rights);
}

int model_child(int parent, int table, uint32_t rights, int badge)
{
    int n = add(parent, table, nodes[parent].object, rights);
    if (badge != NONE) {
        nodes[n].badges[nodes[n].nbadges++] = badge;
        things[badge].owner = nodes[parent].table;
        things[badge].under = nodes[parent].object;
        things[badge].is_planted = true;
    }
    return n;
}

int model_mapping(int parent, int table)
{
    int n = add(parent, table, nodes[parent].object, 0);
    nodes[n].is_mapping = true;
    nodes_in_use--;
    mappings_in_use++;
    return n;
}

/* The edge of a node that goes comes before the child's own. */
static void prepend_edge(struct node *child, const struct node *gone)
{
    memmove(child->badges + gone->nbadges, child->badges, (size_t)child->nbadges * sizeof(int));
    memcpy(child->badges, gone->badges, (size_t)gone->nbadges * sizeof(int));
    child->nbadges += gone->nbadges;
}

void model_gone(int node, bool is_revoked)
{
    struct node *gone = &nodes[node];
    for (int n = 0; n < NODES; n++) {
        if (nodes[n].state != NODE_LIVE || nodes[n].parent != node)
            continue;
        prepend_edge(&nodes[n], gone);
        nodes[n].parent = gone->parent;
    }
    if (gone->is_mapping) {
        gone->state = NODE_FREE;
        mappings_in_use--;
        return;
    }
    gone->state = is_revoked ? NODE_REVOKED : NODE_FREE;
    nodes_in_use -= !is_revoked;
}

int model_ancestor(int node, int table, int *badge)
{
    for (int below = node; nodes[below].parent != NONE; below = nodes[below].parent) {
        int up = nodes[below].parent;
        if (nodes[up].table != table)
            continue;
        *badge = NONE;
        for (int i = nodes[below].nbadges; i-- > 0;) {
            if (things[nodes[below].badges[i]].owner == table)
                *badge = nodes[below].badges[i];
        }
        return up;
    }
    return NONE;
}

static bool is_on_edge(int node, int badge)
{
    for (int i = 0; i < nodes[node].nbadges; i++) {
        if (nodes[node].badges[i] == badge)
            return true;
    }
    return false;
}

bool model_is_empty(int badge)
{
    for (int n = 0; n < NODES; n++) {
        if (nodes[n].state == NODE_LIVE && is_on_edge(n, badge))
            return false;
    }
    return true;
}

static bool is_below(int node, int ancestor)
{
    for (int n = nodes[node].parent; n != NONE; n = nodes[n].parent) {
        if (n == ancestor)
            return true;
    }
    return false;
}

bool model_encloses(int node, int badge)
{
    for (int n = 0; n < NODES; n++) {
        if (nodes[n].state == NODE_LIVE && is_on_edge(n, badge) && is_below(n, node))
            return true;
    }
    return false;
}

void model_doom_below(int node, int revoke)
{
    for (int n = 0; n < NODES; n++) {
        if (nodes[n].state == NODE_LIVE && is_below(n, node))
            nodes[n].doom |= 1u << revoke;
    }
}

void model_doom_badge(int badge, int revoke)
{
    for (int n = 0; n < NODES; n++) {
        if (nodes[n].state != NODE_LIVE || !is_on_edge(n, badge))
            continue;
        nodes[n].doom |= 1u << revoke;
        model_doom_below(n, revoke);
    }
}

bool model_has_doomed(int revoke)
{
    for (int n = 0; n < NODES; n++) {
        if (nodes[n].state == NODE_LIVE && (nodes[n].doom >> revoke & 1))
            return true;
    }
    return false;
}

int model_live_handles(int thing)
{
    int count = 0;
    for (int n = 0; n < NODES; n++)
        count += nodes[n].state == NODE_LIVE && nodes[n].object == thing && !nodes[n].is_mapping;
    return count;
}

uint32_t model_refs(int thing)
{
    uint32_t refs = (uint32_t)model_live_handles(thing) + things[thing].is_planted;
    refs += walk_of == thing;
    for (int n = 0; n < NODES; n++)
        refs += nodes[n].state == NODE_LIVE && nodes[n].object == thing && nodes[n].is_mapping;
    for (int o = 0; o < OBJECTS; o++)
        refs += things[o].exists && things[o].is_planted && things[o].under == thing;
    for (int r = 0; r < REVOKES; r++)
        refs += revoke_of[r] == thing;
    return refs;
}
