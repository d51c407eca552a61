/*
 * drive.c: see drive.h.
 */
#include "drive.h"

#include "model.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "mm/kmem.h"
#include "object/badge.h"
#include "object/event.h"
#include "object/handle.h"
#include "object/notice.h"

enum { HISTORY = 64 };

struct resource {
    struct object object;
    int thing;
};

uint64_t ops_run, checks_made, dereferences, events_seen, ops_of[OP_KINDS];

static struct account account = {.limit = 1ull << 40, .refs = 1};
static struct handle_table *tables[TABLES]; /* allocated apart: their memory goes with a process */
static uint32_t death_cursor[TABLES];
static struct object *objects[OBJECTS];
static bool is_destroyed[OBJECTS];
static handle_t numbers[NODES];
static struct revoke revokes[REVOKES];
static struct tree_walk walk;
static struct mapping {
    struct tree_mapping node;
    struct object *object; /* reference held; null: none */
} mappings[NODES];
static int walk_node = NONE, walk_table;
static handle_t walk_number;
static struct notice *notice;
static struct {
    int table;
    handle_t number;
} ghosts[GHOSTS]; /* closed handles: must stay unknown */
static unsigned next_ghost;
static struct op history[HISTORY];
static uint64_t history_used;

/* ---- failures ---- */

static const char *const names[OP_KINDS] = {
    [OP_CREATE] = "create", [OP_BADGE] = "badge", [OP_COPY] = "copy", [OP_SEND] = "send",
    [OP_CLOSE] = "close", [OP_REVOKE] = "revoke", [OP_REVOKE_SUB] = "revoke-subtree",
    [OP_MAP] = "map", [OP_UNMAP] = "unmap", [OP_WALK] = "walk", [OP_RECYCLE] = "recycle", [OP_STEP] = "step",
    [OP_SETTLE] = "settle", [OP_DIE] = "die",
};

const char *op_name(enum op_kind kind)
{
    return names[kind];
}

static _Noreturn void fail(const char *what, int a, int b)
{
    uint64_t first = history_used > HISTORY ? history_used - HISTORY : 0;
    printf("the model and the kernel differ: %s (%d, %d), after:\n", what, a, b);
    for (uint64_t i = first; i < history_used; i++) {
        const struct op *op = &history[i % HISTORY];
        printf("    %s a=%d b=%d c=%d drop=%x\n", names[op->kind], op->a, op->b, op->c, op->drop);
    }
    printf("FAIL tree: %s\n", what);
    fflush(stdout);
    _Exit(1);
}

static void expect(bool is_good, const char *what, int a, int b)
{
    if (!is_good)
        fail(what, a, b);
}

void history_clear(void)
{
    history_used = 0;
}

/* ---- what object/ asks of others ---- */

/* No state of rules hangs here. */
void object_state_end(struct object *o)
{
    (void)o;
}

bool notice_wake(struct notice *n, uint32_t budget)
{
    (void)n;
    (void)budget;
    return true;
}

Retcode handle_refuse(const struct handle_entry *e, uint32_t needed)
{
    (void)e;
    (void)needed;
    return rcSecurityDisallow;
}

static bool resource_destroy(struct object *o, uint32_t budget)
{
    struct resource *r = container_of(o, struct resource, object);
    expect(!is_destroyed[r->thing], "destroyed twice", r->thing, 0);
    is_destroyed[r->thing] = true;
    (void)budget;
    free(r);
    return true;
}

static const struct object_ops resource_ops = {.name = "resource", .destroy = resource_destroy};

/* ---- the kernel's side ---- */

static void new_table(int t)
{
    tables[t] = malloc(sizeof *tables[t]);
    handle_table_init(tables[t], &account);
    death_cursor[t] = 0;
}

void drive_start(void)
{
    model_reset();
    memset(ghosts, 0, sizeof ghosts);
    for (int t = 0; t < TABLES; t++) {
        if (!tables[t])
            new_table(t);
    }
    if (!notice)
        expect(notice_create(&account, &notice) == rcOk, "notice", 0, 0);
}

static struct badge *badge_at(int thing)
{
    return thing == NONE ? NULL : container_of(objects[thing], struct badge, object);
}

static struct handle_entry *entry(int node)
{
    struct handle_entry *e = handle_lookup(tables[nodes[node].table], numbers[node]);
    expect(e != NULL, "a live handle is not found", node, 0);
    return e;
}

static void reserve(int t)
{
    expect(handle_reserve(tables[t], 1) == rcOk, "reserve", t, 0);
}

