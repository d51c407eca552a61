/*
 * trace.c: see trace.h.
 */
#include "trace.h"

#include <string.h>

static uint32_t any(struct trace *t, uint32_t below)
{
    t->seed ^= t->seed << 13;
    t->seed ^= t->seed >> 7;
    t->seed ^= t->seed << 17;
    return (uint32_t)(t->seed >> 33) % below;
}

void trace_start(struct trace *t)
{
    *t = (struct trace){.seed = 0x7e55e8a, .hash = 0xcbf29ce484222325ull};
    trace_world(t);
}

void trace_world(struct trace *t)
{
    t->left = TRACE_WORLD;
    t->dead = NONE;
}

/* ---- what may be done ---- */

static bool is_handle(const struct trace *t, int n)
{
    return nodes[n].state != NODE_FREE && !nodes[n].is_mapping && nodes[n].table != t->dead;
}

static bool is_live(const struct trace *t, int n)
{
    return is_handle(t, n) && nodes[n].state == NODE_LIVE;
}

static bool is_room(void)
{
    return nodes_in_use + mappings_in_use < TRACE_NODES;
}

static bool is_room_for_thing(void)
{
    int count = 0;
    for (int o = 0; o < OBJECTS; o++)
        count += things[o].exists;
    return count < TRACE_THINGS && is_room();
}

int trace_badge_node(int badge)
{
    for (int n = 0; n < NODES; n++) {
        if (nodes[n].state == NODE_LIVE && nodes[n].object == badge && !nodes[n].is_mapping)
            return n;
    }
    return NONE;
}

/* A badge goes with the transfer only if the sender has it and it was not used. */
static bool may_go_with(int badge, int node)
{
    int b;
    if (badge == NONE)
        return true;
    b = things[badge].exists && things[badge].is_badge ? trace_badge_node(badge) : NONE;
    return b != NONE && things[badge].owner == NONE && nodes[b].table == nodes[node].table;
}

static bool may_revoke_sub(const struct trace *t, const struct op *op)
{
    int b;
    if (!is_live(t, op->a) || !things[op->b].exists || !things[op->b].is_planted)
        return false;
    b = trace_badge_node(op->b);
    return b != NONE && nodes[b].table == nodes[op->a].table && model_encloses(op->a, op->b) &&
           nodes[op->a].object == things[op->b].under;
}

static bool is_valid(const struct trace *t, const struct op *op)
{
    switch (op->kind) {
    case OP_CREATE:
    case OP_BADGE:
        return op->a != t->dead && is_room_for_thing();
    case OP_COPY:
    case OP_SEND:
        return is_live(t, op->a) && !things[nodes[op->a].object].is_badge && is_room() &&
               may_go_with(op->b, op->a) &&
               (op->kind == OP_COPY || (op->c != nodes[op->a].table && op->c != t->dead));
    case OP_CLOSE:
        return is_handle(t, op->a);
    case OP_REVOKE:
        return is_live(t, op->a);
    case OP_REVOKE_SUB:
        return may_revoke_sub(t, op);
    case OP_MAP:
        return is_live(t, op->a) && is_room() && things[nodes[op->a].object].is_memory &&
               nodes[op->a].rights & 1;
    case OP_UNMAP:
        return nodes[op->a].state == NODE_LIVE && nodes[op->a].is_mapping;
    case OP_DIE:
        return t->dead == NONE && t->left < TRACE_WORLD / 4;
    default:
        return false;
    }
}

