/*
 * kmem_test.c: kernel memory: zeroed, aligned, never shared, charged and given back; accounts.
 */
#include "machine.h"

#include <stdint.h>
#include <string.h>

static bool is_all(const unsigned char *p, size_t n, unsigned char value)
{
    for (size_t i = 0; i < n; i++) {
        if (p[i] != value)
            return false;
    }
    return true;
}

static void zeroed_and_aligned(void **state)
{
    (void)state;
    machine_start_default();
    for (size_t size = 1; size <= 70000; size += size < 4096 ? 1 : 1777) {
        Retcode rc = rcFail;
        unsigned char *p = kmem_alloc(&root_account, size, &rc);
        assert_non_null(p);
        assert_int_equal(rc, rcOk);
        assert_true(is_all(p, size, 0));
        assert_int_equal((uintptr_t)p % 16, 0);
        if (size % 64 == 0)
            assert_int_equal((uintptr_t)p % 64, 0);
        if (size > 2048)
            assert_int_equal((uintptr_t)p % PAGE_SIZE, 0);
        memset(p, 0xee, size);
        kmem_free(&root_account, p, size);
    }
    assert_int_equal(root_account.used, 0);
    assert_int_equal(kmem_used(), 0);
    kmem_trim();
    assert_int_equal(frame_free_count(), frame_total_count());
}

static void refuses_nonsense(void **state)
{
    (void)state;
    machine_start_default();
    Retcode rc;
    assert_null(kmem_alloc(&root_account, 0, &rc));
    assert_int_equal(rc, rcInvalidArgument);
    assert_null(kmem_alloc(&root_account, (size_t)KMEM_MAX + 1, &rc));
    assert_int_equal(rc, rcInvalidArgument);
    void *p = kmem_alloc(&root_account, KMEM_MAX, &rc);
    assert_non_null(p);
    kmem_free(&root_account, p, KMEM_MAX);
    kmem_free(&root_account, NULL, 5);
}

static void random_use(void **state)
{
    static struct {
        unsigned char *p;
        size_t size;
        unsigned char pattern;
    } held[600];
    (void)state;
    machine_start_default();
    machine_seed(11);
    for (unsigned round = 0; round < 60000; round++) {
        unsigned i = (unsigned)machine_random(600);
        if (held[i].p) {
            assert_true(is_all(held[i].p, held[i].size, held[i].pattern));
            kmem_free(&root_account, held[i].p, held[i].size);
            held[i].p = NULL;
            continue;
        }
        Retcode rc;
        held[i].size = 1 + machine_random(machine_random(20) ? 2100 : 40000);
        held[i].p = kmem_alloc(&root_account, held[i].size, &rc);
        if (!held[i].p)
            continue;
        assert_true(is_all(held[i].p, held[i].size, 0));
        held[i].pattern = (unsigned char)machine_random(255);
        memset(held[i].p, held[i].pattern, held[i].size);
    }
    for (unsigned i = 0; i < 600; i++) {
        kmem_free(&root_account, held[i].p, held[i].size);
        held[i].p = NULL;
    }
    assert_int_equal(root_account.used, 0);
    kmem_trim();
    assert_int_equal(frame_free_count(), frame_total_count());
}

static void quota(void **state)
{
    (void)state;
    machine_start_default();
    struct account *a = NULL;
    Retcode rc;
    assert_int_equal(account_create(&root_account, 1000, &a), rcOk);
    uint64_t parent_used = root_account.used;
    assert_true(parent_used >= 1000);
    void *p = kmem_alloc(a, 500, &rc); /* charged as 512 */
    assert_non_null(p);
    assert_int_equal(a->used, 512);
    assert_null(kmem_alloc(a, 500, &rc));
    assert_int_equal(rc, rcQuotaExceeded);
    assert_int_equal(a->used, 512);
    assert_int_equal(root_account.used, parent_used);
    kmem_free(a, p, 500);
    struct account *b = NULL;
    assert_int_equal(account_create(a, 5000, &b), rcQuotaExceeded);
    assert_int_equal(account_create(a, 100, &b), rcOk);
    account_put(a); /* the child keeps it */
    assert_true(root_account.used > 0);
    account_put(b);
    assert_int_equal(root_account.used, 0);
    assert_int_equal(root_account.refs, 1);
}

static void fails_cleanly(void **state)
{
    (void)state;
    machine_start_default();
    struct account *a = NULL;
    Retcode rc;
    mm_fail_nth(1);
    assert_int_equal(account_create(&root_account, 100, &a), rcOutOfMemory);
    assert_null(a);
    mm_fail_nth(2);
    void *p = kmem_alloc(&root_account, 40, &rc);
    assert_non_null(p);
    assert_null(kmem_alloc(&root_account, 40, &rc));
    assert_int_equal(rc, rcOutOfMemory);
    kmem_free(&root_account, p, 40);
    assert_int_equal(root_account.used, 0);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(zeroed_and_aligned), cmocka_unit_test(refuses_nonsense),
        cmocka_unit_test(random_use),         cmocka_unit_test(quota),
        cmocka_unit_test(fails_cleanly),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