static void create(int t, bool is_badge, bool is_memory)
{
    const uint32_t rights = is_memory ? 3 : 0xff;
    int thing, node = model_root(t, rights, is_badge, &thing);
    things[thing].is_memory = is_memory;
    reserve(t);
    is_destroyed[thing] = false;
    if (is_badge) {
        struct badge *b;
        expect(badge_create(&account, (uint64_t)thing, &b) == rcOk, "badge", 0, 0);
        expect(notice_subscribe(notice, &account, &b->object,
                                EVENT_BADGE_CLOSED | EVENT_OBJECT_DESTROYED,
                                (uint64_t)thing, 0) == rcOk, "subscribe", 0, 0);
        objects[thing] = &b->object;
    } else {
        struct resource *r = malloc(sizeof *r);
        r->thing = thing;
        object_init(&r->object, OBJECT_USER, &resource_ops);
        objects[thing] = &r->object;
    }
    numbers[node] = handle_install(tables[t], objects[thing], rights);
    object_put(objects[thing]);
}

/* Makes and closes handles until a closed one's slot is next. */
static void recycle(int ghost)
{
    int t = ghosts[ghost].table;
    for (;;) {
        reserve(t);
        if (!((handle_upcoming(tables[t], 0) ^ ghosts[ghost].number) & HANDLE_INDEX_MASK))
            break;
        handle_t h = handle_install(tables[t], &notice->object, 0);
        expect(handle_close(tables[t], h) == rcOk, "close", t, 0);
    }
    create(t, false, false);
}

static void derive(const struct op *op, int to)
{
    struct handle_entry *parent = entry(op->a);
    uint32_t rights = nodes[op->a].rights & ~op->drop;
    int node = model_child(op->a, to, rights, op->b);
    reserve(to);
    handle_t upcoming = handle_upcoming(tables[to], 0);
    numbers[node] = handle_install_child(tables[to], parent, rights, badge_at(op->b));
    expect(numbers[node] == upcoming, "the next handle's number", node, 0);
}

/* What a message does: the receiver's own ancestor, or a new handle. */
static void send(const struct op *op)
{
    int badge;
    if (model_ancestor(op->a, op->c, &badge) == NONE)
        derive(op, op->c);
    else
        dereferences++; /* compared with all others by drive_check */
}

/* ---- mappings ---- */

static void mapping_release(struct mapping *m)
{
    struct object *o = m->object;
    tree_remove_mapping(o, &m->node);
    m->object = NULL;
    object_put(o);
}

static bool mapping_revoke_step(struct tree_mapping *node, uint32_t *budget)
{
    (void)budget;
    mapping_release(container_of(node, struct mapping, node));
    return true;
}

static void map(int node)
{
    struct handle_entry *e = entry(node);
    struct mapping *m = &mappings[model_mapping(node, nodes[node].table)];
    expect(!m->object, "a mapping is there already", node, 0);
    m->object = e->object;
    object_ref(m->object);
    m->node.revoke_step = mapping_revoke_step;
    tree_add_mapping(e, &m->node);
}

static void unmap(int node)
{
    mapping_release(&mappings[node]);
    model_gone(node, false);
}

/* The handle whose pair a mapping stands in. */
static struct handle_entry *mapped_through(const struct mapping *m)
{
    const struct list *head = &m->object->tree, *l = m->node.pair.close.link.next;
    while (l != head) {
        const struct tree_node *n = container_of(l, const struct tree_node, link);
        if (!n->is_close)
            l = container_of(n, const struct tree_pair, open)->close.link.next;
        else if (n->kind == TREE_HANDLE)
            return container_of((struct tree_node *)(uintptr_t)n, struct handle_entry, pair.close);
        else
            l = l->next;
    }
    return NULL;
}

static void remember_closed(int node)
{
    ghosts[next_ghost % GHOSTS].table = nodes[node].table;
    ghosts[next_ghost++ % GHOSTS].number = numbers[node];
}

static void close_node(int node)
{
    remember_closed(node);
    expect(handle_close(tables[nodes[node].table], numbers[node]) == rcOk, "close", node, 0);
    if (nodes[node].state == NODE_LIVE) {
        model_gone(node, false);
    } else {
        nodes[node].state = NODE_FREE;
        nodes_in_use--;
    }
}

static void revoke(const struct op *op)
{
    struct handle_entry *e = entry(op->a);
    remember_closed(op->a);
    revoke_of[op->c] = nodes[op->a].object;
    model_doom_below(op->a, op->c);
    model_gone(op->a, false);
    revoke_start(&revokes[op->c], e);
}

