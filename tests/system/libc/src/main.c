/*
 * main.c: runs the C library's test programs one after the other.
 */
#include "check.h"
#include "core.h"
#include "task.h"

#include <stdio.h>

#define CLASS "libc.Child"
#define WAIT  60000u

static void run(const char *path, int wanted)
{
    struct child child = {0};
    char name[64];
    int32_t status = -1;
    uint32_t faulted = 0;

    fprintf(stderr, "program: %s\n", path);
    Retcode rc = core_task_create(path, CLASS, path, 0, CHILD_PRIORITY, 0, &child.task);
    if (rc == rcOk) {
        rc = core_task_resume(child.task);
    }
    if (rc == rcOk) {
        rc = core_task_wait(child.task, WAIT, &status, &faulted);
    }
    snprintf(name, sizeof(name), "%s runs to its end", path);
    if (CHECK_RC(name, rc, rcOk)) {
        snprintf(name, sizeof(name), "%s ends with status %d", path, wanted);
        CHECK_EQUAL(name, faulted ? -1000 : status, wanted);
    }
    child_drop(&child);
}

int main(void)
{
    static const char *const programs[] = {"test_malloc", "test_stdio",   "test_string",
                                           "test_system", "test_threads", "test_time"};

    for (unsigned i = 0; i < sizeof(programs) / sizeof(programs[0]); i++) {
        run(programs[i], 0);
    }
    run("test_abort", 134);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
    finish();
}
