/*
 * faults.c: an exception ends its process with a report in words; its parent sees it, nobody else.
 */
#include "suite.h"

static const char *const faults[] = {
    "null",      "null-write", "kernel-read",  "kernel-write", "not-canonical", "overflow",
    "jump",      "privileged", "execute-data", "write-text",   "port",          "msr",
    "divide",    "undefined",  "breakpoint",   "interrupt",    "trap-flag",     "sse",
    "kernel-stack",
};

static void test_fault(const char *how)
{
    struct child child;
    char name[64];

    child_create(&child, CLASS, CHILD_PRIORITY);
    child_start(&child, how, 0, NULL);
    snprintf(name, sizeof(name), "fault: %s", how);
    CHECK_EQUAL(name, child_wait(&child, 2000), -1000);
    child_drop(&child);
}

/* A server that faults in the middle of a call. */
static void test_caller(void)
{
    struct child server;
    struct caller caller;

    child_create(&server, CLASS, CHILD_PRIORITY);
    child_add_server(&server);
    child_start(&server, "divide", 0, NULL);
    caller_start(&caller, server.client, REQUEST(Add), 1);
    CHECK_RC("a call to a process that faults", caller_result(&caller), rcNotConnected);
    child_drop(&server);
}

void test_faults(void)
{
    for (unsigned i = 0; i < sizeof(faults) / sizeof(faults[0]); i++) {
        test_fault(faults[i]);
    }
    test_caller();
}
