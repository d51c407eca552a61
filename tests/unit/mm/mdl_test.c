/*
 * mdl_test.c: shared memory with the kernel's own handles, tree, address spaces and page tables: random
 * operations of three processes against a model with explicit parents. Revocations go in small steps
 * with other operations in between. And: tables of every depth, badges that a mapping keeps open.
 */
#include "machine.h"

#include <string.h>

#include "mm/shared.h"
#include "object/badge.h"
#include "object/event.h"
#include "object/mdl.h"
#include "object/notice.h"

#define SPACES 3
#define NODES  48
#define MAPS   48
#define PAGES  6
#define ROUNDS 40
#define STEPS  3000

static struct aspace *spaces[SPACES];
static struct handle_table tables[SPACES];

/* Nobody waits for notices here. */
bool notice_wake(struct notice *n, uint32_t budget)
{
    (void)n;
    (void)budget;
    return true;
}

/* There is no policy and no state of one. */
void object_state_end(struct object *o)
{
    (void)o;
}

/* Nor reads why something was refused. */
Retcode handle_refuse(const struct handle_entry *e, uint32_t needed)
{
    (void)e;
    (void)needed;
    return rcSecurityDisallow;
}

static bool settle(uint32_t budget)
{
    uint64_t upto = 0;
    return objects_settle(&upto, budget);
}

static int start(void **state)
{
    (void)state;
    machine_start_default();
    for (int i = 0; i < SPACES; i++) {
        if (aspace_create(&root_account, &spaces[i]) != rcOk)
            return -1;
        handle_table_init(&tables[i], &root_account);
    }
    return 0;
}

static int finish(void **state)
{
    (void)state;
    for (int i = 0; i < SPACES; i++) {
        uint32_t cursor = 0;
        while (!handle_table_teardown_step(&tables[i], &cursor, 64))
            ;
        while (!aspace_teardown_step(spaces[i], 3))
            ;
        aspace_put(spaces[i]);
    }
    uint64_t upto = 0;
    while (!objects_settle(&upto, 1))
        ;
    kmem_trim();
    return root_account.used || root_account.refs != 1 || frame_free_count() != frame_total_count();
}

static handle_t make(unsigned space, uint64_t pages)
{
    struct mdl *m = NULL;
    assert_int_equal(handle_reserve(&tables[space], 1), rcOk);
    assert_int_equal(mdl_create(&root_account, pages * PAGE_SIZE, VM_READ | VM_WRITE, &m), rcOk);
    handle_t h = handle_install(&tables[space], &m->object, mdl_rights(m));
    object_put(&m->object);
    return h;
}

static Retcode map(unsigned space, handle_t h, uint64_t offset, uint64_t pages, uint32_t prot,
                   uint64_t *va)
{
    bool is_filled;
    return mdl_map(handle_lookup(&tables[space], h), spaces[space], offset * PAGE_SIZE,
                   pages * PAGE_SIZE, 0, prot | (machine_random(2) ? VM_FILL : 0), va, &is_filled);
}

/* ---- tables ---- */

static void tables_of_every_depth(void **state)
{
    static const uint64_t sizes[] = {1, 2, 511, 512, 513, 1025, 5000};
    (void)state;
    for (unsigned i = 0; i < sizeof sizes / sizeof *sizes; i++) {
        uint64_t n = sizes[i], used = root_account.used, frames = frame_free_count();
        struct shared s;
        assert_int_equal(shared_init(&s, &root_account, n), rcOk);
        assert_true(root_account.used - used >= n * PAGE_SIZE);
        assert_int_equal(shared_find(&s, n - 1), 0);
        for (uint64_t page = 0; page < n; page += 1 + machine_random(300)) {
            paddr frame = shared_frame(&s, page);
            assert_true(frame != 0);
            assert_int_equal(shared_find(&s, page), frame);
            assert_false(shared_adopt(&s, page, frame));
        }
        assert_true(shared_frame(&s, n - 1) != 0);
        /* what was charged covers all that was taken */
        assert_true((frames - frame_free_count()) * PAGE_SIZE <= root_account.used - used);
        while (!shared_teardown_step(&s, 1 + (unsigned)machine_random(9)))
            ;
        assert_int_equal(root_account.used, used);
        assert_int_equal(frame_free_count(), frames);
    }
    struct shared s;
    assert_int_equal(shared_init(&s, &root_account, 0), rcInvalidArgument);
    assert_int_equal(shared_init(&s, &root_account, SHARED_PAGES_MAX + 1), rcQuotaExceeded);
    assert_int_equal(shared_init(&s, &root_account, SHARED_PAGES_MAX), rcQuotaExceeded);
}

