/*
 * replay.c: histories of the model of the tree (tests/model/tree), by the system calls of three processes.
 *
 * After each operation every handle of every process is listed and compared with the model: number, kind,
 * rights, resource, parent, generation, revoked or not; every mapping is read; every event is taken. The
 * agents do what the operations say; the same histories run against the kernel's sources on the host.
 */
#include "remote.h"
#include "trace.h"

#include <coresrv/task/task_api.h>

#define LISTED  100
#define GENERAL (OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY | OCAP_HANDLE_GET_SID)

static Handle numbers[NODES];
static uint64_t ids[NODES];       /* of the handles, once they were listed */
static uint64_t addresses[NODES]; /* of mappings */
static uint64_t sids[OBJECTS];
static int makers[OBJECTS];
static int base[AGENTS]; /* handles that an agent has of its own */
static int bad;
static unsigned done, derefs, compared;
static struct op now;

_Static_assert(AGENTS == TRACE_TABLES, "one agent a process of the model");

static void fail(const char *what, uint64_t got, uint64_t wanted)
{
    if (bad++ < 10) {
        fprintf(stderr, "  operation %u (%d: %d %d %d): %s: 0x%llx, not 0x%llx\n", done, now.kind,
                now.a, now.b, now.c, what, (unsigned long long)got, (unsigned long long)wanted);
    }
}

static void same(const char *what, uint64_t got, uint64_t wanted)
{
    if (got != wanted) {
        fail(what, got, wanted);
    }
}

static struct agent *holder(int node)
{
    return &agents[nodes[node].table];
}

/* Every process has contexts of its own; 0 for what has none. */
static uint64_t context_of(int thing)
{
    return things[thing].is_memory ? 0 : 0x1000u + (unsigned)thing;
}

static uint32_t rights_of(int node)
{
    uint32_t special = nodes[node].rights << 16;

    return things[nodes[node].object].is_badge ? OCAP_BADGE_FULL : GENERAL | special;
}

/* ---- operations ---- */

/* The model has made the node already, in the first free place. */
static int made_node(void)
{
    for (int n = 0; n < NODES; n++) {
        if (nodes[n].state == NODE_LIVE && !numbers[n] && !addresses[n]) {
            return n;
        }
    }
    return NONE;
}

static void made(Handle number)
{
    int n = made_node();

    if (n == NONE) {
        fail("a handle that the model does not make", number, 0);
        return;
    }
    numbers[n] = number;
    ids[n] = 0;
}

static void create(const struct op *op)
{
    struct agent *agent = &agents[op->a];
    int thing = nodes[made_node()].object;
    uint64_t handle = 0;
    Retcode rc;

    makers[thing] = op->a;
    sids[thing] = 0;
    if (op->kind == OP_BADGE) {
        rc = tell(agent, DO_BADGE, 0, 0, context_of(thing), &handle, NULL);
    } else if (things[thing].is_memory) {
        rc = tell(agent, DO_MEMORY, 0, 0, 0, &handle, NULL);
        /* Not the right to hear of events: all rights of a node are in the model's mask. */
        if (rc == rcOk) {
            uint64_t whole = handle;

            rc = tell(agent, DO_COPY, (uint32_t)whole, GENERAL | 3u << 16, 0, &handle, NULL);
            CLOSE(agent, (Handle)whole);
        }
    } else {
        rc = tell(agent, DO_MAKE, GENERAL | 0xffu << 16, 0, context_of(thing), &handle, NULL);
    }
    same("create", (uint32_t)rc, rcOk);
    made((Handle)handle);
}

static Handle badge_of(const struct op *op)
{
    return op->b == NONE ? INVALID_HANDLE : numbers[trace_badge_node(op->b)];
}

/* Before the model does it: who would get the handle back, with which context. */
struct expected {
    Handle badge;
    int ancestor;
    uint64_t context;
    uint32_t rights;
};

static struct expected look(const struct op *op)
{
    struct expected e = {.ancestor = NONE};
    int badge = NONE;

    if (op->kind == OP_COPY || op->kind == OP_SEND || op->kind == OP_REVOKE_SUB) {
        e.badge = badge_of(op);
        e.rights = rights_of(op->a) & ~(op->drop << 16);
    }
    if (op->kind == OP_SEND) {
        e.ancestor = model_ancestor(op->a, op->c, &badge);
        e.context = context_of(badge == NONE ? nodes[op->a].object : badge);
    }
    return e;
}