static void revoke_subtree(const struct op *op)
{
    struct badge *b = badge_at(op->b);
    bool encloses = nodes[op->a].object == things[op->b].under && model_encloses(op->a, op->b);
    struct tree_walk w = {0};
    uint32_t budget;
    bool found;
    do {
        budget = 1;
    } while (!tree_encloses(&w, entry(op->a), b, &budget, &found));
    expect(found == encloses, "a badge below a handle", op->a, op->b);
    if (!encloses)
        return;
    revoke_of[op->c] = things[op->b].under;
    model_doom_badge(op->b, op->c);
    revoke_start_badge(&revokes[op->c], b->under, b);
}

static bool is_revoked_now(int node)
{
    if (nodes[node].is_mapping)
        return !mappings[node].object;
    const struct handle_table *t = tables[nodes[node].table];
    return !handle_lookup(t, numbers[node]) && handle_miss(t, numbers[node]) == rcHandleRevoked;
}

/* Follows what the kernel took in one step: doomed ones only, none below one that is still there. */
static int follow(int r)
{
    int taken = 0;
    for (bool is_more = true; is_more;) {
        is_more = false;
        for (int n = 0; n < NODES; n++) {
            int up = nodes[n].parent;
            if (nodes[n].state != NODE_LIVE || !is_revoked_now(n))
                continue;
            expect(nodes[n].doom >> r & 1, "revoked, but not below the revoked one", n, r);
            if (up != NONE && (nodes[up].doom >> r & 1)) {
                expect(is_revoked_now(up), "revoked before its parent", n, up);
                continue; /* the parent first */
            }
            model_gone(n, true);
            taken++;
            is_more = true;
        }
    }
    return taken;
}

static void step(const struct op *op)
{
    bool is_done = revoke_step(&revokes[op->c], (uint32_t)op->b);
    expect(follow(op->c) <= op->b, "a step is longer than allowed", op->c, op->b);
    if (!is_done)
        return;
    expect(!model_has_doomed(op->c), "a revoke ended before all were gone", op->c, 0);
    revoke_of[op->c] = NONE;
}

static void compare_ancestor(int n, int t, struct handle_entry *a, struct badge *badge)
{
    int want_badge = NONE, want = model_ancestor(n, t, &want_badge);
    expect((a != NULL) == (want != NONE), "an ancestor in a process", n, t);
    if (!a)
        return;
    expect(a == entry(want), "the nearest ancestor in a process", n, t);
    expect(badge == badge_at(want_badge), "the context of a dereference", n, t);
}

/* Some steps of a search that other operations come between. */
static void walk_on(const struct op *op)
{
    struct handle_entry *a;
    struct badge *badge;
    uint32_t budget = (uint32_t)op->b;
    if (op->a != NONE) {
        walk_node = op->a;
        walk_table = op->c;
        walk_number = numbers[op->a];
    }
    if (walk_node == NONE)
        return;
    if (nodes[walk_node].state != NODE_LIVE || nodes[walk_node].is_mapping ||
        numbers[walk_node] != walk_number) {
        tree_walk_drop(&walk);
        walk_of = walk_node = NONE;
        return;
    }
    bool is_done = tree_ancestor(&walk, entry(walk_node), tables[walk_table], &budget, &a, &badge);
    walk_of = is_done ? NONE : nodes[walk_node].object;
    if (!is_done)
        return;
    compare_ancestor(walk_node, walk_table, a, badge);
    walk_node = NONE;
}

static void die(int t, int slots)
{
    bool is_dead;
    do {
        is_dead = handle_table_teardown_step(tables[t], &death_cursor[t],
                                             slots ? (uint32_t)slots : 64);
    } while (!is_dead && !slots);
    for (int n = 0; n < NODES && is_dead; n++) { /* with its address space */
        if (nodes[n].state == NODE_LIVE && nodes[n].is_mapping && nodes[n].table == t)
            unmap(n);
    }
    for (int n = 0; n < NODES; n++) {
        if (nodes[n].state == NODE_FREE || nodes[n].table != t || nodes[n].is_mapping ||
            (!is_dead && (numbers[n] & HANDLE_INDEX_MASK) >= death_cursor[t]))
            continue;
        if (nodes[n].state == NODE_LIVE) {
            model_gone(n, false);
        } else {
            nodes[n].state = NODE_FREE;
            nodes_in_use--;
        }
    }
    if (!is_dead)
        return;
    for (int g = 0; g < GHOSTS; g++)
        ghosts[g].number = ghosts[g].table == t ? 0 : ghosts[g].number;
    free(tables[t]);
    new_table(t);
}

/* ---- operations ---- */

