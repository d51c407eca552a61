/*
 * main.c: runs histories of the inheritance tree: all short ones within small bounds, then random ones.
 *
 *     tree [--long] [--depth N] [--random N] [--seed N]
 */
#include "drive.h"
#include "model.h"
#include "trace.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "object/badge.h"

/* ---- all histories of a length ---- */

enum { DEPTH_MAX = 16, CHOICES = 400 };

static const struct limits small = {.tables = 3, .nodes = 5, .things = 2, .revokes = 2};
static struct op path[DEPTH_MAX];
static uint64_t histories;

struct choices {
    int count;
    struct op op[CHOICES];
};

static void offer(struct choices *c, struct op op)
{
    if (!op_is_valid(&op, &small))
        return;
    if (c->count == CHOICES)
        abort();
    c->op[c->count++] = op;
}

/* Processes are alike: one that was not used yet stands for all such. */
static int tables_to_try(int depth)
{
    int top = 0;
    for (int i = 0; i < depth; i++) {
        if (path[i].kind <= OP_BADGE && path[i].a >= top)
            top = path[i].a + 1;
        if (path[i].kind == OP_SEND && path[i].c >= top)
            top = path[i].c + 1;
    }
    return top + 1 < small.tables ? top + 1 : small.tables;
}

static int free_revoke(void)
{
    int r = 0;
    while (r < small.revokes - 1 && revoke_of[r] != NONE)
        r++;
    return r;
}

static void offer_of_node(struct choices *c, int n, int tables)
{
    offer(c, (struct op){.kind = OP_CLOSE, .a = n});
    offer(c, (struct op){.kind = OP_MAP, .a = n});
    offer(c, (struct op){.kind = OP_UNMAP, .a = n});
    offer(c, (struct op){.kind = OP_REVOKE, .a = n, .c = free_revoke()});
    for (int b = NONE; b < OBJECTS; b++) {
        offer(c, (struct op){.kind = OP_COPY, .a = n, .b = b, .drop = 1});
        for (int t = 0; t < tables; t++)
            offer(c, (struct op){.kind = OP_SEND, .a = n, .b = b, .c = t});
        if (b != NONE)
            offer(c, (struct op){.kind = OP_REVOKE_SUB, .a = n, .b = b, .c = free_revoke()});
    }
}

static void find_choices(struct choices *c, int depth)
{
    int tables = tables_to_try(depth);
    c->count = 0;
    for (int t = 0; t < tables; t++) {
        offer(c, (struct op){.kind = OP_CREATE, .a = t, .b = 1});
        offer(c, (struct op){.kind = OP_BADGE, .a = t});
        for (int n = 0; n < NODES; n++) {
            if (nodes[n].state != NODE_FREE && nodes[n].table == t) {
                offer(c, (struct op){.kind = OP_DIE, .a = t});
                break;
            }
        }
    }
    for (int n = 0; n < NODES; n++) {
        if (nodes[n].state != NODE_FREE)
            offer_of_node(c, n, tables);
    }
    for (int r = 0; r < small.revokes; r++)
        offer(c, (struct op){.kind = OP_STEP, .b = 1, .c = r});
    if (!drive_settle(0))
        offer(c, (struct op){.kind = OP_SETTLE, .b = 64});
}

/* The operations of path[0..depth) were just run; what follows leaves another state. */
static void explore(int depth, int length)
{
    struct choices c;
    find_choices(&c, depth);
    for (int i = 0; i < c.count; i++) {
        if (i > 0) {
            drive_end();
            drive_start();
            for (int k = 0; k < depth; k++)
                op_run(&path[k]);
        }
        path[depth] = c.op[i];
        op_run(&path[depth]);
        drive_check();
        histories++;
        if (depth + 1 < length)
            explore(depth + 1, length);
    }
}

static void run_all(int length)
{
    drive_start();
    explore(0, length);
    drive_end();
    printf("every history of up to %d operations (3 processes, 5 handles, 2 resources or badges, "
           "2 revokes): %llu histories, %llu operations, %llu comparisons\n",
           length, (unsigned long long)histories, (unsigned long long)ops_run,
           (unsigned long long)checks_made);
    printf("ok tree-exhaustive\n");
    fflush(stdout);
}

/* ---- random histories ---- */

static uint64_t seed = 1;

static uint32_t any(uint32_t below)
{
    seed ^= seed << 13;
    seed ^= seed >> 7;
    seed ^= seed << 17;
    return (uint32_t)(seed >> 33) % below;
}

/* One of 32 weights: what grows the tree comes about as often as what shrinks it. */
static enum op_kind any_kind(void)
{
    static const enum op_kind kinds[32] = {
        OP_CREATE, OP_CREATE, OP_BADGE, OP_BADGE, OP_COPY, OP_COPY, OP_COPY, OP_COPY,
        OP_COPY, OP_SEND, OP_SEND, OP_SEND, OP_SEND, OP_SEND, OP_SEND, OP_SEND,
        OP_SEND, OP_SEND, OP_SEND, OP_CLOSE, OP_CLOSE, OP_CLOSE, OP_CLOSE, OP_CLOSE,
        OP_REVOKE, OP_REVOKE_SUB, OP_STEP, OP_STEP, OP_STEP, OP_STEP, OP_SETTLE, OP_SETTLE,
    };
    if (!any(8))
        return OP_WALK;
    if (!any(10))
        return any(3) ? OP_MAP : OP_UNMAP;
    if (!any(2000))
        return OP_RECYCLE;
    return any(400) ? kinds[any(32)] : OP_DIE;
}

