/*
 * memory.c: memory that is taken away while other CPUs use it.
 */
#include "suite.h"

#define ROUNDS 2

/* The readers of the process must fault, and none may read once the page was said to be gone. */
static void lose(enum lose how, const char *name)
{
    struct shared board;
    struct peer peer;
    smp_Work_Lose_req req = {.how = how, .threads = cpus > 1 ? cpus - 1 : 1};
    smp_Work_Lose_res res;
    int status = 0;
    uint64_t leaked = 0;

    for (int i = 0; i < ROUNDS; i++) {
        shared_make(&board);
        peer_start(&peer);
        req.board = shared_with(&board, &peer, INVALID_HANDLE);
        (void)smp_Work_Lose(&peer.proxy.base, &req, NK_NULL, &res, NK_NULL);
        status = child_wait(&peer.child, 60000);
        leaked |= ((struct board *)(uintptr_t)board.va)->has_leaked;
        peer_end(&peer);
        shared_drop(&board);
        if (status != -1000) {
            break;
        }
    }
    CHECK_EQUAL(name, status, -1000);
    CHECK_EQUAL("nobody has read it afterwards", leaked, 0);
}

/* Other processes read shared memory on all CPUs while the handle that they have it by is revoked. What
 * is written after the revocation they must not see. */
static void test_revoked(void)
{
    struct shared board, memory;
    struct peer peers[CPUS_SHOWN];
    struct board *b;
    Handle lent = INVALID_HANDLE;
    uint32_t n = cpus > 1 ? cpus - 1 : 1;
    int status = -1000;

    shared_make(&board);
    shared_make(&memory);
    b = (struct board *)(uintptr_t)board.va;
    *memory.va = 1;
    CHECK_RC("a handle to lend",
             KnHandleCopy(memory.handle, SHARE | OCAP_HANDLE_TRANSFER, INVALID_HANDLE, &lent), rcOk);
    for (uint32_t i = 0; i < n; i++) {
        peer_start(&peers[i]);
        uint64_t to = shared_with(&board, &peers[i], INVALID_HANDLE);
        uint64_t va = shared_with(&memory, &peers[i], lent);
        CHECK_RC("a reader", peer_busy(&peers[i], BUSY_READ, 1, to, va), rcOk);
    }
    while (b->steps[0] < 1000 || b->largest != 1) {
        KosThreadSleep(1);
    }
    CHECK_RC("revoking what all CPUs read", KnHandleRevoke(lent), rcOk);
    *memory.va = 2;
    for (uint32_t i = 0; i < n; i++) {
        int s = child_wait(&peers[i].child, 60000);
        status = s == -1000 ? status : s;
        peer_end(&peers[i]);
    }
    CHECK_EQUAL("the readers fault", status, -1000);
    CHECK_EQUAL("what was written afterwards was not seen", b->largest, 1);
    shared_drop(&memory);
    shared_drop(&board);
}

/* ---- one address space, used by all CPUs ---- */

static volatile int is_spoiled;

/* Maps, fills, checks and unmaps: what one CPU gives back another one gets at once. */
static void churn(void *context, uint32_t i)
{
    (void)context;
    for (uint32_t round = 0; round < 10; round++) {
        uint32_t pages = 1 + (round + i) % 9;
        volatile uint64_t *p = KnVmAllocate(NULL, pages * PAGE,
                                            VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | RW);
        uint64_t mark = ((uint64_t)i << 32) | round;

        if (!p) {
            is_spoiled = 1;
            return;
        }
        for (uint32_t n = 0; n < pages * PAGE / 8; n += 64) {
            is_spoiled |= p[n] != 0;
            p[n] = mark;
        }
        for (uint32_t n = 0; n < pages * PAGE / 8; n += 64) {
            is_spoiled |= p[n] != mark;
        }
        KnVmProtect((void *)(uintptr_t)p, pages * PAGE, VMM_FLAG_READ);
        is_spoiled |= p[0] != mark;
        KnVmUnmap((void *)(uintptr_t)p, pages * PAGE);
    }
}

void test_memory(void)
{
    lose(LOSE_UNMAP, "unmapping what others read");
    lose(LOSE_PROTECT, "forbidding what others read");
    lose(LOSE_DECOMMIT, "giving back what others read");
    test_revoked();
    is_spoiled = 0;
    on_cpus(cpus + 1, churn, NULL);
    CHECK("memory is nobody else's", !is_spoiled);
}
