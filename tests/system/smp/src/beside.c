/*
 * beside.c: short messages of pairs of threads on different CPUs, which need not wait for each other.
 *
 * The servers of this part receive and answer in registers (peer.c, mode "short").
 */
#include "suite.h"

#include <tessera/call.h>

#define CALLS   2000u
#define KILLED  10

#define ADD                                                                                        \
    KN_WORD(smp_Peer_work_iid, smp_Work_Add_mid, sizeof(smp_Work_Add_req), 0, NK_MESSAGE_REQUEST)

static struct child servers[CPUS_SHOWN];

struct callers {
    uint32_t nservers;
    uint32_t until_death; /* calls are made until the server does not answer */
    volatile uint32_t wrong, ended;
};

/* The server answers with the request's payload. */
static void call_server(void *context, uint32_t i)
{
    struct callers *callers = context;
    Handle server = servers[i % callers->nservers].client;
    struct kn_words words;

    for (uint32_t n = 0; callers->until_death || n < CALLS; n++) {
        kn_set_words(&words, ADD, n, i, ~n, n * i, n + i);
        if (kn_call_short(server, &words) != rcOk) {
            callers->wrong |= !callers->until_death;
            break;
        }
        callers->wrong |= words.payload[0] != n || words.payload[1] != i ||
                          words.payload[2] != (uint32_t)~n || words.payload[3] != n * i ||
                          words.payload[4] != n + i;
    }
    __atomic_add_fetch(&callers->ended, 1, __ATOMIC_SEQ_CST);
}

static void start_servers(uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        go_to(i % cpus);
        CHECK_RC("a server", child_serve(&servers[i], "smp.Peer", "short", CHILD_PRIORITY), rcOk);
    }
    go_anywhere();
    KosThreadSleep(20); /* they wait */
}

static void end_servers(uint32_t n)
{
    for (uint32_t i = 0; i < n; i++) {
        child_drop(&servers[i]);
    }
}

/* A pair a CPU; how often the kernel's lock was taken meanwhile. */
static uint32_t run_pairs(void)
{
    struct callers callers = {.nservers = cpus};
    struct lock_wait before, after;

    start_servers(cpus);
    core_lock_wait(&before);
    on_cpus(cpus, call_server, &callers);
    core_lock_wait(&after);
    end_servers(cpus);
    if (callers.wrong) {
        CHECK("each CPU calls a server of its own", 0);
    }
    return after.turns - before.turns;
}

/* The timer takes the lock, and whoever comes first and last; so does a call that meets one of these, and
 * then the host decides how long: the best of a few. */
static void test_pairs(void)
{
    uint32_t turns = run_pairs();

    for (int i = 0; i < 10 && turns > CALLS; i++) {
        turns = run_pairs();
    }
    CHECK("calls on each CPU take the kernel's lock seldom", cpus == 1 || turns <= CALLS);
}

/* More callers than threads that receive, from all CPUs. */
static void test_one_server(void)
{
    struct callers callers = {.nservers = 1};

    start_servers(1);
    on_cpus(2 * cpus, call_server, &callers);
    CHECK("all CPUs call one server that has two threads", !callers.wrong);
    end_servers(1);
}

/* Callers and servers change their CPUs all the time. */
static void wander(void *context, uint32_t i)
{
    struct callers *callers = context;

    for (uint32_t n = 0; callers->ended < 2 * cpus; n++) {
        go_to((n + i) % cpus);
        KosThreadYield();
    }
}

static void call_or_wander(void *context, uint32_t i)
{
    if (i < 2 * cpus - 1) {
        call_server(context, i);
        return;
    }
    __atomic_add_fetch(&((struct callers *)context)->ended, 1, __ATOMIC_SEQ_CST);
    wander(context, i);
}

static void test_wandering(void)
{
    struct callers callers = {.nservers = cpus};

    start_servers(cpus);
    on_cpus(2 * cpus, call_or_wander, &callers);
    CHECK("while another thread wanders", !callers.wrong);
    end_servers(cpus);
}

static void call_or_kill(void *context, uint32_t i)
{
    if (i > 0) {
        call_server(context, i);
        return;
    }
    KosThreadSleep(2);
    core_task_terminate(servers[0].task);
}

static void test_killed(void)
{
    struct callers callers = {.nservers = 1, .until_death = 1};

    for (int n = 0; n < KILLED; n++) {
        start_servers(1);
        on_cpus(2 * cpus, call_or_kill, &callers);
        end_servers(1);
    }
    CHECK("a server dies while all CPUs call it", !callers.wrong);
    CHECK_EQUAL("each caller learns of it", callers.ended, KILLED * (2 * cpus - 1));
}

void test_beside_each_other(void)
{
    test_pairs();
    test_one_server();
    test_wandering();
    test_killed();
}