static struct op any_op(const struct limits *l)
{
    struct op op = {.kind = any_kind(), .b = NONE};
    op.a = (int)any((uint32_t)(op.kind <= OP_BADGE || op.kind == OP_DIE ? l->tables : l->nodes));
    op.c = (int)any((uint32_t)(op.kind == OP_SEND || op.kind == OP_WALK ? l->tables : l->revokes));
    if (op.kind == OP_RECYCLE)
        op.a = (int)any(GHOSTS);
    if (op.kind == OP_WALK && any(4))
        op.a = NONE;
    op.drop = any(4) ? 0 : 1u << any(8);
    if (op.kind == OP_REVOKE_SUB || ((op.kind == OP_COPY || op.kind == OP_SEND) && any(2)))
        op.b = (int)any((uint32_t)l->things);
    else if (op.kind == OP_CREATE)
        op.b = (int)any(2);
    else if (op.kind == OP_WALK)
        op.b = 1 + (int)any(2);
    else if (op.kind == OP_STEP || op.kind == OP_SETTLE)
        op.b = 1 + (int)any(4);
    else if (op.kind == OP_DIE)
        op.b = any(2) ? 0 : 1 + (int)any(2000);
    return op;
}

static void any_limits(struct limits *l)
{
    l->tables = 2 + (int)any(TABLES - 1);
    l->nodes = 4 + (int)any(any(4) ? 8 : NODES - 4);
    l->things = 2 + (int)any(OBJECTS - 2);
    l->revokes = 1 + (int)any(REVOKES);
}

static void run_random(uint64_t count)
{
    struct limits l = {0};
    bool is_watched = true;
    uint64_t first = ops_run, checks = checks_made, derefs = dereferences, events = events_seen;
    uint64_t next_world = ops_run;
    memset(ops_of, 0, sizeof ops_of);
    drive_start();
    while (ops_run - first < count) {
        if (ops_run >= next_world) {
            drive_end();
            drive_start();
            history_clear();
            any_limits(&l);
            is_watched = any(2);
            next_world = ops_run + 20 + any(400);
        }
        struct op op = any_op(&l);
        if (!op_is_valid(&op, &l))
            continue;
        op_run(&op);
        /* Large trees are compared less often, and some worlds rarely: comparing looks for every
         * ancestor, which refreshes what the handles remember. */
        if (is_watched ? nodes_in_use <= 8 || !any((uint32_t)nodes_in_use / 4) : !any(32))
            drive_check();
    }
    drive_end();
    printf("random histories: %llu operations, %llu comparisons, %llu dereferences, %llu event "
           "entries read\n", (unsigned long long)(ops_run - first),
           (unsigned long long)(checks_made - checks), (unsigned long long)(dereferences - derefs),
           (unsigned long long)(events_seen - events));
    for (int k = 0; k < OP_KINDS; k++)
        printf("  %-14s %llu\n", op_name((enum op_kind)k), (unsigned long long)ops_of[k]);
    printf("ok tree-random\n");
}

/* ---- whole operations ---- */

/* The kernel's half of a history that system calls replay, too. */
static void run_trace(void)
{
    struct trace t;
    uint64_t first = ops_run;
    trace_start(&t);
    drive_start();
    for (unsigned i = 0; i < TRACE_OPS; i++) {
        struct op op;
        if (!trace_next(&t, &op)) {
            drive_end();
            drive_start();
            trace_world(&t);
            trace_next(&t, &op);
        }
        op_run(&op);
        while (revoke_of[0] != NONE)
            op_run(&(struct op){.kind = OP_STEP, .b = 64});
        while (!drive_settle(64))
            ;
        drive_check();
    }
    drive_end();
    bool is_same = t.hash == TRACE_HASH;
    printf("%u whole operations (%llu steps), hash 0x%llx\n", TRACE_OPS,
           (unsigned long long)(ops_run - first), (unsigned long long)t.hash);
    printf(is_same ? "ok tree-trace\n" : "FAIL tree-trace: another history than TRACE_HASH\n");
}

int main(int argc, char **argv)
{
    int length = 6;
    uint64_t count = 20000000;
    for (int i = 1; i < argc; i++) {
        if (!strcmp(argv[i], "--long")) {
            length = 7;
            count = 100000000;
        } else if (!strcmp(argv[i], "--depth") && i + 1 < argc) {
            length = atoi(argv[++i]);
        } else if (!strcmp(argv[i], "--random") && i + 1 < argc) {
            count = strtoull(argv[++i], NULL, 0);
        } else if (!strcmp(argv[i], "--seed") && i + 1 < argc) {
            seed = strtoull(argv[++i], NULL, 0);
        } else {
            fprintf(stderr, "usage: tree [--long] [--depth N] [--random N] [--seed N]\n");
            return 2;
        }
    }
    if (length < 0 || length > DEPTH_MAX || seed == 0)
        return 2;
    if (length)
        run_all(length);
    if (count)
        run_random(count);
    run_trace();
    return 0;
}
