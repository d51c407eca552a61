/*
 * dying.c: processes that end while their threads hold, want and wait (child.c) leave nothing behind.
 */
#include "suite.h"
#include "task.h"

#include <coresrv/task/task_api.h>

#define CLASS   "posix_threads.Child"
#define CEILING 17u

/* Starts a child and has it end in one of the ways, after a while in which its threads get to work. */
static int run(const char *mode, int round)
{
    struct child child;
    int status;

    if (child_create(&child, CLASS, CHILD_PRIORITY) != rcOk ||
        child_start(&child, mode, 0, NULL) != rcOk) {
        return -3000;
    }
    if (!mode[0]) {
        core_sleep_ns(1500000 + (uint64_t)round * 331000);
        core_task_terminate(child.task);
    }
    status = child_wait(&child, 20000);
    child_drop(&child);
    return status;
}

static void end_often(const char *name, const char *mode, int wanted)
{
    struct counters before, after;
    int good = 1;

    run(mode, 0); /* tables grow that stay */
    core_counters(&before);
    for (int i = 0; i < 10; i++) {
        good &= run(mode, i % 20) == wanted;
    }
    core_counters(&after);
    CHECK(name, good);
    CHECK_EQUAL("  no thread is left", after.threads, before.threads);
    CHECK_EQUAL("  no object", after.objects, before.objects);
    CHECK_EQUAL("  no handle", after.handles, before.handles);
    CHECK_EQUAL("  no memory of the kernel", after.kmem, before.kmem);
    CHECK("  no frames", after.frames + 4 >= before.frames);
    CHECK_RC("  the kernel's self-check", core_self_check(), rcOk);
}

static void test_ceiling(void)
{
    struct child child;

    child_create(&child, CLASS, CHILD_PRIORITY);
    CHECK_RC("a process gets a ceiling", KnTaskSetPriorityCeiling(child.task, CEILING), rcOk);
    child_start(&child, "ceiling", 0, NULL);
    CHECK_EQUAL("  and stays below", child_wait(&child, 20000), 5);
    child_drop(&child);
}

void test_dying(void)
{
    test_ceiling();
    core_fill_handle_table();
    CHECK_EQUAL("pthread_exit of the first thread: the last one ends the process", run("exit", 0),
                0);
    end_often("processes that are terminated", "", -1);
    end_often("processes whose first thread returns", "end", 7);
    end_often("processes that fault", "fault", -1000);
}
