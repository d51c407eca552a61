/*
 * tlb_test.c: what other CPUs are told when memory goes away, and that frames are free only afterwards.
 */
#include "machine.h"

#define PAGES 10

static struct aspace *as;
static uint64_t free_at_call; /* frames that were free when the other CPU was told */
static uint64_t va;

static void note_call(void)
{
    struct page_info page;
    free_at_call = frame_free_count();
    assert_false(paging_query(&as->arch, va, &page) && page.prot & ACCESS_WRITE);
}

static int start(void **state)
{
    (void)state;
    machine_start_default();
    as = NULL;
    if (aspace_create(&root_account, &as) != rcOk)
        return -1;
    has_other_cpu = true;
    other_cpu.root = as->arch.root;
    other_cpu_told = NULL;
    return 0;
}

static int finish(void **state)
{
    (void)state;
    other_cpu_told = NULL;
    while (!aspace_teardown_step(as, 7))
        ;
    aspace_put(as);
    kmem_trim();
    return root_account.used || frame_free_count() != frame_total_count() ? -1 : 0;
}

/* Memory with all its pages. */
static void populate(uint64_t pages)
{
    assert_int_equal(aspace_allocate(as, 0, pages * PAGE_SIZE, VM_READ | VM_WRITE | VM_COMMIT, &va),
                     rcOk);
    assert_int_equal(aspace_op_all(as, VM_OP_POPULATE, va, pages * PAGE_SIZE, 0), rcOk);
    assert_int_equal(other_cpu_calls, 0); /* what was not there before needs no forgetting */
    other_cpu_told = note_call;
}

static void frames_are_free_when_all_have_forgotten(void **state)
{
    (void)state;
    populate(PAGES);
    uint64_t before = frame_free_count();
    assert_int_equal(aspace_free(as, va, PAGES * PAGE_SIZE), rcOk);
    assert_int_equal(other_cpu_calls, 1); /* once for all pages */
    assert_int_equal(free_at_call, before);
    assert_true(frame_free_count() >= before + PAGES);
}

static void each_step_is_finished(void **state)
{
    (void)state;
    struct vm_op op;
    populate(3 * VM_STEP_PAGES);
    assert_int_equal(aspace_op_start(as, &op, VM_OP_FREE, va, 3 * VM_STEP_PAGES * PAGE_SIZE, 0),
                     rcOk);
    uint64_t before = frame_free_count();
    assert_int_equal(aspace_op_step(as, &op), rcRestart);
    assert_int_equal(other_cpu_calls, 1);
    assert_true(frame_free_count() >= before + VM_STEP_PAGES - 8);
    while (aspace_op_step(as, &op) != rcOk)
        ;
    assert_true(other_cpu_calls >= 3);
}

static void less_access_is_told(void **state)
{
    (void)state;
    const uint64_t size = PAGES * PAGE_SIZE;
    populate(PAGES);
    assert_int_equal(aspace_op_all(as, VM_OP_PROTECT, va, size, VM_READ), rcOk);
    assert_int_equal(other_cpu_calls, 1);
    assert_int_equal(aspace_op_all(as, VM_OP_DECOMMIT, va, size, 0), rcOk);
    assert_int_equal(other_cpu_calls, 2);
}

static void who_has_it_not_loaded_is_left_alone(void **state)
{
    (void)state;
    populate(PAGES);
    other_cpu.root = 0;
    assert_int_equal(aspace_free(as, va, PAGES * PAGE_SIZE), rcOk);
    assert_int_equal(other_cpu_calls, 0);
}

static void the_last_one_leaves(void **state)
{
    (void)state;
    populate(1);
    other_cpu_told = NULL;
    assert_int_equal(aspace_free(as, va, PAGE_SIZE), rcOk);
    unsigned calls = other_cpu_calls;
    while (!aspace_teardown_step(as, 7))
        ;
    aspace_put(as);
    assert_true(other_cpu_calls > calls);
    assert_int_equal(other_cpu.root, 0);
    assert_int_equal(aspace_create(&root_account, &as), rcOk); /* for the end of the test */
}

#define TEST(name) cmocka_unit_test_setup_teardown(name, start, finish)

int main(void)
{
    const struct CMUnitTest tests[] = {
        TEST(frames_are_free_when_all_have_forgotten),
        TEST(each_step_is_finished),
        TEST(less_access_is_told),
        TEST(who_has_it_not_loaded_is_left_alone),
        TEST(the_last_one_leaves),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