/* ---- badges ---- */

static void a_mapping_keeps_a_badge_open(void **state)
{
    (void)state;
    uint64_t va = 0;
    struct badge *b = NULL;
    handle_t h = make(0, 4);
    assert_int_equal(badge_create(&root_account, 7, &b), rcOk);
    assert_int_equal(handle_reserve(&tables[1], 1), rcOk);
    handle_t given =
        handle_install_child(&tables[1], handle_lookup(&tables[0], h), RIGHT_MDL_READ, b);
    assert_int_equal(map(1, given, 0, 4, VM_READ, &va), rcOk);
    assert_int_equal(handle_close(&tables[1], given), rcOk);
    assert_true(settle(9));
    assert_false(b->is_closed);
    assert_int_equal(aspace_free(spaces[1], va, PAGE_SIZE), rcOk);
    assert_false(b->is_closed);
    assert_int_equal(aspace_free(spaces[1], va + PAGE_SIZE, 3 * PAGE_SIZE), rcOk);
    assert_true(settle(9));
    assert_true(b->is_closed);
    object_put(&b->object);
}

/* ---- random operations ---- */

struct node {
    bool is_used;
    unsigned space;
    handle_t h;
    uint32_t prot;
    int parent; /* node, or -1 */
};
struct show {
    bool is_used;
    unsigned space;
    uint64_t va;
    unsigned offset, pages;
    uint32_t max_prot;
    uint32_t prot[PAGES]; /* 0: unmapped */
    int parent;
};
static struct node nodes[NODES];
static struct show shows[MAPS];
static uint8_t bytes[PAGES];
static int doomed = -1; /* node being revoked */
static uint64_t unmapped_by_revoke;

static bool is_doomed(int node)
{
    for (; node >= 0; node = nodes[node].parent) {
        if (node == doomed)
            return true;
    }
    return false;
}

static int pick_node(void)
{
    for (unsigned tries = 0; tries < 16; tries++) {
        int i = (int)machine_random(NODES);
        if (nodes[i].is_used && i != doomed && handle_lookup(&tables[nodes[i].space], nodes[i].h))
            return i;
    }
    return -1;
}

static int free_node(void)
{
    for (int i = 0; i < NODES; i++) {
        if (!nodes[i].is_used)
            return i;
    }
    return -1;
}

static void op_copy(void)
{
    int from = pick_node(), to = free_node();
    if (from < 0 || to < 0)
        return;
    unsigned space = (unsigned)machine_random(SPACES);
    struct handle_entry *e = handle_lookup(&tables[nodes[from].space], nodes[from].h);
    uint32_t rights = machine_random(3) ? e->rights : e->rights & ~(uint32_t)RIGHT_MDL_WRITE;
    assert_int_equal(handle_reserve(&tables[space], 1), rcOk);
    nodes[to] = (struct node){true, space, 0, rights & RIGHT_MDL_WRITE ? VM_WRITE | VM_READ : VM_READ,
                              from};
    nodes[to].h = handle_install_child(&tables[space], e, rights, NULL);
}

