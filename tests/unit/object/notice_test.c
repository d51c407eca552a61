/*
 * notice_test.c: taking entries out of a notification receiver in steps, with others at it as well.
 */
#include "world.h"

#include "object/event.h"

enum { ENTRIES = 500, STEP = 7 };

static unsigned destroyed;

static bool destroy(struct object *o, uint32_t budget)
{
    (void)o;
    (void)budget;
    destroyed++;
    return true;
}

static const struct object_ops ops = {.name = "test object", .destroy = destroy};
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
    uint64_t upto = 0;
    object_put(&notice->object);
    while (!objects_settle(&upto, 1))
        assert_int_not_equal(account.used, 0);
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

/* How many entries have something to read; takes it. */
static unsigned take_all(uint32_t events)
{
    unsigned count = 0;
    uint64_t id;
    uint32_t got;
    while (notice_take(notice, &id, &got)) {
        assert_int_equal(got, events);
        count++;
    }
    return count;
}

/* Two events of one object at once, while some subscribe and others leave: whoever was there when an
 * event began, and still is, is told of it. */
static void test_posts_in_steps(void **state)
{
    struct post x = {0}, y = {0};
    struct notice_scan scan = {0};
    (void)state;
    assert_false(object_post(&x, &a, 1u << 16, STEP));
    assert_true(object_is_posting(&x));
    assert_false(object_post(&y, &a, 1u << 16, 2 * STEP));
    subscribe(&a, 1000);
    while (notice_unsubscribe(&scan, notice, &a, true, 3, STEP) == rcRestart)
        assert_int_equal(a.refs, 3);
    for (bool x_is_done = false, y_is_done = false; !x_is_done || !y_is_done;) {
        x_is_done = x_is_done || object_post_step(&x, STEP);
        y_is_done = y_is_done || object_post_step(&y, 1);
    }
    assert_int_equal(a.refs, 1);
    assert_int_equal(take_all(1u << 16), ENTRIES / 2 - ENTRIES / 10);
    assert_true(object_post(&x, &a, 1u << 17, 10 * ENTRIES));
    assert_int_equal(take_all(1u << 17), 0);
}

/* The end of an object tells everybody before its memory goes, in steps. */
static void test_end_in_steps(void **state)
{
    unsigned steps = 0;
    uint64_t upto = 0;
    struct post x = {0};
    (void)state;
    for (uint64_t i = 0; i < ENTRIES; i++)
        assert_int_equal(notice_subscribe(notice, &account, &b, EVENT_OBJECT_DESTROYED, i, 0), rcOk);
    assert_false(object_post(&x, &b, 1u << 16, STEP));
    destroyed = 0;
    object_put(&b); /* the event under way holds it */
    assert_int_equal(destroyed, 0);
    while (!object_post_step(&x, STEP))
        ;
    assert_int_equal(destroyed, 0);
    for (; !objects_settle(&upto, STEP); steps++)
        assert_int_equal(destroyed, 0);
    assert_int_equal(destroyed, 1);
    assert_true(steps > ENTRIES / (2 * STEP));
    uint64_t id;
    uint32_t events;
    unsigned ended = 0, told = 0;
    while (notice_take(notice, &id, &events)) {
        ended += events == EVENT_OBJECT_DESTROYED;
        told += events == 1u << 16;
    }
    assert_int_equal(ended, ENTRIES);
    assert_int_equal(told, ENTRIES / 2);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test_setup_teardown(test_two_at_once, setup, teardown),
        cmocka_unit_test_setup_teardown(test_nothing_found, setup, teardown),
        cmocka_unit_test_setup_teardown(test_dropped_half_way, setup, teardown),
        cmocka_unit_test_setup_teardown(test_posts_in_steps, setup, teardown),
        cmocka_unit_test_setup_teardown(test_end_in_steps, setup, teardown),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
