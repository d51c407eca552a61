/*
 * model_test.c: random operations on an address space against an array of pages.
 *
 * The model knows of every page of a window whether it is taken, committed, how it is protected and
 * which byte it holds. After each operation the tree's invariants are checked; faults and bytes are
 * compared all along. A second run makes an allocation fail in most operations: the operation must say
 * so and the address space must be as one of the two models says.
 */
#include "machine.h"

#include <string.h>

#include "mm/region.h"

#define WINDOW_LOW   (1ull << 30) - 40 * PAGE_SIZE /* across page tables */
#define WINDOW_PAGES 96u

struct page {
    bool is_taken, is_committed;
    uint8_t prot, byte;
};

static struct aspace *as;
static struct page model[WINDOW_PAGES];

static uint64_t va_of(unsigned i)
{
    return (WINDOW_LOW) + i * PAGE_SIZE;
}

static unsigned check_tree(const struct region *r, const struct region *parent, uint64_t *last,
                           uint64_t *charge)
{
    if (!r)
        return 0;
    assert_ptr_equal(r->parent, parent);
    unsigned left = check_tree(r->left, r, last, charge);
    assert_true(r->low >= *last && r->low <= r->high);
    assert_int_equal(r->gap, r->low - *last);
    *last = r->high;
    if (r->is_committed)
        *charge += r->high - r->low;
    unsigned right = check_tree(r->right, r, last, charge);
    uint64_t max = r->gap;
    if (r->left && r->left->max_gap > max)
        max = r->left->max_gap;
    if (r->right && r->right->max_gap > max)
        max = r->right->max_gap;
    assert_int_equal(r->max_gap, max);
    assert_true(left <= right + 1 && right <= left + 1);
    unsigned height = 1 + (left > right ? left : right);
    assert_int_equal(r->height, height);
    return height;
}

static void check_invariants(void)
{
    uint64_t last = USER_LOW, charge = 0, expected = 0;
    check_tree(as->tree, NULL, &last, &charge);
    assert_int_equal(last, USER_TOP);
    for (unsigned i = 0; i < WINDOW_PAGES; i++)
        expected += model[i].is_taken && model[i].is_committed ? PAGE_SIZE : 0;
    assert_int_equal(charge, expected);
}

static enum vm_fault expected_fault(const struct page *p, uint32_t access)
{
    if (!p->is_taken)
        return VM_FAULT_UNMAPPED;
    if (!p->is_committed)
        return VM_FAULT_RESERVED;
    if (!p->prot || (access & ACCESS_WRITE && !(p->prot & VM_WRITE)))
        return VM_FAULT_PROTECTION;
    return VM_FAULT_RESOLVED;
}

static void touch(unsigned i)
{
    struct page *p = &model[i];
    bool is_write = machine_random(2);
    uint8_t byte = (uint8_t)machine_random(256);
    uint64_t at = va_of(i) + machine_random(PAGE_SIZE);
    enum vm_fault f = aspace_fault(as, at, is_write ? ACCESS_WRITE : ACCESS_READ);
    if (f == VM_FAULT_NO_MEMORY)
        return;
    assert_int_equal(f, expected_fault(p, is_write ? ACCESS_WRITE : ACCESS_READ));
    if (f != VM_FAULT_RESOLVED)
        return;
    uint8_t seen = 0;
    assert_true(aspace_read(as, va_of(i) + 17, &seen, 1));
    assert_int_equal(seen, p->byte);
    if (is_write) {
        assert_true(aspace_write(as, va_of(i) + 17, &byte, 1));
        p->byte = byte;
    }
}

static void model_allocate(unsigned i, unsigned n, uint32_t flags)
{
    uint64_t out = 0;
    bool is_free = true;
    for (unsigned k = i; k < i + n; k++)
        is_free = is_free && !model[k].is_taken;
    Retcode rc = aspace_allocate(as, va_of(i), n * PAGE_SIZE, flags | VM_FIXED, &out);
    if (rc == rcOutOfMemory)
        return;
    assert_int_equal(rc, is_free ? rcOk : rcAlreadyExists);
    for (unsigned k = i; rc == rcOk && k < i + n; k++)
        model[k] = (struct page){true, flags & VM_COMMIT, flags & VM_PROT_MASK, 0};
}

/* Whether every page from i to i + n is taken. */
static bool is_whole(unsigned i, unsigned n)
{
    for (unsigned k = i; k < i + n; k++) {
        if (!model[k].is_taken)
            return false;
    }
    return true;
}

