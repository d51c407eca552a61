/*
 * callers.c: several callers at once; the highest priority is served first, equals in their order.
 */
#include "suite.h"

#include <kos/thread.h>

#define CALLERS  8
#define PAUSE_MS 400 /* all have called by then, on a busy host, too */

struct caller {
    Handle handle;
    nk_uint32_t id, position;
    nk_err_t err;
    Tid tid;
};

static int call_order(void *context)
{
    struct caller *caller = context;
    struct client client;
    struct ipc_Echo *echo = client_init(&client, caller->handle);
    ipc_Echo_Order_req req = {.id = caller->id};
    ipc_Echo_Order_res res = {0};

    caller->err = ipc_Echo_Order(echo, &req, NULL, &res, NULL);
    caller->position = res.position;
    return 0;
}

static int call_pause(void *context)
{
    struct caller *caller = context;
    struct client client;
    struct ipc_Echo *echo = client_init(&client, caller->handle);
    ipc_Echo_Pause_req req = {.ms = PAUSE_MS};
    ipc_Echo_Pause_res res;

    caller->err = ipc_Echo_Pause(echo, &req, NULL, &res, NULL);
    return 0;
}

/* While the server is busy with a Pause, callers of these priorities queue up. On one CPU: the Pause
 * is there before the first of them. */
static void test_priorities(Handle handle)
{
    static const uint32_t priorities[CALLERS] = {3, 11, 7, 11, 14, 1, 7, 14};
    static const nk_uint32_t order[CALLERS] = {6, 2, 4, 3, 0, 7, 5, 1};
    struct caller callers[CALLERS] = {{0}}, pause = {.handle = handle};
    nk_uint32_t first = ~0u;
    int good = 1;

    core_one_cpu();
    KosThreadCreate(&pause.tid, 20, 0, call_pause, &pause, 0);
    for (int i = 0; i < CALLERS; i++) {
        callers[i].handle = handle;
        callers[i].id = (nk_uint32_t)i;
        KosThreadCreate(&callers[i].tid, priorities[i], 0, call_order, &callers[i], 0);
        KosThreadSleep(2);
    }
    KosThreadWait(pause.tid, INFINITE_TIMEOUT);
    for (int i = 0; i < CALLERS; i++) {
        KosThreadWait(callers[i].tid, INFINITE_TIMEOUT);
    }
    core_all_cpus();
    for (int i = 0; i < CALLERS; i++) {
        good &= callers[i].err == NK_EOK;
        first = callers[i].position < first ? callers[i].position : first;
    }
    CHECK("every caller is answered", good && pause.err == NK_EOK);
    for (int i = 0; i < CALLERS; i++) {
        char name[64];

        snprintf(name, sizeof(name), "caller %d of priority %u is served in turn", i,
                 (unsigned)priorities[i]);
        CHECK_EQUAL(name, callers[i].position - first, order[i]);
    }
}

static int call_many(void *context)
{
    struct caller *caller = context;
    struct client client;
    struct ipc_Echo *echo = client_init(&client, caller->handle);

    for (nk_uint32_t i = 0; i < 500 && caller->err == NK_EOK; i++) {
        ipc_Echo_Add_req req = {.a = i, .b = caller->id};
        ipc_Echo_Add_res res = {0};

        caller->err = ipc_Echo_Add(echo, &req, NULL, &res, NULL);
        if (res.sum != i + caller->id) {
            caller->err = NK_EBADMSG;
        }
    }
    caller->position = 1;
    return 0;
}

static void test_many(Handle handle)
{
    struct caller callers[CALLERS] = {{0}};
    int good = 1;

    for (int i = 0; i < CALLERS; i++) {
        callers[i].handle = handle;
        callers[i].id = (nk_uint32_t)(i * 1000);
        KosThreadCreate(&callers[i].tid, 10, 0, call_many, &callers[i], 0);
    }
    for (int i = 0; i < CALLERS; i++) {
        for (int wait = 0; wait < 500 && !*(volatile nk_uint32_t *)&callers[i].position; wait++) {
            KosThreadSleep(2);
        }
        good &= callers[i].err == NK_EOK && callers[i].position;
    }
    CHECK("eight callers, 500 calls each", good);
}

static volatile int stop;

static int spin(void *context)
{
    (void)context;
    while (!stop) {
    }
    return 0;
}

static int call_spin(void *context)
{
    struct caller *caller = context;
    struct client client;
    struct ipc_Echo *echo = client_init(&client, caller->handle);
    ipc_Echo_Spin_req req = {.rounds = 1000000};
    ipc_Echo_Spin_res res;

    caller->err = ipc_Echo_Spin(echo, &req, NULL, &res, NULL);
    caller->position = 1;
    return 0;
}

