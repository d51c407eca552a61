/*
 * sched_test.c: who runs next: priorities, time slices, preemption, timers.
 */
#include "world.h"

#include "core/selfcheck.h"

static struct process *p;
static struct thread *t[4];

static int setup(void **state)
{
    world_setup(state);
    p = world_process("test.Client", 0);
    for (int i = 0; i < 4; i++)
        t[i] = world_thread(p, 10);
    return 0;
}

static void run(void *arg)
{
    (void)arg;
    sched_run();
}

static struct thread *next(void)
{
    world_run(run, NULL);
    world_check();
    return this_cpu()->current;
}

static struct thread *yield(void)
{
    sched_yield();
    return next();
}

static void cancel(struct thread *x, Retcode code)
{
    regs_set_result(&x->regs, code);
}

static void sleep_for(uint64_t ns)
{
    wait_block(this_cpu()->current, WAIT_SLEEP, NULL, cancel, ns == ~0ull ? ns : fake_now + ns);
}

static void test_round_robin(void **state)
{
    (void)state;
    assert_ptr_equal(next(), t[0]);
    for (int i = 1; i < 9; i++)
        assert_ptr_equal(yield(), t[i % 4]);
}

static void test_slices(void **state)
{
    (void)state;
    assert_ptr_equal(next(), t[0]);
    world_advance(TIME_SLICE_NS - 1);
    assert_ptr_equal(this_cpu()->current, t[0]);
    world_advance(1);
    assert_ptr_equal(this_cpu()->current, t[1]);
    world_advance(TIME_SLICE_NS);
    assert_ptr_equal(this_cpu()->current, t[2]);
    world_check();
}

static void test_alone_there_is_no_timer(void **state)
{
    (void)state;
    struct thread *high = world_thread(p, 20);
    assert_ptr_equal(next(), high);
    assert_int_equal(fake_deadline, ~0ull);
    struct thread *rival = world_thread(p, 20);
    assert_int_equal(fake_deadline, fake_now + TIME_SLICE_NS); /* since somebody competes */
    world_advance(TIME_SLICE_NS);
    assert_ptr_equal(this_cpu()->current, rival);
}

/* Preempted by a higher priority, a thread comes back before its equals; at the end of its slice, after
 * them. */
static void test_preemption_keeps_the_place(void **state)
{
    (void)state;
    assert_ptr_equal(next(), t[0]);
    struct thread *high = world_thread(p, 20);
    assert_ptr_equal(next(), high);
    sleep_for(~0ull);
    assert_ptr_equal(next(), t[0]);
    wait_wake(high);
    assert_ptr_equal(next(), high);
    world_check();
}

static void test_lower_ones_wait(void **state)
{
    (void)state;
    struct thread *low = world_thread(p, 3);
    for (int i = 0; i < 4; i++) {
        assert_ptr_equal(next(), t[i]);
        sleep_for(~0ull);
    }
    assert_ptr_equal(next(), low);
    wait_wake(t[2]);
    assert_ptr_equal(next(), t[2]);
}

static void test_priority_changes(void **state)
{
    (void)state;
    assert_ptr_equal(next(), t[0]);
    sched_set_priority(t[2], 11);
    assert_ptr_equal(next(), t[2]);
    sched_set_priority(t[2], 9); /* the running one sinks below others */
    assert_ptr_not_equal(next(), t[2]);
    sleep_for(~0ull);
    struct thread *second = next();
    sched_set_priority(second, 10);
    assert_ptr_equal(next(), second);
    world_check();
}

static void test_sleepers_wake_in_order(void **state)
{
    (void)state;
    static const uint64_t delays[] = {30, 10, 20, 10};
    for (int i = 0; i < 4; i++) {
        next();
        this_cpu()->current->regs.payload[0] = delays[i];
        sleep_for(delays[i]);
    }
    next(); /* the process's first thread, of priority 0 */
    for (uint64_t now = 1; now <= 30; now++) {
        world_advance(1);
        for (int i = 0; i < 4; i++)
            assert_int_equal(world_is_ready(t[i]), t[i]->regs.payload[0] <= now);
    }
    assert_int_equal(result(t[0]), rcTimeout);
    world_check();
}

/* A deadline that passed while the timer was not looked at is served at the next interrupt, all of
 * them at once. */
static void test_many_deadlines_at_once(void **state)
{
    (void)state;
    for (int i = 0; i < 4; i++) {
        next();
        sleep_for(10);
    }
    next();
    world_advance(1000);
    for (int i = 0; i < 4; i++)
        assert_true(world_is_ready(t[i]));
    assert_null(this_cpu()->timers.first);
}

static void test_idle(void **state)
{
    (void)state;
    while (next() != NULL)
        sleep_for(~0ull);
    assert_null(this_cpu()->current);
    wait_wake(t[1]);
    assert_ptr_equal(next(), t[1]);
}

int main(void)
{
#define T(name) cmocka_unit_test_setup_teardown(name, setup, world_teardown)
    const struct CMUnitTest tests[] = {
        T(test_round_robin),
        T(test_slices),
        T(test_alone_there_is_no_timer),
        T(test_preemption_keeps_the_place),
        T(test_lower_ones_wait),
        T(test_priority_changes),
        T(test_sleepers_wake_in_order),
        T(test_many_deadlines_at_once),
        T(test_idle),
    };
    return cmocka_run_group_tests_name("core/sched", tests, NULL, NULL);
}