static void apply(struct page *p, enum vm_op_kind kind, uint32_t flags)
{
    switch (kind) {
    case VM_OP_FREE:
        *p = (struct page){0};
        break;
    case VM_OP_PROTECT:
        p->prot = (uint8_t)flags;
        break;
    case VM_OP_COMMIT:
        p->byte = p->is_committed ? p->byte : 0;
        p->is_committed = true;
        break;
    case VM_OP_DECOMMIT:
        p->is_committed = false;
        p->byte = 0;
        break;
    case VM_OP_POPULATE:
    case VM_OP_KEEP:
    case VM_OP_UNDO:
        break;
    }
}

static void model_operation(enum vm_op_kind kind, unsigned i, unsigned n, uint32_t flags)
{
    bool is_lenient = kind == VM_OP_FREE || kind == VM_OP_POPULATE; /* skips holes but at the start */
    Retcode rc = aspace_op_all(as, kind, va_of(i), n * PAGE_SIZE, flags);
    if (rc == rcOutOfMemory) /* all is as before; of POPULATE, as far as can be seen */
        return;
    bool is_good = is_lenient ? model[i].is_taken : is_whole(i, n);
    assert_int_equal(rc, is_good ? rcOk : rcInvalidArgument);
    for (unsigned k = i; rc == rcOk && k < i + n; k++) {
        if (model[k].is_taken)
            apply(&model[k], kind, flags);
    }
}

/* A commit that has to give all frames: when it cannot, or when it is taken back for fun, all is as
 * before. */
static void commit_locked(unsigned i, unsigned n)
{
    Retcode rc = aspace_op_all(as, VM_OP_COMMIT, va_of(i), n * PAGE_SIZE, VM_TENTATIVE);
    if (rc == rcOutOfMemory)
        return;
    assert_int_equal(rc, is_whole(i, n) ? rcOk : rcInvalidArgument);
    if (rc != rcOk)
        return;
    rc = aspace_op_all(as, VM_OP_POPULATE, va_of(i), n * PAGE_SIZE, 0);
    bool is_kept = rc == rcOk && machine_random(2);
    rc = aspace_op_all(as, is_kept ? VM_OP_KEEP : VM_OP_UNDO, va_of(i), n * PAGE_SIZE, 0);
    assert_int_equal(rc, rcOk);
    for (unsigned k = i; is_kept && k < i + n; k++)
        apply(&model[k], VM_OP_COMMIT, 0);
}

static void one_step(bool may_fail)
{
    static const uint8_t prots[] = {0, VM_READ, VM_READ | VM_WRITE, VM_READ | VM_EXEC,
                                    VM_READ | VM_WRITE};
    unsigned i = (unsigned)machine_random(WINDOW_PAGES);
    unsigned n = 1 + (unsigned)machine_random(WINDOW_PAGES - i < 20 ? WINDOW_PAGES - i : 20);
    uint32_t prot = prots[machine_random(5)];
    unsigned what = (unsigned)machine_random(16);
    if (may_fail && machine_random(2))
        mm_fail_nth(1 + machine_random(4));
    if (what < 3)
        model_allocate(i, n, prot | (machine_random(3) ? VM_COMMIT : 0));
    else if (what < 5)
        model_operation(VM_OP_FREE, i, n, 0);
    else if (what < 7)
        model_operation(VM_OP_PROTECT, i, n, prot);
    else if (what < 8)
        model_operation(VM_OP_COMMIT, i, n, 0);
    else if (what < 9)
        model_operation(VM_OP_DECOMMIT, i, n, 0);
    else if (what < 10)
        model_operation(VM_OP_POPULATE, i, n, 0);
    else if (what < 11)
        commit_locked(i, n);
    mm_fail_nth(0);
    if (what >= 11)
        touch(i);
}

static void run(uint64_t seed, unsigned steps, bool may_fail)
{
    machine_start_default();
    machine_seed(seed);
    memset(model, 0, sizeof model);
    assert_int_equal(aspace_create(&root_account, &as), rcOk);
    for (unsigned i = 0; i < steps; i++) {
        one_step(may_fail);
        check_invariants();
    }
    while (!aspace_teardown_step(as, 1 + (unsigned)machine_random(9)))
        ;
    aspace_put(as);
    assert_int_equal(root_account.used, 0);
    kmem_trim();
    assert_int_equal(frame_free_count(), frame_total_count());
}

static void agrees_with_the_model(void **state)
{
    (void)state;
    for (uint64_t seed = 1; seed <= 8; seed++)
        run(seed, 2500, false);
}

static void agrees_when_allocations_fail(void **state)
{
    (void)state;
    for (uint64_t seed = 100; seed <= 108; seed++)
        run(seed, 2500, true);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(agrees_with_the_model),
        cmocka_unit_test(agrees_when_allocations_fail),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