static void sleep_often(void)
{
    for (int i = 0; i < 300; i++) { /* each time the scheduler chooses anew */
        KosThreadSleep(1);
    }
}

static int is_answered(const struct caller *caller)
{
    return (int)*(const volatile nk_uint32_t *)&caller->position;
}

static void start_spinner(void)
{
    Tid tid;

    stop = 0;
    KosThreadCreate(&tid, 12, 0, spin, NULL, 0);
}

/* Something of priority 12 uses the whole processor; the server's own priority is 5. */
static void test_lending(void)
{
    struct child server;
    struct caller high = {0}, low = {0};
    struct kn_ex soon = {.timeout = 1};

    child_serve(&server, CLASS, "transport", 5);
    KosThreadSleep(20);
    core_set_priority(KosThreadCurrentId(), 25);
    high.handle = low.handle = server.client;
    start_spinner();
    KosThreadCreate(&high.tid, 20, 0, call_spin, &high, 0);
    sleep_often();
    CHECK("a caller lends its priority to its server", is_answered(&high));
    stop = 1;
    KosThreadSleep(5);

    KosThreadCreate(&low.tid, 3, 0, call_spin, &low, 0);
    KosThreadSleep(2);
    start_spinner();
    sleep_often();
    /* With the priority of the first caller it would have finished and wait for this call. */
    CHECK_RC("the server's own priority is back", call_add(server.client, &soon), rcTimeout);
    stop = 1;
    sleep_often();
    CHECK("who waited is served in the end", is_answered(&low));
    core_set_priority(KosThreadCurrentId(), 15);
    child_drop(&server);
}

#define BULK 65536u

/* Sends the server 64 KiB at a time. */
static int send_bulk(void *context)
{
    static char data[BULK];
    struct caller *caller = context;
    struct client client;
    struct ipc_Echo *echo = client_init(&client, caller->handle);

    while (!stop && caller->err == NK_EOK) {
        struct nk_arena arena = NK_ARENA_INITIALIZER(data, data + BULK);
        ipc_Echo_Store_req req;
        ipc_Echo_Store_res res;

        nk_arena_alloc(nk_uint8_t, &arena, &req.given, BULK);
        caller->err = ipc_Echo_Store(echo, &req, &arena, &res, NULL);
    }
    return 0;
}

/* A spinner of priority 12 takes the processor at a moment when `senders` threads of 10 have the server, of
 * 5, take in long requests; then somebody of 20 calls. Whichever thread moves the request at that moment, the
 * server that receives or the client that found it waiting, has to be lent those 20. */
static void test_lending_to_takers(unsigned senders)
{
    struct caller bulk[3] = {{0}};
    unsigned answered = 0, rounds = 20;
    int good = 1;

    for (unsigned i = 0; i < rounds; i++) {
        struct child server;
        struct caller high = {0};

        child_serve(&server, CLASS, "reply-recv", 5);
        high.handle = server.client;
        good &= call_add(server.client, NULL) == rcOk; /* it has come to receive */
        stop = 0;
        for (unsigned k = 0; k < senders; k++) {
            bulk[k] = (struct caller){.handle = server.client};
            KosThreadCreate(&bulk[k].tid, 10, 0, send_bulk, &bulk[k], 0);
        }
        KosThreadSleep(2);
        start_spinner();
        KosThreadCreate(&high.tid, 20, 0, call_spin, &high, 0);
        for (int wait = 0; wait < 300 && !is_answered(&high); wait++) {
            KosThreadSleep(1);
        }
        answered += is_answered(&high) != 0;
        stop = 1;
        for (unsigned k = 0; k < senders; k++) {
            KosThreadWait(bulk[k].tid, INFINITE_TIMEOUT);
            good &= bulk[k].err == NK_EOK;
        }
        KosThreadWait(high.tid, INFINITE_TIMEOUT);
        child_drop(&server);
    }
    CHECK_EQUAL("who takes a long request in is lent the queue's priority", answered, rounds);
    CHECK("the long requests all arrive", good);
}

void test_callers(Handle handle)
{
    core_one_cpu();
    test_lending();
    core_set_priority(KosThreadCurrentId(), 25);
    test_lending_to_takers(1);
    test_lending_to_takers(3);
    core_set_priority(KosThreadCurrentId(), 15);
    core_all_cpus();
    test_priorities(handle);
    test_many(handle);
    CHECK_RC("the kernel's self-check after many callers", core_self_check(), rcOk);
}
