/*
 * irq_time_test.c: stretches with interrupts off are kept by place, longest first, and counted.
 */
#include "world.h"

#include <string.h>

#include "core/cpu.h"
#include "core/irq_time.h"

static struct cpu *cpu;

static void place_one(void)
{
}

static void stretch(uint64_t what, uint64_t ticks)
{
    irq_time_begin(cpu, what);
    fake_now += ticks;
    irq_time_end(cpu);
}

static int setup(void **state)
{
    (void)state;
    cpu = this_cpu();
    fake_now = fake_now ? fake_now : 1000;
    irq_time_watch(true);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    irq_time_watch(false);
    return 0;
}

static void test_longest_first(void **state)
{
    (void)state;
    struct irq_time_stretch s;
    unsigned number;
    assert_false(irq_time_longest(0, &s, &number));
    stretch(IRQ_TIME_TIMER, 5000);
    stretch(IRQ_TIME_IDLE, 3000);
    stretch(IRQ_TIME_TIMER, 9000);
    stretch(IRQ_TIME_TIMER, 2000);
    assert_true(irq_time_longest(0, &s, &number));
    assert_int_equal(s.ticks, 9000);
    assert_int_equal(s.count, 3);
    assert_int_equal(s.place.what, IRQ_TIME_TIMER);
    assert_true(irq_time_longest(1, &s, &number));
    assert_int_equal(s.ticks, 3000);
    assert_false(irq_time_longest(2, &s, &number));
}

/* Interrupts are let in between two steps: two stretches, the second of the step that ran in it. */
static void test_steps(void **state)
{
    (void)state;
    struct irq_time_stretch s;
    unsigned number;
    char text[200];
    irq_time_begin(cpu, IRQ_TIME_FAULT | 14u << 8);
    irq_time_step(cpu, (void *)place_one);
    fake_now += 4000;
    irq_time_pause(cpu, (void *)place_one);
    fake_now += 100000; /* interrupts are on */
    irq_time_resume(cpu, (void *)place_one);
    irq_time_step(cpu, (void *)place_one);
    fake_now += 7000;
    irq_time_end(cpu);
    assert_true(irq_time_longest(0, &s, &number));
    assert_int_equal(s.ticks, 7000);
    assert_ptr_equal(s.place.from, (void *)place_one);
    assert_true(s.place.what & IRQ_TIME_LATER);
    irq_time_describe(&s.place, text, sizeof text);
    assert_non_null(strstr(text, "fault 14, after function+0x"));
    assert_non_null(strstr(text, ", step function+0x"));
    assert_true(irq_time_longest(1, &s, &number));
    assert_int_equal(s.ticks, 4000);
    assert_null(s.place.from);
}

/* An interrupt in such a window has a stretch of its own. */
static void test_nested(void **state)
{
    (void)state;
    struct irq_time_place outer;
    struct irq_time_stretch s;
    unsigned number;
    irq_time_begin(cpu, IRQ_TIME_CPU);
    irq_time_pause(cpu, (void *)place_one);
    irq_time_nested_begin(cpu, &outer, IRQ_TIME_TIMER);
    fake_now += 6000;
    irq_time_nested_end(cpu, &outer);
    irq_time_resume(cpu, (void *)place_one);
    fake_now += 2500;
    irq_time_end(cpu);
    assert_true(irq_time_longest(0, &s, &number));
    assert_int_equal(s.place.what, IRQ_TIME_TIMER);
    assert_true(irq_time_longest(1, &s, &number));
    assert_int_equal(s.place.what, IRQ_TIME_CPU | IRQ_TIME_LATER);
    assert_int_equal(s.ticks, 2500);
}

/* More places than are kept: the longest of all stay. */
static void test_full(void **state)
{
    (void)state;
    struct irq_time_stretch s;
    unsigned number, n = 0;
    uint64_t before = ~0ull;
    for (uint64_t i = 0; i < 10 * IRQ_TIME_KEPT; i++)
        stretch(IRQ_TIME_FAULT | i << 8, 2000 + i * 37 % 240 * 100);
    for (; irq_time_longest(n, &s, &number); n++) {
        assert_true(s.ticks <= before);
        assert_int_equal(s.ticks, 2000 + (10 * IRQ_TIME_KEPT - 1 - n) * 100);
        before = s.ticks;
    }
    assert_int_equal(n, IRQ_TIME_KEPT);
}

static void test_histogram(void **state)
{
    (void)state;
    stretch(IRQ_TIME_TIMER, 1);
    stretch(IRQ_TIME_TIMER, 255);
    stretch(IRQ_TIME_TIMER, 256);
    stretch(IRQ_TIME_TIMER, 511);
    stretch(IRQ_TIME_TIMER, 1ull << 40);
    assert_int_equal(irq_time_count(0), 1);
    assert_int_equal(irq_time_count(7), 1);
    assert_int_equal(irq_time_count(8), 2);
    assert_int_equal(irq_time_count(IRQ_TIME_BUCKETS - 1), 1);
    irq_time_watch(true); /* begins anew */
    assert_int_equal(irq_time_count(8), 0);
}

int main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_longest_first), T(test_steps), T(test_nested), T(test_full), T(test_histogram),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
