/*
 * revoking.c: what was given is taken back, mappings included.
 */
#include "suite.h"

/* The handle that the peer's was derived from is revoked. */
static void test_peer_loses(uint64_t size, uint64_t touched)
{
    struct peer peer;
    Handle handle, given = INVALID_HANDLE;
    uint64_t va = 0;
    volatile uint64_t *p = make(size, &handle);

    peer_start(&peer);
    KnHandleCopy(handle, NK_RIGHTS_SAME, INVALID_HANDLE, &given);
    uint32_t theirs = peer_keep(&peer, given, NK_RIGHTS_SAME);
    peer_map(&peer, theirs, RW, 0, size, &va);
    CHECK("the peer writes", peer_poke(&peer, va + touched, 1) && peer_poke(&peer, va, 2));
    CHECK_RC("revoke what it has", KnHandleRevoke(given), rcOk);
    CHECK_EQUAL("the memory is still here", p[touched / 8], 1);
    CHECK_RC("the peer cannot map", peer_map(&peer, theirs, R, 0, PAGE, &va + 0), rcHandleRevoked);
    core_close(handle);
    KnVmUnmap((void *)(uintptr_t)p, size);
    peer_end(&peer);
}

/* After a revocation every page faults, whether it was touched before or not. */
static void test_touch(uint64_t at, int closes)
{
    struct peer peer;
    Handle handle;
    uint64_t va = 0;

    CHECK_RC("new memory", KnPmmMdlCreate(200 * PAGE, RW, &handle), rcOk);
    peer_start(&peer);
    uint32_t theirs = peer_keep(&peer, handle, NK_RIGHTS_SAME);
    peer_map(&peer, theirs, RW, 0, 200 * PAGE, &va);
    for (uint64_t i = 0; i < 150; i++) {
        peer_poke(&peer, va + i * PAGE, i);
    }
    peer_protect(&peer, va + 7 * PAGE, PAGE, R); /* several regions */
    peer_unmap(&peer, va + 9 * PAGE, PAGE);
    if (closes) {
        CHECK_RC("the peer closes its handle", peer_close(&peer, theirs), rcOk);
    }
    CHECK_RC("revoke", KnHandleRevoke(handle), rcOk);
    CHECK("a touch ends the peer", !peer_peek(&peer, va + at, NULL));
    CHECK_EQUAL("by a fault", peer_fault(&peer), -1000);
}

/* The mapping belongs to the handle it was made through, not to the memory. */
static void test_own(void)
{
    Handle handle, copy = INVALID_HANDLE, other = INVALID_HANDLE;
    rtl_size_t size = 0;
    volatile uint64_t *p = make(PAGE, &handle);
    void *through = NULL, *va = NULL;

    KnHandleCopy(handle, NK_RIGHTS_SAME, INVALID_HANDLE, &copy);
    KnPmmMdlMap(copy, 0, PAGE, NULL, RW, &through);
    p[0] = 4;
    CHECK_EQUAL("two mappings through two handles", *(volatile uint64_t *)through, 4);
    CHECK_RC("revoke the copy", KnHandleRevoke(copy), rcOk);
    CHECK_RC("its mapping is gone", KnVmUnmap(through, PAGE), rcInvalidArgument);
    CHECK_EQUAL("the other one is not", p[0], 4);
    CHECK_RC("the place is free", KnPmmMdlMap(handle, 0, PAGE, through, R | VMM_FLAG_FIXED, &va),
             rcOk);
    KnHandleCopy(handle, OCAP_MDL_READ, INVALID_HANDLE, &other);
    CHECK_RC("revoke the handle", KnHandleRevoke(handle), rcOk);
    CHECK_RC("a copy cannot be mapped", KnPmmMdlMap(other, 0, PAGE, NULL, R, &va), rcHandleRevoked);
    CHECK_RC("nor asked for the size", KnPmmMdlGetSize(other, &size), rcHandleRevoked);
    core_close(other);
    CHECK_RC("both are gone", KnVmUnmap((void *)(uintptr_t)p, PAGE), rcInvalidArgument);
    CHECK_RC("indeed", KnVmUnmap(va, PAGE), rcInvalidArgument);
}

/* Revoking by a program that itself has the memory mapped through the parent's handle. */
static void test_many(void)
{
    enum { COUNT = 300 };
    static void *va[COUNT];
    Handle handle, copy = INVALID_HANDLE;
    int good = 1, gone = 1;

    CHECK_RC("new memory", KnPmmMdlCreate(4 * PAGE, RW, &handle), rcOk);
    KnHandleCopy(handle, NK_RIGHTS_SAME, INVALID_HANDLE, &copy);
    for (int i = 0; i < COUNT; i++) {
        good &= KnPmmMdlMap(copy, (rtl_size_t)(i % 4) * PAGE, PAGE, NULL, RW, &va[i]) == rcOk;
        *(volatile uint64_t *)va[i] = (uint64_t)i;
    }
    CHECK("300 mappings", good);
    CHECK_EQUAL("of the same pages", *(volatile uint64_t *)va[0], 296);
    CHECK_RC("revoke", KnHandleRevoke(copy), rcOk);
    for (int i = 0; i < COUNT; i++) {
        gone &= KnVmUnmap(va[i], PAGE) == rcInvalidArgument;
    }
    CHECK("all are gone", gone);
    core_close(handle);
}

/* Memory that was the process's own, then shared, is unmapped like any other. */
static void test_from_vm(void)
{
    Handle handle = INVALID_HANDLE;
    char *p = KnVmAllocate(NULL, 100 * PAGE, LAZY);

    memset(p, 1, 100 * PAGE);
    CHECK_RC("share", KnPmmMdlCreateFromVm(p, 100 * PAGE, RW, &handle), rcOk);
    CHECK_RC("revoke", KnHandleRevoke(handle), rcOk);
    CHECK_RC("it is gone", KnVmUnmap(p, 100 * PAGE), rcInvalidArgument);
}

void test_revoking(void)
{
    test_peer_loses(4 * PAGE, PAGE);
    test_peer_loses(5ull << 20, 3ull << 20);
    test_touch(0, 0);
    test_touch(149 * PAGE, 1);
    test_touch(199 * PAGE, 0);
    test_touch(7 * PAGE, 1);
    test_own();
    test_many();
    test_from_vm();
}
