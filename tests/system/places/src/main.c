/*
 * main.c: many processes, where their parts lie.
 */
#include "check.h"
#include "core.h"
#include "task.h"

#include <stdio.h>
#include <string.h>

#define CLASS   "places.Child"
#define SAMPLES 24
#define MANY    1000

static int run_file(const char *file, const char *mode, uint64_t seed)
{
    struct child child = {0};
    uint64_t is_fixed = !strcmp(file, "Fixed");
    int status = -3000;

    if (core_task_create(file, CLASS, file, 0, CHILD_PRIORITY, 0, &child.task) == rcOk) {
        if ((!seed || core_task_reseed(child.task, seed) == rcOk) &&
            child_start(&child, mode, 1, &is_fixed) == rcOk) {
            status = child_wait(&child, CORE_FOREVER);
        }
        child_drop(&child);
    }
    return status;
}

/* All are in range, and chance repeats one of 2^31 places in 24 processes once in 7 million runs.
 */
static void test_differ(const char *mode)
{
    int seen[SAMPLES], repeated = 0, bad = 0;
    char name[64];

    for (int i = 0; i < SAMPLES; i++) {
        seen[i] = run_file("Child", mode, 0);
        bad += seen[i] < 0;
        for (int j = 0; j < i; j++) {
            repeated += seen[i] == seen[j];
        }
    }
    snprintf(name, sizeof(name), "%s: in range", mode);
    CHECK_EQUAL(name, bad, 0);
    snprintf(name, sizeof(name), "%s: different in every process", mode);
    CHECK_EQUAL(name, repeated, 0);
}

static void test_words(void)
{
    CHECK_EQUAL("words that hold addresses", run_file("Child", "words", 0), 0);
    CHECK_EQUAL("constant data with addresses cannot be written", run_file("Child", "write", 0),
                -1000);
    CHECK_EQUAL("fixed addresses: words", run_file("Fixed", "words", 0), 0);
    CHECK_EQUAL("fixed addresses: constant data", run_file("Fixed", "write", 0), -1000);
    CHECK_EQUAL("fixed addresses: kept", run_file("Fixed", "image", 0), 1);
    CHECK("fixed addresses: the stack moves",
          run_file("Fixed", "stack", 0) != run_file("Fixed", "stack", 0));
}

static void test_seed(void)
{
    int first = run_file("Child", "heap", 77), image = run_file("Child", "image", 77);
    struct child child = {0};

    CHECK_EQUAL("a seed decides where memory lies", run_file("Child", "heap", 77), first);
    CHECK("another seed, another place", run_file("Child", "heap", 78) != first);
    CHECK("the program's place does not come from the seed",
          run_file("Child", "image", 77) != image);
    CHECK_RC("reseeding: no such process", core_task_reseed(0x12345, 1), rcInvalidArgument);
    child_create(&child, CLASS, CHILD_PRIORITY);
    child_start(&child, "words", 0, NULL);
    CHECK_RC("reseeding: it was started", core_task_reseed(child.task, 1), rcInvalidOperation);
    child_drop(&child);
}

/* However the places fall, the parts of a process find room. */
static void test_many(void)
{
    struct counters before, after;
    int made = 0;

    core_counters(&before);
    for (int i = 0; i < MANY; i++) {
        struct child child = {0};

        made += child_create(&child, CLASS, CHILD_PRIORITY) == rcOk &&
                core_task_reseed(child.task, (uint64_t)i + 1) == rcOk;
        child_drop(&child);
    }
    core_counters(&after);
    CHECK_EQUAL("1,000 processes are created", made, MANY);
    CHECK_EQUAL("no frame is left", after.frames, before.frames);
    CHECK_EQUAL("no kernel memory is left", after.kmem, before.kmem);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}

int main(void)
{
    core_fill_handle_table();
    run_file("Child", "image", 0); /* grows what stays */
    test_differ("image");
    test_differ("stack");
    test_differ("heap");
    test_differ("time");
    test_differ("apart");
    test_words();
    test_seed();
    test_many();
    finish();
}