static struct op any_op(struct trace *t)
{
    static const enum op_kind kinds[32] = {
        OP_CREATE, OP_CREATE, OP_CREATE, OP_BADGE, OP_BADGE, OP_BADGE, OP_COPY, OP_COPY,
        OP_COPY, OP_SEND, OP_SEND, OP_SEND, OP_SEND, OP_SEND, OP_SEND, OP_SEND,
        OP_SEND, OP_SEND, OP_SEND, OP_SEND, OP_CLOSE, OP_CLOSE, OP_CLOSE, OP_CLOSE,
        OP_REVOKE, OP_REVOKE_SUB, OP_REVOKE_SUB, OP_REVOKE_SUB, OP_MAP, OP_MAP, OP_UNMAP, OP_DIE,
    };
    struct op op = {.kind = kinds[any(t, 32)], .b = NONE};
    bool is_of_table = op.kind == OP_CREATE || op.kind == OP_BADGE || op.kind == OP_DIE;
    op.a = (int)any(t, is_of_table ? TRACE_TABLES : TRACE_NODES);
    op.drop = any(t, 4) ? 0 : 1u << any(t, 8);
    if (op.kind == OP_SEND)
        op.c = (int)any(t, TRACE_TABLES);
    if (op.kind == OP_CREATE)
        op.b = (int)any(t, 2);
    else if (op.kind == OP_REVOKE_SUB || ((op.kind == OP_SEND || op.kind == OP_COPY) && any(t, 3)))
        op.b = (int)any(t, TRACE_THINGS);
    else if (op.kind == OP_DIE)
        op.b = 0;
    return op;
}

bool trace_next(struct trace *t, struct op *op)
{
    if (t->left == 0)
        return false;
    t->left--;
    do {
        *op = any_op(t);
    } while (!is_valid(t, op));
    if (op->kind == OP_DIE)
        t->dead = op->a;
    const int words[] = {(int)op->kind, op->a, op->b, op->c, (int)op->drop};
    for (unsigned i = 0; i < sizeof words / sizeof *words; i++)
        t->hash = (t->hash ^ (uint64_t)(uint32_t)words[i]) * 0x100000001b3ull;
    return true;
}

/* ---- the model ---- */

static void end_doomed(int revoke)
{
    for (int n = 0; n < NODES; n++) {
        if (nodes[n].state == NODE_LIVE && (nodes[n].doom >> revoke & 1))
            model_gone(n, true);
    }
}

static void close_node(int n)
{
    if (nodes[n].state == NODE_LIVE) {
        model_gone(n, false);
    } else if (nodes[n].state == NODE_REVOKED) {
        nodes[n].state = NODE_FREE;
        nodes_in_use--;
    }
}

void trace_apply(const struct op *op)
{
    int thing, badge;
    switch (op->kind) {
    case OP_CREATE:
    case OP_BADGE:
        model_root(op->a, op->b == 1 ? 3 : 0xff, op->kind == OP_BADGE, &thing);
        things[thing].is_memory = op->b == 1;
        break;
    case OP_SEND:
        if (model_ancestor(op->a, op->c, &badge) != NONE)
            break;
        model_child(op->a, op->c, nodes[op->a].rights & ~op->drop, op->b);
        break;
    case OP_COPY:
        model_child(op->a, nodes[op->a].table, nodes[op->a].rights & ~op->drop, op->b);
        break;
    case OP_CLOSE:
        close_node(op->a);
        break;
    case OP_MAP:
        model_mapping(op->a, nodes[op->a].table);
        break;
    case OP_UNMAP:
        model_gone(op->a, false);
        break;
    case OP_REVOKE:
        model_doom_below(op->a, 0);
        model_gone(op->a, false);
        end_doomed(0);
        break;
    case OP_REVOKE_SUB:
        model_doom_badge(op->b, 0);
        end_doomed(0);
        break;
    case OP_DIE:
        for (int n = 0; n < NODES; n++) {
            if (nodes[n].state != NODE_FREE && nodes[n].table == op->a)
                close_node(n);
        }
        break;
    default:
        break;
    }
}

void trace_settle(int told[OBJECTS])
{
    bool is_more = true;
    memset(told, 0, sizeof(int) * OBJECTS);
    while (is_more) {
        is_more = false;
        for (int o = 0; o < OBJECTS; o++) {
            if (things[o].exists && things[o].is_planted && model_is_empty(o)) {
                things[o].is_planted = false;
                told[o] |= TOLD_CLOSED;
                is_more = true;
            }
            if (things[o].exists && model_refs(o) == 0) {
                things[o].exists = false;
                told[o] |= things[o].is_badge ? TOLD_DESTROYED : 0;
                is_more = true;
            }
        }
    }
}
