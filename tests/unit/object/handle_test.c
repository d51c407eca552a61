/*
 * handle_test.c: the handle table of a process: numbers, reuse, quota, growth, teardown.
 */
#include "world.h"

#include <string.h>

#include "mm/kmem.h"

static unsigned destroyed, last_handles;

static bool destroy(struct object *o, uint32_t budget)
{
    (void)o;
    (void)budget;
    destroyed++;
    return true;
}

static void last_handle(struct object *o)
{
    (void)o;
    last_handles++;
}

static const struct object_ops ops = {.name = "test object",
                                      .last_handle = last_handle,
                                      .destroy = destroy};

static struct account account;
static struct handle_table table;
static struct object object;
static uint64_t handles_before;

static int setup(void **state)
{
    (void)state;
    destroyed = last_handles = 0;
    account = (struct account){.limit = 1u << 30, .refs = 1};
    handle_table_init(&table, &account);
    object_init(&object, OBJECT_LISTENER, &ops);
    handles_before = handle_count();
    return 0;
}

static void tear_table_down(void)
{
    uint32_t cursor = 0;
    while (!handle_table_teardown_step(&table, &cursor, 64))
        ;
}

static int teardown(void **state)
{
    (void)state;
    mm_fail_nth(0);
    tear_table_down();
    assert_int_equal(account.used, 0);
    assert_int_equal(handle_count(), handles_before);
    object_put(&object);
    assert_int_equal(destroyed, 1);
    return 0;
}

static handle_t make(void)
{
    assert_int_equal(handle_reserve(&table, 1), rcOk);
    return handle_install(&table, &object, RIGHT_IPC_RECV);
}

static uint32_t index_of(handle_t h)
{
    return h & HANDLE_INDEX_MASK;
}

static void test_numbers_start_at_one(void **state)
{
    (void)state;
    assert_int_equal(make(), 1);
    assert_int_equal(make(), 2);
    assert_null(handle_lookup(&table, 0));
    assert_null(handle_lookup(&table, 3));
    assert_null(handle_lookup(&table, 0xfffff));
    assert_null(handle_lookup(&table, 0xffffffff));
    assert_ptr_equal(handle_lookup(&table, 1)->object, &object);
}

static void test_lookup_checks_kind_and_rights(void **state)
{
    (void)state;
    struct object *o = NULL;
    handle_t h = make();
    assert_int_equal(handle_get(&table, h, OBJECT_PROCESS, 0, &o), rcInvalidArgument);
    assert_int_equal(handle_get(&table, h, OBJECT_LISTENER, RIGHT_IPC_LISTEN, &o),
                     rcSecurityDisallow);
    assert_int_equal(handle_get(&table, h + 1, OBJECT_LISTENER, 0, &o), rcInvalidArgument);
    assert_null(o);
    assert_int_equal(handle_get(&table, h, OBJECT_LISTENER, RIGHT_IPC_RECV, &o), rcOk);
    assert_ptr_equal(o, &object);
}

static void test_close_tells_the_object(void **state)
{
    (void)state;
    handle_t a = make(), b = make();
    assert_int_equal(object.refs, 3);
    assert_int_equal(handle_close(&table, a), rcOk);
    assert_int_equal(last_handles, 0);
    assert_int_equal(handle_close(&table, a), rcInvalidArgument);
    assert_int_equal(handle_close(&table, b), rcOk);
    assert_int_equal(last_handles, 1);
    assert_int_equal(destroyed, 0);
    assert_int_equal(object.refs, 1);
}

static void test_the_kernels_channel_stays(void **state)
{
    (void)state;
    object.kind = OBJECT_CORE;
    handle_t h = make();
    assert_int_equal(handle_close(&table, h), rcSecurityDisallow);
    assert_non_null(handle_lookup(&table, h));
    object.kind = OBJECT_LISTENER;
}

/* A closed slot is not used again before 1,024 are free, and then with another generation. */
static void test_slots_rest_before_reuse(void **state)
{
    (void)state;
    handle_t first = make();
    assert_int_equal(handle_close(&table, first), rcOk);
    unsigned made = 0;
    handle_t h;
    for (;;) {
        h = make();
        made++;
        if (index_of(h) == index_of(first))
            break;
        assert_int_equal(h >> HANDLE_INDEX_BITS, 0);
        assert_int_equal(handle_close(&table, h), rcOk);
        assert_in_range(made, 0, 2 * HANDLE_FREE_MIN);
    }
    assert_true(made >= HANDLE_FREE_MIN);
    assert_int_equal(h >> HANDLE_INDEX_BITS, 1);
    assert_null(handle_lookup(&table, first));
    assert_non_null(handle_lookup(&table, h));
}

static void test_two_at_once_respect_the_rest_too(void **state)
{
    (void)state;
    handle_t h[63];
    for (int i = 0; i < 62; i++)
        h[i] = make();
    assert_int_equal(handle_close(&table, h[0]), rcOk);
    assert_int_equal(handle_reserve(&table, 2), rcOk);
    for (int i = 0; i < 2; i++) {
        handle_t n = handle_install(&table, &object, 0);
        assert_int_not_equal(index_of(n), index_of(h[0]));
    }
}

/* Slots that were never used are taken first: a table grows by a page when it has to, not to the
 * 1,024 slots that rest. */
