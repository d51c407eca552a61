/*
 * ends.c: how a process ends: <stdlib.h>, <unistd.h>, <assert.h>, <signal.h>; each in a process of its own.
 */
#include "suite.h"

#include "task.h"

static void ends(const char *how, int status)
{
    struct child child;

    child_create(&child, "posix.Child", CHILD_PRIORITY);
    child_start(&child, how, 0, NULL);
    CHECK_EQUAL(how, child_wait(&child, 20000), status);
    child_drop(&child);
}

void run_ends(void)
{
    ends("exit", 21);
    ends("quick", 21);
    ends("_exit", 7);
    ends("abort", 134);
    ends("caught", 56);
    ends("assert", 134);
    ends("signal", 128 + 15);
    ends("kill", 128 + 9);
    ends("thread", 31);
    ends("alarm", 128 + 14);
    ends("wide", 0);
}
