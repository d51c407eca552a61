/*
 * clients.c: the process that asked dies; its server goes on.
 */
#include "suite.h"

/* A client process of a listener in this process. */
struct setup {
    Handle listener, server, own;
    struct child client;
};

static void begin(struct setup *s, const char *mode, uint64_t number)
{
    core_connect(INVALID_HANDLE, &s->listener, &s->server, &s->own);
    child_create(&s->client, CLASS, CHILD_PRIORITY);
    child_add_client(&s->client, s->listener);
    uint64_t numbers[] = {s->client.outgoing, number};
    child_start(&s->client, mode, 2, numbers);
}

static void end(struct setup *s)
{
    child_drop(&s->client);
    core_close(s->own);
    core_close(s->listener);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}

static void test_waiting_to_send(void)
{
    struct pair p;

    pair_begin(&p, "never-receive", 2000, "call", 0);
    KosThreadSleep(10);
    CHECK_RC("terminate a client that waits to send", core_task_terminate(p.client.task), rcOk);
    CHECK_EQUAL("it ends", child_wait(&p.client, 1000), -1);
    pair_end(&p);

    pair_begin(&p, "never-receive", 2000, "call-exit", 10);
    CHECK_EQUAL("a client that waits to send exits by another thread", child_wait(&p.client, 1000),
                0);
    pair_end(&p);
}

/* Delivered, not answered. */
static void test_delivered(void)
{
    struct pair p;

    pair_begin(&p, "hold-many", 0, "call", 0);
    KosThreadSleep(10);
    CHECK_RC("terminate a client that was received", core_task_terminate(p.client.task), rcOk);
    CHECK_EQUAL("it ends", child_wait(&p.client, 1000), -1);
    CHECK_EQUAL("the server goes on", child_wait(&p.server, 0), -2000);
    pair_end(&p);

    pair_begin(&p, "hold-many", 0, "call-exit", 10);
    CHECK_EQUAL("a client that was received exits", child_wait(&p.client, 1000), 0);
    pair_end(&p);
}

/* At any moment of many calls. */
static void test_any_moment(void)
{
    struct pair p;
    int good = 1;

    for (unsigned i = 0; i < 12; i++) {
        pair_begin(&p, "serve", 0, "call-forever", 0);
        core_sleep_ns(1000000 + i * 137000);
        good &= core_task_terminate(i & 1 ? p.client.task : p.server.task) == rcOk;
        good &= child_wait(i & 1 ? &p.client : &p.server, 1000) == -1;
        if (i & 1) {
            good &= call_short(p.server.client, REQUEST(Add), 1) != rcBusy;
        }
        child_drop(&p.client);
        child_drop(&p.server);
    }
    CHECK("either side dies in the middle of many calls", good);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}

/* A message that this class may not receive does not reach it. */
static void test_refused(void)
{
    struct setup s;

    begin(&s, "call", 0);
    CHECK_EQUAL("a call to a class without endpoints is refused", child_wait(&s.client, 1000), 1);
    end(&s);
}

void test_clients(void)
{
    test_waiting_to_send();
    test_delivered();
    test_any_moment();
    test_refused();
}
