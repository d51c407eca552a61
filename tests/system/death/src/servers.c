/*
 * servers.c: the process that should answer dies; its callers learn it.
 */
#include "suite.h"

static void check_healthy(void)
{
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}

/* The listener's process ends while a call waits for a Recv that never comes. */
static void test_before_receive(void)
{
    struct child server;
    struct caller caller;

    child_create(&server, CLASS, CHILD_PRIORITY);
    child_add_server(&server);
    uint64_t numbers[] = {server.listener, 30};
    child_start(&server, "never-receive", 2, numbers);
    caller_start(&caller, server.client, REQUEST(Add), 1);
    CHECK_RC("the server ends before it receives", caller_result(&caller), rcNotConnected);
    CHECK_EQUAL("it ended by itself", child_wait(&server, 1000), 0);
    CHECK_RC("a call to a process that is gone", call_short(server.client, REQUEST(Add), 1),
             rcNotConnected);
    child_drop(&server);
    check_healthy();
}

static void test_after_receive(void)
{
    struct child server;

    child_serve(&server, CLASS, "serve", CHILD_PRIORITY);
    CHECK_RC("a call", call_short(server.client, REQUEST(Add), 1), rcOk);
    CHECK_RC("the server ends after it received", call_short(server.client, REQUEST(Die), 17),
             rcNotConnected);
    CHECK_EQUAL("its status", child_wait(&server, 1000), 17);
    child_drop(&server);
    check_healthy();
}

static void test_several_callers(void)
{
    struct child server;
    struct caller callers[6];

    child_serve(&server, CLASS, "hold-many", CHILD_PRIORITY);
    for (int i = 0; i < 6; i++) {
        caller_start(&callers[i], server.client, REQUEST(Add), (uint64_t)i);
    }
    for (int i = 0; i < 6; i++) {
        CHECK_RC(i < 3 ? "a call that was received" : "a call that still waits",
                 caller_result(&callers[i]), rcNotConnected);
    }
    child_drop(&server);
    check_healthy();
}

static void test_thread_lost(void)
{
    struct child server;
    struct caller caller;

    child_serve(&server, CLASS, "lose-thread", CHILD_PRIORITY);
    caller_start(&caller, server.client, REQUEST(Add), 1);
    CHECK_RC("the server's thread ends without an answer", caller_result(&caller), rcNotConnected);
    CHECK_RC("the server itself lives", call_short(server.client, REQUEST(Add), 1), rcOk);
    child_drop(&server);
    check_healthy();
}

static void test_listener_closed(void)
{
    struct child server;
    struct caller first, second;

    child_serve(&server, CLASS, "close-listener", CHILD_PRIORITY);
    caller_start(&first, server.client, REQUEST(Add), 1);
    caller_start(&second, server.client, REQUEST(Add), 1);
    CHECK_RC("the listener is closed after delivery", caller_result(&first), rcNotConnected);
    CHECK_RC("and while a call waits", caller_result(&second), rcNotConnected);
    child_drop(&server);
    check_healthy();
}

/* Terminated by its parent while it works. */
static void test_terminated(void)
{
    struct child server;
    struct caller received, waiting;

    child_serve(&server, CLASS, "serve", CHILD_PRIORITY);
    caller_start(&received, server.client, REQUEST(Slow), 5000);
    KosThreadSleep(5);
    caller_start(&waiting, server.client, REQUEST(Add), 1);
    KosThreadSleep(5);
    CHECK_RC("terminate a server that works", core_task_terminate(server.task), rcOk);
    CHECK_RC("its caller", caller_result(&received), rcNotConnected);
    CHECK_RC("who waits for it", caller_result(&waiting), rcNotConnected);
    CHECK_EQUAL("its status", child_wait(&server, 1000), -1);
    child_drop(&server);
    check_healthy();
}

/* Never started at all. */
static void test_never_started(void)
{
    struct child server;
    struct caller caller;

    child_create(&server, CLASS, CHILD_PRIORITY);
    child_add_server(&server);
    caller_start(&caller, server.client, REQUEST(Add), 1);
    KosThreadSleep(5);
    CHECK("a call to a process that has not started waits", !caller.is_done);
    CHECK_RC("terminate it", core_task_terminate(server.task), rcOk);
    CHECK_RC("the caller learns it", caller_result(&caller), rcNotConnected);
    child_drop(&server);
    check_healthy();
}

void test_servers(void)
{
    test_before_receive();
    test_after_receive();
    test_several_callers();
    test_thread_lost();
    test_listener_closed();
    test_terminated();
    test_never_started();
}
