/*
 * abuse_processes.c: processes that end with all that they can have, that fail at their creation, that
 * fault. What the children do: hoard.c.
 */
#include "abuse.h"

#include "core.h"
#include "task.h"

#include <bench/Server.edl.h>
#include <coresrv/handle/handle_api.h>
#include <string.h>

#define CLASS "bench.Server"

/* A child that takes what `mode` says and ends, by itself or by us. */
static void hoard(const char *mode, int expected)
{
    struct child child;

    if (child_create(&child, CLASS, CHILD_PRIORITY) != rcOk ||
        child_start(&child, mode, 0, NULL) != rcOk) {
        abuse_failed("no process");
        return;
    }
    if (child_wait(&child, CORE_FOREVER) != expected) {
        abuse_failed("the process did not end as it should");
    }
    child_drop(&child);
}

void abuse_callers_closed(void)
{
    hoard("callers_closed", 0);
}

void abuse_callers_revoked(void)
{
    hoard("callers_revoked", 0);
}

void abuse_callers_timeout(void)
{
    hoard("callers_timeout", 0);
}

void abuse_callers_refused(void)
{
    hoard("callers_refused", 0);
}

void abuse_lending_queue(void)
{
    hoard("lending_queue", 0);
}

void abuse_hoard_exit(void)
{
    hoard("handles_hoard", 0);
}

void abuse_hoard_threads(void)
{
    hoard("threads_hoard", 0);
}

void abuse_hoard_regions(void)
{
    hoard("regions_hoard", 0);
}

void abuse_hoard_objects(void)
{
    hoard("objects_hoard", 0);
}

/* Each allocation of a creation fails once. */
void abuse_create_fails(void)
{
    for (uint64_t n = 1; n < 100; n++) {
        Handle task = INVALID_HANDLE;
        uint64_t left = 0;

        core_fail_allocation(n, NULL);
        Retcode rc = core_task_create("name", CLASS, "Child", 200 << 20, CHILD_PRIORITY, 0, &task);
        core_fail_allocation(0, &left);
        if (rc == rcOk) {
            KnHandleClose(task);
        }
        if (left) {
            return;
        }
    }
    abuse_failed("too many allocations");
}

/* A quota that is a little too small, one page more each time. */
void abuse_create_short(void)
{
    for (unsigned i = 1; i < 200; i++) {
        Handle task = INVALID_HANDLE;

        if (core_task_create("name", CLASS, "Child", 256 << 10, CHILD_PRIORITY, i * 4096ull, &task) ==
            rcOk) {
            KnHandleClose(task);
        }
    }
}

void abuse_faults(void)
{
    for (unsigned i = 0; i < 10; i++) {
        hoard("deep_fault", -1000);
        hoard("stack_fault", -1000);
    }
}

/* 80 at once, that end at once. */
void abuse_many_processes(void)
{
    enum { N = 80 };
    static struct child children[N];

    for (unsigned i = 0; i < N; i++) {
        if (child_create(&children[i], CLASS, 14) != rcOk ||
            child_start(&children[i], "end", 0, NULL) != rcOk) {
            abuse_failed("no process");
        }
    }
    for (unsigned i = 0; i < N; i++) {
        child_drop(&children[i]);
    }
}