static bool is_live(int node)
{
    return node >= 0 && node < NODES && nodes[node].state == NODE_LIVE && !nodes[node].is_mapping;
}

static bool is_room(const struct limits *l)
{
    return nodes_in_use + mappings_in_use < l->nodes;
}

static bool is_alive(int t)
{
    return death_cursor[t] == 0;
}

static bool may_derive(const struct op *op, const struct limits *l, int to)
{
    if (!is_live(op->a) || !is_room(l) || !is_alive(nodes[op->a].table) || !is_alive(to))
        return false;
    /* A badge holds a reference on what it is sent with: not with itself. */
    return op->b == NONE || (things[op->b].exists && things[op->b].is_badge &&
                             things[op->b].owner == NONE && model_live_handles(op->b) > 0 &&
                             !things[nodes[op->a].object].is_badge);
}

static int things_in_use(void)
{
    int count = 0;
    for (int o = 0; o < OBJECTS; o++)
        count += things[o].exists;
    return count;
}

/* Whether no handle that is open has that slot again. */
static bool is_unused(int ghost)
{
    for (int n = 0; n < NODES; n++) {
        if (nodes[n].state != NODE_FREE && nodes[n].table == ghosts[ghost].table &&
            !nodes[n].is_mapping && !((numbers[n] ^ ghosts[ghost].number) & HANDLE_INDEX_MASK))
            return false;
    }
    return true;
}

bool op_is_valid(const struct op *op, const struct limits *l)
{
    switch (op->kind) {
    case OP_CREATE:
    case OP_BADGE:
        return is_alive(op->a) && is_room(l) && things_in_use() < l->things;
    case OP_RECYCLE:
        return ghosts[op->a].number && is_unused(op->a) && is_alive(ghosts[op->a].table) &&
               is_room(l) && things_in_use() < l->things;
    case OP_COPY:
        return is_live(op->a) && may_derive(op, l, nodes[op->a].table);
    case OP_SEND:
        return may_derive(op, l, op->c);
    case OP_CLOSE:
        return nodes[op->a].state != NODE_FREE && !nodes[op->a].is_mapping &&
               is_alive(nodes[op->a].table);
    case OP_MAP:
        return is_live(op->a) && is_room(l) && is_alive(nodes[op->a].table) &&
               things[nodes[op->a].object].is_memory && nodes[op->a].rights & 1;
    case OP_UNMAP:
        return nodes[op->a].state == NODE_LIVE && nodes[op->a].is_mapping;
    case OP_REVOKE:
        return is_live(op->a) && revoke_of[op->c] == NONE && is_alive(nodes[op->a].table);
    case OP_REVOKE_SUB:
        return is_live(op->a) && revoke_of[op->c] == NONE && things[op->b].exists &&
               things[op->b].is_planted && !model_is_empty(op->b);
    case OP_STEP:
        return revoke_of[op->c] != NONE;
    case OP_WALK:
        return op->a == NONE || is_live(op->a);
    case OP_SETTLE:
    case OP_DIE:
        return true;
    default:
        return false;
    }
}

bool drive_settle(uint32_t budget)
{
    uint64_t upto = 0;
    return objects_settle(&upto, budget);
}

static void settle(int budget)
{
    (void)drive_settle((uint32_t)budget);
}

void op_run(const struct op *op)
{
    history[history_used++ % HISTORY] = *op;
    ops_run++;
    ops_of[op->kind]++;
    switch (op->kind) {
    case OP_CREATE: create(op->a, false, op->b == 1); break;
    case OP_BADGE: create(op->a, true, false); break;
    case OP_MAP: map(op->a); break;
    case OP_UNMAP: unmap(op->a); break;
    case OP_COPY: derive(op, nodes[op->a].table); break;
    case OP_SEND: send(op); break;
    case OP_CLOSE: close_node(op->a); break;
    case OP_REVOKE: revoke(op); break;
    case OP_REVOKE_SUB: revoke_subtree(op); break;
    case OP_STEP: step(op); break;
    case OP_WALK: walk_on(op); break;
    case OP_RECYCLE: recycle(op->a); break;
    case OP_SETTLE: settle(op->b); break;
    case OP_DIE: die(op->a, op->b); break;
    default: break;
    }
}

/* ---- comparison ---- */

static void check_events(void)
{
    uint64_t id;
    uint32_t events;
    while (notice_take(notice, &id, &events)) {
        int b = (int)id;
        events_seen++;
        if (events & EVENT_BADGE_CLOSED) {
            expect(things[b].is_planted, "closed event of a badge not in use", b, 0);
            expect(model_is_empty(b), "closed event of a badge with handles", b, 0);
            things[b].is_planted = false;
        }
        if (events & EVENT_OBJECT_DESTROYED) {
            expect(!is_destroyed[b], "destroyed twice", b, 0);
            is_destroyed[b] = true;
        }
    }
}