static void op_map(void)
{
    int from = pick_node(), i = (int)machine_random(MAPS);
    if (from < 0 || shows[i].is_used)
        return;
    struct show s = {.is_used = true, .space = nodes[from].space, .parent = from};
    s.max_prot = nodes[from].prot;
    s.offset = (unsigned)machine_random(PAGES);
    s.pages = 1 + (unsigned)machine_random(PAGES - s.offset);
    uint32_t prot = machine_random(2) ? VM_READ : VM_READ | VM_WRITE;
    bool is_failing = machine_random(4) == 0;
    mm_fail_nth(is_failing ? 1 + machine_random(2) : 0);
    Retcode rc = map(s.space, nodes[from].h, s.offset, s.pages, prot, &s.va);
    bool has_failed = is_failing && mm_fail_remaining() == 0;
    mm_fail_nth(0);
    if (prot & ~s.max_prot)
        assert_int_equal(rc, rcSecurityDisallow);
    else
        assert_int_equal(rc, has_failed ? rcOutOfMemory : rcOk);
    for (unsigned p = 0; p < s.pages; p++)
        s.prot[p] = prot;
    if (rc == rcOk)
        shows[i] = s;
}

/* Whether another mapping than s may be at va: freed addresses are used again. */
static bool is_taken(const struct show *s, uint64_t va)
{
    for (int i = 0; i < MAPS; i++) {
        const struct show *o = &shows[i];
        if (o != s && o->is_used && o->space == s->space && va >= o->va &&
            va < o->va + o->pages * PAGE_SIZE)
            return true;
    }
    return false;
}

/* A mapping whose model is certain, or null. */
static struct show *pick_show(void)
{
    struct show *s = &shows[machine_random(MAPS)];
    return s->is_used && !is_doomed(s->parent) ? s : NULL;
}

static void op_unmap(void)
{
    struct show *s = pick_show();
    if (!s)
        return;
    unsigned from = (unsigned)machine_random(s->pages);
    unsigned n = machine_random(2) ? 1 : s->pages - from;
    if (!s->prot[from])
        return;
    assert_int_equal(aspace_free(spaces[s->space], s->va + from * PAGE_SIZE, PAGE_SIZE), rcOk);
    s->prot[from] = 0;
    for (unsigned p = from + 1; p < from + n; p++) {
        if (s->prot[p])
            assert_int_equal(aspace_free(spaces[s->space], s->va + p * PAGE_SIZE, PAGE_SIZE), rcOk);
        s->prot[p] = 0;
    }
    s->is_used = false;
    for (unsigned p = 0; p < s->pages; p++)
        s->is_used |= s->prot[p] != 0;
}

static void op_protect(void)
{
    struct show *s = pick_show();
    if (!s)
        return;
    unsigned p = (unsigned)machine_random(s->pages);
    uint32_t prot = machine_random(2) ? VM_READ : VM_READ | VM_WRITE;
    if (!s->prot[p])
        return;
    Retcode rc = aspace_op_all(spaces[s->space], VM_OP_PROTECT, s->va + p * PAGE_SIZE, PAGE_SIZE,
                               prot);
    assert_int_equal(rc, prot & ~s->max_prot ? rcSecurityDisallow : rcOk);
    if (rc == rcOk)
        s->prot[p] = prot;
}

static void op_touch(void)
{
    struct show *s = pick_show();
    if (!s)
        return;
    unsigned p = (unsigned)machine_random(s->pages);
    uint8_t byte = 0xee, next = (uint8_t)machine_random(256);
    uint64_t va = s->va + p * PAGE_SIZE + 77;
    if (!s->prot[p] && is_taken(s, va))
        return;
    assert_int_equal(aspace_read(spaces[s->space], va, &byte, 1), s->prot[p] != 0);
    if (s->prot[p])
        assert_int_equal(byte, bytes[s->offset + p]);
    bool is_written = aspace_write(spaces[s->space], va, &next, 1);
    assert_int_equal(is_written, (s->prot[p] & VM_WRITE) != 0);
    if (is_written)
        bytes[s->offset + p] = next;
}

