/*
 * timer_test.c: the heap of deadlines against a sorted list.
 */
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/timer.h"

enum { TIMERS = 300, OPERATIONS = 100000 };

static struct timer timers[TIMERS];
static uint32_t seed = 12345;

static uint32_t random_below(uint32_t n)
{
    seed = seed * 1664525u + 1013904223u;
    return (seed >> 8) % n;
}

/* The earliest deadline, found the slow way. */
static uint64_t model_next(void)
{
    uint64_t next = TIME_NEVER;
    for (int i = 0; i < TIMERS; i++) {
        if (timers[i].is_armed && timers[i].deadline < next)
            next = timers[i].deadline;
    }
    return next;
}

/* Every node: links agree, deadlines grow downwards, ranks are those of a leftist heap. */
static uint32_t check(const struct timer *t, const struct timer *parent, unsigned *count)
{
    if (!t)
        return 0;
    assert_true(t->is_armed);
    assert_ptr_equal(t->parent, parent);
    assert_true(!parent || parent->deadline <= t->deadline);
    uint32_t left = check(t->left, t, count), right = check(t->right, t, count);
    assert_true(left >= right);
    assert_int_equal(t->rank, right + 1);
    (*count)++;
    return t->rank;
}

static void test_random(void **state)
{
    (void)state;
    struct timer_queue q = {0};
    unsigned armed = 0;
    for (int i = 0; i < OPERATIONS; i++) {
        struct timer *t = &timers[random_below(TIMERS)];
        uint32_t what = random_below(10);
        if (what < 5) {
            if (!t->is_armed) {
                timer_arm(&q, t, 1000 + random_below(what ? 100000 : 20));
                armed++;
            }
        } else if (what < 8) {
            armed -= t->is_armed;
            timer_cancel(&q, t);
            assert_false(t->is_armed);
        } else if (q.first) {
            timer_cancel(&q, q.first);
            armed--;
        }
        assert_int_equal(timer_next(&q), model_next());
        if (i % 16 == 0) {
            unsigned count = 0;
            check(q.first, NULL, &count);
            assert_int_equal(count, armed);
        }
    }
    for (int i = 0; i < TIMERS; i++)
        timer_cancel(&q, &timers[i]);
    assert_null(q.first);
}

static void test_in_order(void **state)
{
    (void)state;
    struct timer_queue q = {0};
    uint64_t last = 0;
    for (int i = 0; i < TIMERS; i++)
        timer_arm(&q, &timers[i], random_below(1000));
    for (int i = 0; i < TIMERS; i++) {
        assert_true(timer_next(&q) >= last);
        last = timer_next(&q);
        timer_cancel(&q, q.first);
    }
    assert_int_equal(timer_next(&q), TIME_NEVER);
}

/* Sorted input makes the longest left spine; the right one stays short. */
static void test_sorted_input(void **state)
{
    (void)state;
    for (int down = 0; down < 2; down++) {
        struct timer_queue q = {0};
        for (unsigned i = 0; i < TIMERS; i++) {
            timer_arm(&q, &timers[i], down ? TIMERS - i : i);
            assert_true(q.first->rank <= 9);
        }
        for (int i = 0; i < TIMERS; i++)
            timer_cancel(&q, &timers[i]);
    }
}

static void test_cancel_twice(void **state)
{
    (void)state;
    struct timer_queue q = {0};
    timer_arm(&q, &timers[0], 5);
    timer_cancel(&q, &timers[0]);
    timer_cancel(&q, &timers[0]);
    assert_int_equal(timer_next(&q), TIME_NEVER);
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_random),
        cmocka_unit_test(test_in_order),
        cmocka_unit_test(test_sorted_input),
        cmocka_unit_test(test_cancel_twice),
    };
    return cmocka_run_group_tests_name("core/timer", tests, NULL, NULL);
}