static void test_a_table_grows_page_by_page(void **state)
{
    (void)state;
    handle_t h = 0;
    for (int i = 0; i < 63; i++)
        h = make();
    uint64_t one_page = account.used;
    assert_int_equal(handle_close(&table, h), rcOk);
    (void)make();
    assert_in_range(account.used, one_page + 1, one_page + 64 * sizeof(struct handle_entry) + 64);
}

/* 4,096 lives of one slot: no stale number matches in between, and the generation comes round. */
static void test_generations(void **state)
{
    (void)state;
    handle_t first = make();
    assert_int_equal(handle_close(&table, first), rcOk);
    unsigned lives = 1;
    for (uint64_t i = 0; i < 6000000; i++) {
        handle_t h = make();
        if (h == first)
            break;
        if (index_of(h) == index_of(first))
            lives++;
        handle_close(&table, h);
        assert_null(handle_lookup(&table, first));
    }
    assert_int_equal(lives, 4096);
}

static void test_many(void **state)
{
    (void)state;
    enum { N = 100000 };
    static handle_t h[N];
    for (int i = 0; i < N; i++)
        h[i] = make();
    assert_int_equal(table.used, N);
    for (int i = 0; i < N; i++)
        assert_ptr_equal(handle_lookup(&table, h[i])->object, &object);
    for (int i = 0; i < N; i += 2)
        assert_int_equal(handle_close(&table, h[i]), rcOk);
    for (int i = 0; i < N; i++)
        assert_int_equal(handle_lookup(&table, h[i]) != NULL, i % 2);
}

/* Every slot of the number space can be used, and no more. */
static void test_the_end_of_numbers(void **state)
{
    (void)state;
    uint32_t n = 0;
    Retcode rc;
    while ((rc = handle_reserve(&table, 1)) == rcOk) {
        handle_install(&table, &object, 0);
        n++;
    }
    assert_int_equal(rc, rcQuotaExceeded);
    assert_true(n >= HANDLE_INDEX_MASK - 64);
    assert_int_equal(handle_close(&table, 77), rcOk);
    assert_int_equal(handle_reserve(&table, 2), rcQuotaExceeded);
    assert_int_equal(make(), 77 | 1u << HANDLE_INDEX_BITS);
    assert_int_equal(handle_reserve(&table, 1), rcQuotaExceeded);
}

static void test_quota(void **state)
{
    (void)state;
    account.limit = 20000;
    uint32_t n = 0;
    Retcode rc;
    while ((rc = handle_reserve(&table, 1)) == rcOk) {
        handle_install(&table, &object, 0);
        n++;
    }
    assert_int_equal(rc, rcQuotaExceeded);
    assert_true(n >= 63);
    uint64_t used = account.used;
    assert_int_equal(handle_reserve(&table, 1), rcQuotaExceeded);
    assert_int_equal(account.used, used);
    account.limit = 1u << 20;
    assert_int_equal(handle_reserve(&table, 1), rcOk);
}

static void test_nothing_reserved(void **state)
{
    (void)state;
    assert_int_equal(handle_reserve(&table, 0), rcOk);
}

static void test_nth_allocation_fails(void **state)
{
    (void)state;
    for (uint64_t nth = 1;; nth++) {
        mm_fail_nth(nth);
        Retcode rc = handle_reserve(&table, 70);
        bool has_failed = !mm_fail_remaining();
        mm_fail_nth(0);
        if (rc == rcOk) {
            assert_false(has_failed);
            break;
        }
        assert_true(has_failed);
        assert_int_equal(rc, rcOutOfMemory);
        assert_int_equal(table.used, 0);
        tear_table_down();
        assert_int_equal(account.used, 0);
    }
    for (int i = 0; i < 70; i++)
        handle_install(&table, &object, 0);
}

static void test_teardown_in_steps(void **state)
{
    (void)state;
    uint32_t cursor = 0, steps = 1;
    for (int i = 0; i < 1000; i++)
        make();
    while (!handle_table_teardown_step(&table, &cursor, 64)) {
        steps++;
        assert_true(object.handles <= 1000);
    }
    assert_true(steps >= 1000 / 64);
    assert_int_equal(object.handles, 0);
    assert_int_equal(last_handles, 1);
    assert_int_equal(account.used, 0);
    assert_true(handle_table_teardown_step(&table, &cursor, 64)); /* again is harmless */
}

/* An object that goes away in the middle of teardown closes others of the same table. */
static void test_teardown_with_chain(void **state)
{
    (void)state;
    world_setup(NULL);
    struct process *server = world_process("test.Server", 10);
    handle_t l = world_listener(server);
    for (int i = 0; i < 100; i++)
        world_connect(server, server, l);
    world_teardown(NULL);
    handles_before = handle_count();
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_numbers_start_at_one),
        T(test_lookup_checks_kind_and_rights),
        T(test_close_tells_the_object),
        T(test_the_kernels_channel_stays),
        T(test_slots_rest_before_reuse),
        T(test_two_at_once_respect_the_rest_too),
        T(test_a_table_grows_page_by_page),
        T(test_generations),
        T(test_many),
        T(test_the_end_of_numbers),
        T(test_quota),
        T(test_nothing_reserved),
        T(test_nth_allocation_fails),
        T(test_teardown_in_steps),
        T(test_teardown_with_chain),
    };
    return cmocka_run_group_tests_name("object/handle", tests, NULL, NULL);
}