static void send_handle(const struct op *op, const struct expected *e)
{
    struct seen seen = send(&agents[nodes[op->a].table], &agents[op->c], numbers[op->a], e->rights,
                            e->badge);

    same("send", (uint32_t)seen.rc, rcOk);
    same("dereferenced", (uint64_t)seen.is_dereferenced, e->ancestor != NONE);
    same("rights that arrive", seen.rights, e->rights);
    if (e->ancestor == NONE) {
        made(seen.number);
    } else {
        derefs++;
        same("the ancestor", seen.number, numbers[e->ancestor]);
        same("the context", seen.context, e->context);
    }
}

static void perform(const struct op *op, const struct expected *e, struct agent *agent)
{
    uint64_t value = 0;
    int n;

    switch (op->kind) {
    case OP_CREATE:
    case OP_BADGE:
        create(op);
        break;
    case OP_COPY:
        same("copy", (uint32_t)tell(agent, DO_COPY, numbers[op->a], e->rights, e->badge, &value,
                                    NULL), rcOk);
        made((Handle)value);
        break;
    case OP_SEND:
        send_handle(op, e);
        break;
    case OP_CLOSE:
        same("close", (uint32_t)CLOSE(agent, numbers[op->a]), rcOk);
        break;
    case OP_REVOKE:
        same("revoke", (uint32_t)REVOKE(agent, numbers[op->a]), rcOk);
        break;
    case OP_REVOKE_SUB:
        same("revoke-subtree", (uint32_t)tell(agent, DO_REVOKE_SUBTREE, numbers[op->a], e->badge, 0,
                                              NULL, NULL), rcOk);
        break;
    case OP_MAP:
        n = made_node();
        same("map", (uint32_t)tell(agent, DO_MAP, numbers[op->a], 0, 0, &addresses[n], NULL), rcOk);
        break;
    case OP_UNMAP:
        same("unmap", (uint32_t)tell(agent, DO_UNMAP, 0, 0, addresses[op->a], NULL, NULL), rcOk);
        break;
    default:
        agent_stop(&agents[op->a]);
        base[op->a] = -1;
    }
}

/* ---- comparison ---- */

static const KnHandleInfo *find(const KnHandleInfo *infos, rtl_size_t count, Handle number)
{
    for (rtl_size_t i = 0; i < count; i++) {
        if (infos[i].handle == number) {
            return &infos[i];
        }
    }
    return NULL;
}

/* Ids first, so that parents of any process can be compared. */
static void note_ids(int table, const KnHandleInfo *infos, rtl_size_t count)
{
    for (int n = 0; n < NODES; n++) {
        if (nodes[n].state != NODE_FREE && nodes[n].table == table && !nodes[n].is_mapping &&
            !ids[n]) {
            const KnHandleInfo *info = find(infos, count, numbers[n]);

            ids[n] = info ? info->id : 0;
        }
    }
}

static void compare_node(int n, const KnHandleInfo *info)
{
    const struct thing *thing = &things[nodes[n].object];
    uint32_t generation = 0;

    compared++;
    if (!info) {
        fail("a handle is missing", 0, numbers[n]);
        return;
    }
    same("id", info->id, ids[n]);
    if (nodes[n].state == NODE_REVOKED) {
        same("revoked", info->kind, HANDLE_KIND_REVOKED);
        return;
    }
    for (int up = nodes[n].parent; up != NONE; up = nodes[up].parent) {
        generation++;
    }
    if (!sids[nodes[n].object]) {
        sids[nodes[n].object] = info->sid;
    }
    same("kind", info->kind, thing->is_badge    ? HANDLE_KIND_BADGE
                             : thing->is_memory ? HANDLE_KIND_MDL
                                                : HANDLE_KIND_USER);
    same("rights", info->rights, rights_of(n));
    same("resource", info->sid, sids[nodes[n].object]);
    same("parent", info->parent, nodes[n].parent == NONE ? 0 : ids[nodes[n].parent]);
    same("generation", info->generation, generation);
}

