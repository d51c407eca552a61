/*
 * main.c: runs the groups of cases one after the other, and looks for what they left.
 */
#include "remote.h"

static void test_group(const char *name, void (*test)(void))
{
    struct counters before, after;

    fprintf(stderr, "%s\n", name);
    agents_start(0);
    core_counters(&before);
    test();
    if (test == test_death) { /* its agents are other ones */
        agents_stop();
        agents_start(0);
    }
    core_counters(&after);
    CHECK_EQUAL("no object is left", after.objects, before.objects);
    CHECK_EQUAL("no handle is left", after.handles, before.handles);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
    agents_stop();
}

static void test_small_process(void)
{
    fprintf(stderr, "quota\n");
    agents_start(4u << 20);
    test_quota();
    agents_stop();
}

/* The child prints its cases; its status is the number that failed. */
static void test_many_handles(void)
{
    struct child child;

    fprintf(stderr, "big\n");
    child_create(&child, CLASS, CHILD_PRIORITY);
    child_start(&child, "big", 0, NULL);
    CHECK_EQUAL("trees of 100,000 handles", child_wait(&child, 100000), 0);
    child_drop(&child);
}

int main(void)
{
    struct counters before, after;

    core_fill_handle_table();
    agents_start(0); /* the first ones grow tables that stay */
    agents_stop();
    core_counters(&before);
    test_group("transfer", test_transfer);
    test_small_process();
    test_group("tree", test_tree);
    test_group("badges", test_badges);
    test_group("callable", test_callable);
    test_group("waiting", test_waiting);
    test_group("death", test_death);
    test_group("notices", test_notices);
    test_group("listing", test_listing);
    test_group("every call", test_every_call);
    fprintf(stderr, "replay\n");
    test_replay();
    test_many_handles();
    test_group("allocations", test_allocations);
    core_counters(&after);
    CHECK_EQUAL("no object is left", after.objects, before.objects);
    CHECK_EQUAL("no handle is left", after.handles, before.handles);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
    finish();
}
