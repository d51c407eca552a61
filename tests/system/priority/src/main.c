/*
 * main.c: the parts, and what they use.
 */
#include "suite.h"

void chain_start(struct chain *c)
{
    int is_good = 1;

    *c = (struct chain){0};
    for (unsigned i = 0; i < DEPTH; i++) {
        is_good &= child_create(&c->servers[i], CLASS, LOW) == rcOk;
        is_good &= child_add_server(&c->servers[i]) == rcOk;
    }
    for (unsigned i = 0; i < DEPTH; i++) {
        if (i + 1 < DEPTH) {
            is_good &= child_join(&c->servers[i], &c->servers[i + 1]) == rcOk;
        }
        uint64_t numbers[] = {c->servers[i].listener, c->servers[i].outgoing};
        is_good &= child_start(&c->servers[i], "serve", 2, numbers) == rcOk;
    }
    CHECK("a chain of servers", is_good && chain_work(c, 1) == DEPTH);
}

void chain_end(struct chain *c)
{
    for (unsigned i = 0; i < DEPTH; i++) {
        child_drop(&c->servers[i]);
    }
}

uint32_t chain_work(const struct chain *c, uint64_t steps)
{
    struct priority_Work_proxy proxy;
    NkKosTransport transport;
    priority_Work_Do_req req = {.steps = steps};
    priority_Work_Do_res res = {0};

    NkKosTransport_Init(&transport, c->servers[0].client, NK_NULL, 0);
    priority_Work_proxy_init(&proxy, &transport.base, priority_Server_work_iid);
    return priority_Work_Do(&proxy.base, &req, NK_NULL, &res, NK_NULL) == NK_EOK ? res.depth : 0;
}

static int count(void *context)
{
    struct counter *c = context;

    while (!c->is_to_end) {
        c->steps++;
    }
    return 0;
}

void counter_start(struct counter *c, uint32_t priority)
{
    *c = (struct counter){0};
    c->tid = thread_start(priority, count, c);
}

void counter_end(struct counter *c)
{
    c->is_to_end = 1;
    KosThreadWait(c->tid, INFINITE_TIMEOUT);
}

static void part(void (*body)(void))
{
    struct counters before, after;

    body(); /* what is made once and stays is made now */
    core_counters(&before);
    body();
    core_counters(&after);
    CHECK_EQUAL("no thread is left", after.threads, before.threads);
    CHECK_EQUAL("no object is left", after.objects, before.objects);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
}

int main(void)
{
    core_fill_handle_table();
    core_set_priority(KosThreadCurrentId(), TEST);
    part(test_inversion);
    part(test_starving);
    part(test_hostile);
    finish();
}