static void forget(int node)
{
    for (int i = 0; i < NODES; i++) {
        if (nodes[i].is_used && nodes[i].parent == node)
            nodes[i].parent = nodes[node].parent;
    }
    for (int i = 0; i < MAPS; i++) {
        if (shows[i].is_used && shows[i].parent == node)
            shows[i].parent = nodes[node].parent;
    }
    nodes[node].is_used = false;
}

static void op_close(void)
{
    int i = (int)machine_random(NODES);
    if (!nodes[i].is_used || i == doomed || i == 0) /* the root stays */
        return;
    assert_int_equal(handle_close(&tables[nodes[i].space], nodes[i].h), rcOk);
    forget(i);
}

static void op_any(void);

/* Everything below the revoked node is gone. */
static void settle_revoked(void)
{
    for (int i = 0; i < MAPS; i++) {
        struct show *s = &shows[i];
        if (!s->is_used || !is_doomed(s->parent))
            continue;
        for (unsigned p = 0; p < s->pages; p++) {
            uint64_t va = s->va + p * PAGE_SIZE;
            if (!is_taken(s, va))
                assert_int_equal(aspace_fault(spaces[s->space], va, ACCESS_READ),
                                 VM_FAULT_UNMAPPED);
        }
        unmapped_by_revoke++;
        s->is_used = false;
    }
    for (int i = 0; i < NODES; i++) {
        if (!nodes[i].is_used || i == doomed || !is_doomed(i))
            continue;
        assert_int_equal(handle_miss(&tables[nodes[i].space], nodes[i].h), rcHandleRevoked);
    }
    for (int i = 0; i < NODES; i++) {
        if (nodes[i].is_used && i != doomed && is_doomed(i)) {
            assert_int_equal(handle_close(&tables[nodes[i].space], nodes[i].h), rcOk);
            forget(i);
        }
    }
    forget(doomed);
}

static void op_revoke(void)
{
    struct revoke r = {0};
    int i = pick_node();
    if (i <= 0 || doomed >= 0)
        return;
    doomed = i;
    revoke_start(&r, handle_lookup(&tables[nodes[i].space], nodes[i].h));
    while (!revoke_step(&r, 1 + (uint32_t)machine_random(3))) {
        for (uint64_t n = machine_random(3); n > 0; n--)
            op_any();
    }
    settle_revoked();
    doomed = -1;
}

static void op_any(void)
{
    static void (*const ops[])(void) = {op_copy, op_copy,    op_map,   op_map,   op_map,
                                        op_unmap, op_protect, op_touch, op_touch, op_close};
    ops[machine_random(sizeof ops / sizeof *ops)]();
}

static void random_operations(void **state)
{
    (void)state;
    for (unsigned round = 0; round < ROUNDS; round++) {
        machine_seed(round);
        memset(nodes, 0, sizeof nodes);
        memset(shows, 0, sizeof shows);
        memset(bytes, 0, sizeof bytes);
        nodes[0] = (struct node){true, 0, make(0, PAGES), VM_READ | VM_WRITE, -1};
        for (unsigned step = 0; step < STEPS; step++) {
            op_any();
            if (machine_random(30) == 0)
                op_revoke();
        }
        for (int i = 0; i < NODES; i++) {
            if (nodes[i].is_used)
                assert_int_equal(handle_close(&tables[nodes[i].space], nodes[i].h), rcOk);
        }
        for (int i = 0; i < MAPS; i++) {
            if (shows[i].is_used && shows[i].prot[0])
                aspace_free(spaces[shows[i].space], shows[i].va, shows[i].pages * PAGE_SIZE);
        }
    }
    assert_true(unmapped_by_revoke > 1000);
    print_message("%llu mappings taken back\n", (unsigned long long)unmapped_by_revoke);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(tables_of_every_depth, start, finish),
        cmocka_unit_test_setup_teardown(a_mapping_keeps_a_badge_open, start, finish),
        cmocka_unit_test_setup_teardown(random_operations, start, finish),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
