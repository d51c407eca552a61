/*
 * sharing.c: two processes and one piece of memory.
 */
#include "suite.h"

static void test_both_ways(void)
{
    struct peer peer;
    Handle handle;
    uint64_t va = 0, value = 0;
    volatile uint64_t *p = make(4 * PAGE, &handle);

    peer_start(&peer);
    uint32_t theirs = peer_keep(&peer, handle, NK_RIGHTS_SAME);
    CHECK("the peer has a handle", theirs != 0);
    CHECK_RC("maps all", peer_map(&peer, theirs, RW, 0, 4 * PAGE, &va), rcOk);
    p[1] = 11;
    CHECK("reads", peer_peek(&peer, va + 8, &value));
    CHECK_EQUAL("what was written here", value, 11);
    CHECK("writes", peer_poke(&peer, va + 3 * PAGE, 12));
    CHECK_EQUAL("what is seen here", p[3 * PAGE / 8], 12);
    uint64_t part = 0;
    CHECK_RC("maps a part as well", peer_map(&peer, theirs, R, 3 * PAGE, PAGE, &part), rcOk);
    peer_peek(&peer, part, &value);
    CHECK_EQUAL("sees it there", value, 12);
    CHECK_RC("closes its handle", peer_close(&peer, theirs), rcOk);
    CHECK("and still reads", peer_peek(&peer, va + 8, &value) && value == 11);
    CHECK_RC("close this one", KnHandleClose(handle), rcOk);
    KnVmUnmap((void *)(uintptr_t)p, 4 * PAGE);
    CHECK("the peer has the memory alone", peer_peek(&peer, va + 8, &value) && value == 11);
    CHECK_EQUAL("and is well", peer_end(&peer), -2000);
}

/* Only reading is given away. */
static void test_rights(void)
{
    struct peer peer;
    Handle handle;
    uint64_t va = 0, value = 0;
    volatile uint64_t *p = make(PAGE, &handle);

    p[0] = 1;
    peer_start(&peer);
    uint32_t theirs = peer_keep(&peer, handle, OCAP_MDL_READ | OCAP_HANDLE_TRANSFER);
    CHECK_RC("the peer cannot map for writing", peer_map(&peer, theirs, RW, 0, PAGE, &va),
             rcSecurityDisallow);
    CHECK_RC("nor as code", peer_map(&peer, theirs, R | VMM_FLAG_EXECUTE, 0, PAGE, &va),
             rcSecurityDisallow);
    CHECK_RC("but for reading", peer_map(&peer, theirs, R, 0, PAGE, &va), rcOk);
    CHECK("reads", peer_peek(&peer, va, &value) && value == 1);
    CHECK_RC("and cannot make it writable", peer_protect(&peer, va, PAGE, RW), rcSecurityDisallow);
    CHECK("a write ends it", !peer_poke(&peer, va, 2));
    CHECK_EQUAL("by a fault", peer_fault(&peer), -1000);
    CHECK_EQUAL("nothing was written", p[0], 1);
    peer_start(&peer);
    theirs = peer_keep(&peer, handle, OCAP_MDL_WRITE);
    CHECK_RC("without the right to read there is no mapping",
             peer_map(&peer, theirs, RW, 0, PAGE, &va), rcSecurityDisallow);
    peer_end(&peer);
    KnVmUnmap((void *)(uintptr_t)p, PAGE);
    core_close(handle);
}

/* The maker dies; the memory lives as long as somebody shows it. */
static void test_death(void)
{
    struct peer peer;
    uint32_t theirs = 0;
    uint64_t va = 0;
    void *mine = NULL;

    peer_start(&peer);
    CHECK_RC("the peer makes memory", peer_create(&peer, 300 * PAGE, &theirs), rcOk);
    CHECK_RC("maps it", peer_map(&peer, theirs, RW, 0, 300 * PAGE, &va), rcOk);
    peer_poke(&peer, va + 299 * PAGE, 5);
    Handle handle = peer_give(&peer, theirs, OCAP_MDL_READ);
    CHECK("gives it", handle != INVALID_HANDLE);
    CHECK_RC("mapped here", KnPmmMdlMap(handle, 0, 300 * PAGE, NULL, R, &mine), rcOk);
    peer_end(&peer);
    CHECK_EQUAL("after its maker's death", *(volatile uint64_t *)((char *)mine + 299 * PAGE), 5);
    core_close(handle);
    CHECK_EQUAL("and without a handle", *(volatile uint64_t *)((char *)mine + 299 * PAGE), 5);
    KnVmUnmap(mine, 300 * PAGE);
}

/* A process is terminated while it makes or frees memory, at different moments. */
static void test_terminated(void)
{
    for (unsigned i = 0; i < 24; i++) {
        struct child child;

        child_create(&child, "mdl.Peer", CHILD_PRIORITY);
        CHECK_RC("a process that makes memory", child_start(&child, "work", 0, NULL), rcOk);
        core_sleep_ns(3000000ull + i * 2300000ull);
        CHECK_EQUAL("goes on", child_wait(&child, 0), -2000);
        child_drop(&child);
    }
}

void test_sharing(void)
{
    test_both_ways();
    test_rights();
    test_death();
    test_terminated();
}