static void compare_handles(void)
{
    static KnHandleInfo infos[AGENTS][LISTED];
    rtl_size_t counts[AGENTS] = {0};

    for (int t = 0; t < AGENTS; t++) {
        rtl_uint32_t cursor = 0;

        if (base[t] >= 0) {
            same("list", (uint32_t)KnTaskListHandles(agents[t].child.task, &cursor, infos[t], LISTED,
                                                     &counts[t]), rcOk);
            note_ids(t, infos[t], counts[t]);
        }
    }
    for (int t = 0; t < AGENTS; t++) {
        int held = 0;

        for (int n = 0; n < NODES; n++) {
            if (nodes[n].state != NODE_FREE && nodes[n].table == t && !nodes[n].is_mapping) {
                compare_node(n, find(infos[t], counts[t], numbers[n]));
                held++;
            }
        }
        if (base[t] >= 0) {
            same("handles of a process", counts[t], (uint64_t)(held + base[t]));
        }
    }
}

static void compare_mapping(int n)
{
    int is_there = nodes[n].state == NODE_LIVE && nodes[n].is_mapping;

    if (!addresses[n]) {
        return;
    }
    if (base[nodes[n].table] >= 0) {
        same("memory", (uint32_t)tell(holder(n), DO_READ, 0, 0, addresses[n], NULL, NULL),
             (uint32_t)(is_there ? rcOk : rcSourceFault));
    }
    if (!is_there) {
        addresses[n] = 0;
    }
}

/* What each process hears: in any order, nothing else. */
static void compare_events(int told[OBJECTS])
{
    for (int t = 0; t < AGENTS; t++) {
        uint64_t id, mask;

        while (base[t] >= 0 && tell(&agents[t], DO_EVENT, 0, 0, 0, &id, &mask) == rcOk) {
            unsigned thing = (unsigned)id - 0x1000u;

            if (thing >= OBJECTS || makers[thing] != t) {
                fail("an event of nothing", id, 0);
                continue;
            }
            same("events", mask, (told[thing] & TOLD_CLOSED ? EVENT_BADGE_CLOSED : 0u) |
                                     (told[thing] & TOLD_DESTROYED ? EVENT_OBJECT_DESTROYED : 0u));
            told[thing] = 0;
        }
    }
    for (int o = 0; o < OBJECTS; o++) {
        if (told[o] && base[makers[o]] >= 0) {
            fail("an event did not come", 0, (uint64_t)o);
        }
    }
}

static void forget_free(void)
{
    for (int n = 0; n < NODES; n++) {
        if (nodes[n].state == NODE_FREE || nodes[n].is_mapping) {
            numbers[n] = INVALID_HANDLE;
        }
    }
}

/* ---- histories ---- */

static void start_world(void)
{
    agents_start(0);
    model_reset();
    memset(numbers, 0, sizeof(numbers));
    memset(addresses, 0, sizeof(addresses));
    for (int t = 0; t < AGENTS; t++) {
        static KnHandleInfo infos[LISTED];
        rtl_uint32_t cursor = 0;
        rtl_size_t count = 0;

        KnTaskListHandles(agents[t].child.task, &cursor, infos, LISTED, &count);
        base[t] = (int)count;
    }
}

void test_replay(void)
{
    struct trace trace;
    unsigned worlds = 1;
    int told[OBJECTS];

    trace_start(&trace);
    start_world();
    for (done = 0; done < TRACE_OPS && bad < 10; done++) {
        if (!trace_next(&trace, &now)) {
            agents_stop();
            start_world();
            trace_world(&trace);
            trace_next(&trace, &now);
            worlds++;
        }
        struct expected expected = look(&now);
        struct agent *agent = now.kind == OP_CREATE || now.kind == OP_BADGE || now.kind == OP_DIE
                                  ? &agents[now.a]
                                  : holder(now.a);

        trace_apply(&now);
        perform(&now, &expected, agent);
        trace_settle(told);
        for (int n = 0; n < NODES; n++) {
            compare_mapping(n);
        }
        compare_handles();
        compare_events(told);
        forget_free();
    }
    agents_stop();
    CHECK_EQUAL("the model and the system calls agree", bad, 0);
    CHECK_EQUAL("all operations were done", done, TRACE_OPS);
    CHECK_EQUAL("they are those that the host has run", trace.hash, TRACE_HASH);
    fprintf(stderr, "%u operations in %u worlds, %u handles compared, %u dereferences\n", done, worlds,
            compared, derefs);
}
