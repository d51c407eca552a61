/*
 * kill.c: processes that end while their threads run on all CPUs.
 */
#include "suite.h"

#define ROUNDS 2

static uint64_t all_steps(const struct board *b, uint32_t n)
{
    uint64_t sum = 0;

    for (uint32_t i = 0; i < n; i++) {
        sum += b->steps[i];
    }
    return sum;
}

/* After Terminate has returned, no thread of the process makes another step. */
static void kill_busy(enum busy kind, const char *name)
{
    struct shared board;
    struct board *b;
    struct peer peer;
    uint64_t late = 0;

    for (int round = 0; round < ROUNDS; round++) {
        shared_make(&board);
        b = (struct board *)(uintptr_t)board.va;
        peer_start(&peer);
        uint64_t to = shared_with(&board, &peer, INVALID_HANDLE);
        if (peer_busy(&peer, kind, cpus, to, to) != rcOk) {
            CHECK("busy threads", 0);
        }
        for (uint32_t i = 0; i < cpus; i++) {
            while (b->steps[i] < 5) {
                KosThreadSleep(1);
            }
        }
        core_task_terminate(peer.child.task);
        uint64_t then = all_steps(b, cpus);
        KosThreadSleep(3);
        late |= all_steps(b, cpus) - then;
        peer_end(&peer);
        shared_drop(&board);
    }
    CHECK_EQUAL(name, late, 0);
}

/* Its last caller learns of it; everybody else goes on. */
static void test_beside(void)
{
    struct shared board;
    struct peer killed, other;
    uint32_t sum = 0;

    shared_make(&board);
    peer_start(&killed);
    peer_start(&other);
    uint64_t to = shared_with(&board, &killed, INVALID_HANDLE);
    peer_busy(&killed, BUSY_CALL, cpus, to, to);
    core_task_terminate(killed.child.task);
    CHECK("a dead server does not answer", peer_add(&killed, 1, 2, &sum) != 0);
    CHECK("another one does", peer_add(&other, 1, 2, &sum) == 0 && sum == 3);
    peer_end(&killed);
    peer_end(&other);
    shared_drop(&board);
}

/* Several CPUs end processes at once, some of them the same one. */
static struct peer victims[CPUS_SHOWN];

static void kill_all(void *context, uint32_t i)
{
    (void)context;
    for (uint32_t n = 0; n < cpus; n++) {
        core_task_terminate(victims[(n + i / 2) % cpus].child.task);
    }
}

static void test_many_killers(void)
{
    int status = 0;

    for (int round = 0; round < ROUNDS; round++) {
        struct shared board;

        shared_make(&board);
        for (uint32_t i = 0; i < cpus; i++) {
            peer_start(&victims[i]);
            uint64_t to = shared_with(&board, &victims[i], INVALID_HANDLE);
            peer_busy(&victims[i], (enum busy)(i % BUSY_KINDS), 2, to, to);
        }
        on_cpus(cpus, kill_all, NULL);
        for (uint32_t i = 0; i < cpus; i++) {
            status |= child_wait(&victims[i].child, 60000) == -2000;
            peer_end(&victims[i]);
        }
        shared_drop(&board);
    }
    CHECK_EQUAL("all CPUs kill", status, 0);
}

void test_kill(void)
{
    static const char *const names[] = {
        [BUSY_COUNT] = "killed in user mode",
        [BUSY_CALL] = "killed among kernel calls",
        [BUSY_MEMORY] = "killed while it maps and unmaps",
        [BUSY_SLEEP] = "killed while it sleeps and wakes",
        [BUSY_READ] = "killed while it reads",
        [BUSY_HANDLE] = "killed while it makes and revokes handles",
    };

    for (int kind = 0; kind < BUSY_KINDS; kind++) {
        kill_busy((enum busy)kind, names[kind]);
    }
    test_beside();
    test_many_killers();
}
