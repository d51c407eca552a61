/*
 * copies.c: death, deadlines and vanishing memory in the middle of a copy of four megabytes.
 *
 * The pair runs below this process's priority, so that it is interrupted while the kernel copies.
 */
#include "suite.h"

#define LOW (CHILD_PRIORITY - 4)

void pair_begin(struct pair *p, const char *server_mode, uint64_t server_number,
                const char *client_mode, uint64_t client_number)
{
    child_create(&p->server, CLASS, LOW);
    child_add_server(&p->server);
    child_create(&p->client, CLASS, LOW);
    child_join(&p->client, &p->server);
    uint64_t server_numbers[] = {p->server.listener, server_number};
    child_start(&p->server, server_mode, 2, server_numbers);
    uint64_t client_numbers[] = {p->client.outgoing, client_number};
    child_start(&p->client, client_mode, 2, client_numbers);
}

void pair_end(struct pair *p)
{
    child_drop(&p->client);
    child_drop(&p->server);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}

static void test_death(int is_fetch)
{
    struct pair p;
    int good = 1;

    for (unsigned i = 0; i < 24; i++) {
        pair_begin(&p, "serve", 0, "send-forever", (uint64_t)is_fetch);
        core_sleep_ns(15000000 + i * 433000);
        good &= core_task_terminate(i & 1 ? p.client.task : p.server.task) == rcOk;
        good &= child_wait(i & 1 ? &p.client : &p.server, 1000) == -1;
        if (i & 1) {
            good &= call_short(p.server.client, REQUEST(Add), 1) == rcOk;
        } else {
            good &= child_wait(&p.client, 1000) == 1;
        }
        child_drop(&p.client);
        child_drop(&p.server);
    }
    CHECK(is_fetch ? "either side dies while a response is copied"
                   : "either side dies while a request is copied", good);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}

static void test_pair(const char *name, const char *server, const char *client, int is_fetch)
{
    struct pair p;
    char text[80];

    pair_begin(&p, server, 0, client, (uint64_t)is_fetch);
    snprintf(text, sizeof(text), "%s, %s", name, is_fetch ? "response" : "request");
    CHECK_EQUAL(text, child_wait(&p.client, 30000), 0);
    snprintf(text, sizeof(text), "%s: the server answers", name);
    CHECK_RC(text, call_short(p.server.client, REQUEST(Add), 1), rcOk);
    pair_end(&p);
}

void test_copies(void)
{
    for (int is_fetch = 0; is_fetch < 2; is_fetch++) {
        test_death(is_fetch);
        test_pair("deadlines during a copy", "serve", "send-in-time", is_fetch);
        test_pair("the client's memory goes and comes", "serve", "send-spoiled", is_fetch);
        test_pair("the server's memory goes and comes", "serve-spoiled", "send-to-spoiler",
                  is_fetch);
    }
}