static void check_things(void)
{
    for (int o = 0; o < OBJECTS; o++) {
        if (!things[o].exists)
            continue;
        uint32_t refs = model_refs(o);
        expect(is_destroyed[o] == (refs == 0), refs ? "destroyed too early" : "not destroyed", o, 0);
        if (!refs) {
            things[o].exists = false;
            continue;
        }
        refs += !list_empty(&objects[o]->pending); /* closed, nobody was told yet */
        expect(objects[o]->refs == refs, "references", (int)objects[o]->refs, (int)refs);
        expect((int)objects[o]->handles == model_live_handles(o), "handles of an object", o, 0);
    }
}

static void check_ancestors(int n, struct handle_entry *e)
{
    for (int t = 0; t < TABLES; t++) {
        struct badge *badge;
        struct handle_entry *a;
        struct tree_walk w = {0};
        for (uint32_t budget = 2; !tree_ancestor(&w, e, tables[t], &budget, &a, &badge);)
            budget = 2;
        compare_ancestor(n, t, a, badge);
    }
}

static void check_node(int n)
{
    const struct handle_table *t = tables[nodes[n].table];
    if (nodes[n].is_mapping) {
        expect(mappings[n].object == objects[nodes[n].object], "a mapping is there", n, 0);
        expect(mapped_through(&mappings[n]) ==
                   (nodes[n].parent == NONE ? NULL : entry(nodes[n].parent)),
               "the handle that a mapping hangs on", n, nodes[n].parent);
        return;
    }
    if (nodes[n].state == NODE_REVOKED) {
        expect(is_revoked_now(n), "a revoked handle", n, 0);
        return;
    }
    struct handle_entry *e = entry(n);
    expect(e->object == objects[nodes[n].object] && e->table == t, "object of a handle", n, 0);
    expect(e->rights == nodes[n].rights, "rights of a handle", n, 0);
    if (nodes[n].parent != NONE)
        expect(!(e->rights & ~nodes[nodes[n].parent].rights), "rights grew", n, 0);
    check_ancestors(n, e);
}

static void check_counts(void)
{
    uint32_t in_table[TABLES] = {0};
    for (int n = 0; n < NODES; n++) {
        if (nodes[n].state != NODE_FREE && !nodes[n].is_mapping)
            in_table[nodes[n].table]++;
    }
    for (int t = 0; t < TABLES; t++)
        expect(tables[t]->used == in_table[t], "handles of a process", t, (int)in_table[t]);
    expect(handle_count() == (uint64_t)nodes_in_use, "handles in all", nodes_in_use, 0);
    for (int g = 0; g < GHOSTS; g++) {
        if (ghosts[g].number) {
            const struct handle_table *t = tables[ghosts[g].table];
            expect(!handle_lookup(t, ghosts[g].number) &&
                       handle_miss(t, ghosts[g].number) == rcInvalidArgument,
                   "a closed handle is known", g, 0);
        }
    }
}

void drive_check(void)
{
    checks_made++;
    check_events();
    check_things();
    for (int n = 0; n < NODES; n++) {
        if (nodes[n].state != NODE_FREE)
            check_node(n);
    }
    check_counts();
    if (drive_settle(0)) { /* all told: whoever has nothing left must have been among them */
        for (int o = 0; o < OBJECTS; o++)
            expect(!things[o].exists || !things[o].is_planted || !model_is_empty(o),
                   "no closed event of an empty badge", o, 0);
    }
}

void drive_end(void)
{
    tree_walk_drop(&walk);
    walk_of = walk_node = NONE;
    for (int r = 0; r < REVOKES; r++) {
        while (revoke_of[r] != NONE)
            step(&(struct op){.kind = OP_STEP, .b = 64, .c = r});
    }
    for (int n = 0; n < NODES; n++) {
        if (nodes[n].state == NODE_FREE)
            continue;
        if (nodes[n].is_mapping)
            unmap(n);
        else if (is_alive(nodes[n].table))
            close_node(n);
        else
            die(nodes[n].table, 0);
    }
    while (!drive_settle(64))
        ;
    drive_check();
    expect(nodes_in_use + mappings_in_use == 0 && things_in_use() == 0, "something is left", nodes_in_use,
           things_in_use());
    expect(object_count() == 1, "objects are left", (int)object_count(), 0); /* the notice */
}
