/*
 * main.c: starts a server in each of the ways it can be written, and sends it messages.
 */
#include "suite.h"

/* All good messages, to a server that is written in one of three ways. */
static void test_server(const char *mode)
{
    struct child server;

    fprintf(stderr, "server: %s\n", mode);
    if (CHECK_RC("a server starts", child_serve(&server, CLASS, mode, CHILD_PRIORITY), rcOk)) {
        test_sizes(server.client);
    }
    child_drop(&server);
}

static void test_bad_messages(void)
{
    struct child server;

    child_serve(&server, CLASS, "transport", CHILD_PRIORITY);
    test_hostile(&server);
    child_drop(&server);
    child_serve(&server, CLASS, "reply-recv", CHILD_PRIORITY);
    test_plain(server.client);
    child_drop(&server);
}

static void test_waiting(void)
{
    struct child server;

    child_serve(&server, CLASS, "transport", CHILD_PRIORITY);
    test_timeouts(server.client);
    test_callers(server.client);
    child_drop(&server);
}

/* The child prints its cases; its status is the number that failed. */
static void test_both_sides(void)
{
    struct child child;

    child_create(&child, CLASS, CHILD_PRIORITY);
    child_start(&child, "both", 0, NULL);
    CHECK_EQUAL("both sides in one process", child_wait(&child, 60000), 0);
    child_drop(&child);
}

int main(void)
{
    struct counters before, after;

    /* The first server grows tables that stay. */
    test_server("transport");
    CHECK_RC("counters", core_counters(&before), rcOk);
    test_server("reply-recv");
    test_server("dispatch");
    test_bad_messages();
    test_waiting();
    test_both_sides();
    core_counters(&after);
    CHECK_EQUAL("no object is left", after.objects, before.objects);
    CHECK_EQUAL("no handle is left", after.handles, before.handles);
    CHECK_EQUAL("no thread is left", after.threads, before.threads);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
    finish();
}
