/*
 * calls.c: Call and Reply between CPUs.
 */
#include "suite.h"

#define ROUNDS 500
#define BYTES  100000u

static int add_up(struct peer *p, uint32_t rounds)
{
    int good = 1;

    for (uint32_t i = 0; i < rounds && good; i++) {
        uint32_t sum = 0;

        good = peer_add(p, i, 3 * i, &sum) == 0 && sum == 4 * i;
    }
    return good;
}

/* Neither may move, so each message crosses. */
static void test_far(void)
{
    struct peer peer;

    go_to(cpus - 1);
    peer_start(&peer);
    go_to(0);
    CHECK("calls of a server on another CPU", add_up(&peer, ROUNDS));
    go_anywhere();
    peer_end(&peer);
}

/* A server that may run anywhere comes to its caller. */
static void test_near(void)
{
    struct peer peer;
    int is_near = 1, is_back = 1;

    peer_start(&peer);
    add_up(&peer, 1);
    for (uint32_t i = 0; i < 4 * cpus; i++) {
        uint32_t there = ~0u;

        go_to(i % cpus);
        for (uint32_t ms = 1; there != i % cpus && ms <= 256; ms *= 2) {
            KosThreadSleep(ms); /* the server has come to wait, if the host let its CPU run */
            if (peer_where(&peer, &there) != 0) {
                break;
            }
        }
        is_near &= there == i % cpus;
        is_back &= KosCpuCurrent() == i % cpus;
    }
    go_anywhere();
    CHECK("the receiver runs on the caller's CPU", is_near);
    CHECK("the reply returns there", is_back);
    peer_end(&peer);
}

struct crowd {
    struct peer *peers;
    uint32_t n;
    volatile int is_bad;
};

static void call_one(void *context, uint32_t i)
{
    struct crowd *crowd = context;
    struct peer mine;

    peer_clone(&crowd->peers[i % crowd->n], &mine);
    if (!add_up(&mine, ROUNDS / 2)) {
        crowd->is_bad = 1;
    }
}

static unsigned char bytes[2 * CPUS_SHOWN][BYTES];

/* A long message is copied in steps, between which other CPUs come in. */
static void send_bytes(void *context, uint32_t i)
{
    struct crowd *crowd = context;
    struct peer mine;

    peer_clone(&crowd->peers[i % crowd->n], &mine);
    for (uint32_t round = 0; round < 5; round++) {
        struct nk_arena arena = NK_ARENA_INITIALIZER(bytes[i], bytes[i] + BYTES);
        smp_Work_Sum_req req;
        smp_Work_Sum_res res;
        nk_uint8_t *to = nk_arena_alloc(nk_uint8_t, &arena, &req.given, BYTES);

        memset(to, (int)(i + round), BYTES);
        if (smp_Work_Sum(&mine.proxy.base, &req, &arena, &res, NK_NULL) != NK_EOK ||
            res.sum != (i + round) * BYTES) {
            crowd->is_bad = 1;
        }
    }
}

static void test_crowd(void)
{
    struct peer peers[CPUS_SHOWN];
    struct crowd crowd = {peers, 1, 0};

    for (uint32_t i = 0; i < cpus; i++) {
        peer_start(&peers[i]);
    }
    on_cpus(2 * cpus, call_one, &crowd);
    CHECK("all CPUs call one server", !crowd.is_bad);
    on_cpus(cpus, send_bytes, &crowd);
    CHECK("with long messages", !crowd.is_bad);
    crowd.n = cpus;
    on_cpus(2 * cpus, call_one, &crowd);
    CHECK("all CPUs call as many servers", !crowd.is_bad);
    on_cpus(cpus, send_bytes, &crowd);
    CHECK("with long messages, too", !crowd.is_bad);
    for (uint32_t i = 0; i < cpus; i++) {
        peer_end(&peers[i]);
    }
}

void test_calls(void)
{
    test_far();
    test_near();
    test_crowd();
}
