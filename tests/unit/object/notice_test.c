/*
 * notice_test.c: taking entries out of a notification receiver in steps, with others at it as well.
 */
#include "world.h"

#include "object/notice.h"

enum { ENTRIES = 500, STEP = 7 };

static const struct object_ops ops = {"test object", NULL, NULL, NULL};
static struct account account;
static struct object a, b;
static struct notice *notice;

static void subscribe(struct object *o, uint64_t id)
{
    assert_int_equal(notice_subscribe(notice, &account, o, 1u << 16, id, 0), rcOk);
}

static int setup(void **state)
{
    (void)state;
    account = (struct account){.limit = 1u << 30, .refs = 1};
    object_init(&a, OBJECT_USER, &ops);
    object_init(&b, OBJECT_USER, &ops);
    assert_int_equal(notice_create(&account, &notice), rcOk);
    for (uint64_t i = 0; i < ENTRIES; i++)
        subscribe(i % 2 ? &a : &b, i % 5);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    object_put(&notice->object);
    assert_int_equal(account.used, 0);
    assert_int_equal(account.refs, 1);
    return 0;
}

static unsigned entries_of(const struct object *o)
{
    unsigned count = 0;
    for (const struct list *l = o->subscriptions.next; l != &o->subscriptions; l = l->next)
        count++;
    return count;
}

static void test_two_at_once(void **state)
{
    struct notice_scan x = {0}, y = {0};
    Retcode first = rcRestart, second = rcRestart;
    (void)state;
    while (first == rcRestart || second == rcRestart) {
        if (first == rcRestart)
            first = notice_unsubscribe(&x, notice, &a, false, 0, STEP);
        if (second == rcRestart)
            second = notice_unsubscribe(&y, notice, &b, true, 0, 2 * STEP);
    }
    assert_int_equal(first, rcOk);
    assert_int_equal(second, rcOk);
    assert_int_equal(entries_of(&a), 0);
    assert_int_equal(entries_of(&b), ENTRIES / 2 - ENTRIES / 10);
}

static void test_nothing_found(void **state)
{
    struct notice_scan x = {0};
    Retcode rc;
    (void)state;
    do {
        rc = notice_unsubscribe(&x, notice, &a, true, 77, STEP);
    } while (rc == rcRestart);
    assert_int_equal(rc, rcResourceNotFound);
    assert_int_equal(entries_of(&a), ENTRIES / 2);
}

static void test_dropped_half_way(void **state)
{
    struct notice_scan x = {0};
    (void)state;
    assert_int_equal(notice_unsubscribe(&x, notice, &a, false, 0, STEP), rcRestart);
    notice_scan_drop(&x);
    notice_scan_drop(&x);
    assert_int_equal(notice->object.refs, 1);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_two_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_found, setup, teardown),
        cmocka_unit_test_setup_teardown(test_dropped_half_way, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
