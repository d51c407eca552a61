/*
 * vmm.c: KnVmAllocate, Commit, Decommit, Protect, Unmap, Query.
 */
#include "suite.h"
#include "task.h"

#include <coresrv/handle/handle_api.h>
#include <stdio.h>

/* A child that touches memory; how it ended. */
static int touch(const char *mode)
{
    struct child child;

    child_create(&child, CLASS, CHILD_PRIORITY);
    child_start(&child, mode, 0, NULL);
    int status = child_wait(&child, 10000);
    child_drop(&child);
    return status;
}

static void test_touching(void)
{
    static const char *const kills[] = {"low-guard", "high-guard", "reserved", "read-only",
                                        "no-access", "decommitted", "freed", "data-as-code"};
    char name[64];

    CHECK_EQUAL("writing what may be written", touch("write"), 1);
    CHECK_EQUAL("executing what may be executed", touch("execute"), 1);
    for (unsigned i = 0; i < sizeof(kills) / sizeof(kills[0]); i++) {
        snprintf(name, sizeof(name), "touching kills: %s", kills[i]);
        CHECK_EQUAL(name, touch(kills[i]), -1000);
    }
}

static rtl_uint32_t flags_at(const void *at)
{
    KnVmInfo info = {0};

    return KnVmQuery(at, &info) == rcOk ? info.flags : ~0u;
}

static Retcode make_shared(void *at)
{
    Handle mdl = INVALID_HANDLE;
    Retcode rc = KnPmmMdlCreateFromVm(at, PAGE, 0, &mdl);

    if (rc == rcOk) {
        KnHandleClose(mdl);
    }
    return rc;
}

static void test_allocate(void)
{
    static const int refused[] = {
        0,                                         /* not reserved */
        VMM_FLAG_COMMIT | RW,                      /* nor this */
        LAZY | VMM_FLAG_WRITE,                     /* without reading */
        LAZY | VMM_FLAG_EXECUTE,
        LAZY | VMM_FLAG_WRITE | VMM_FLAG_EXECUTE,
        LAZY | RW | VMM_FLAG_WRITE_THROUGH,
        LAZY | RW | VMM_FLAG_WRITE_COMBINE,
        LAZY | RW | VMM_FLAG_CACHE_DISABLE,
        LAZY | RW | VMM_FLAG_ALIAS,
        LAZY | RW | (int)0x40000000,
    };
    char *p, *q;
    int good = 1;

    for (unsigned i = 0; i < sizeof(refused) / sizeof(refused[0]); i++) {
        good &= !KnVmAllocate(NULL, PAGE, refused[i]);
    }
    CHECK("flags that are refused", good);
    CHECK("no bytes", !KnVmAllocate(NULL, 0, LAZY | RW));
    CHECK("more than there are addresses", !KnVmAllocate(NULL, ~0ull - PAGE, LAZY | RW));
    CHECK("more memory than there is", !KnVmAllocate(NULL, 1ull << 40, LAZY | RW));
    CHECK("an odd address", !KnVmAllocate((void *)0x10000001, PAGE, LAZY | RW | VMM_FLAG_FIXED));
    CHECK("an address of the kernel", !KnVmAllocate((void *)0xffff800000000000, PAGE,
                                                    LAZY | RW | VMM_FLAG_FIXED));
    p = KnVmAllocate(NULL, PAGE, LAZY | RW | VMM_FLAG_GROW_DOWN | VMM_FLAG_WRITE_BACK);
    CHECK("all zero, and can be written", p && !p[0] && !p[PAGE - 1] && (p[0] = 1));
    CHECK("taken already", !KnVmAllocate(p, PAGE, LAZY | RW | VMM_FLAG_FIXED));
    q = KnVmAllocate(p, PAGE, LAZY | RW);
    CHECK("an address that is only a wish", q && q != p);
    KnVmUnmap(q, PAGE);
    KnVmUnmap(p, PAGE);
    CHECK("there, once it is free", KnVmAllocate(p, PAGE, LAZY | RW | VMM_FLAG_FIXED) == p);
    CHECK("zero again", !p[0]);
    KnVmUnmap(p, PAGE);
    p = KnVmAllocate(NULL, 3 * PAGE, LAZY | RW | VMM_FLAG_LOCKED);
    CHECK("locked: frames at once", p && (flags_at(p + 2 * PAGE) & VMM_FLAG_LOCKED));
    KnVmUnmap(p, 3 * PAGE);
    p = KnVmAllocate(NULL, 3 * PAGE, LAZY | RW);
    CHECK("lazy: when it is touched", p && !(flags_at(p + PAGE) & VMM_FLAG_LOCKED) &&
                                          (p[PAGE] = 1, flags_at(p + PAGE) & VMM_FLAG_LOCKED));
    KnVmUnmap(p, 3 * PAGE);
}

/* A reservation costs a region's description, whatever its size. */
static void test_cost(void)
{
    struct counters before, after;
    core_counters(&before);
    char *p = KnVmAllocate(NULL, 1ull << 38, VMM_FLAG_RESERVE | RW);
    core_counters(&after);
    CHECK("a reservation of 256 GiB", p != NULL);
    CHECK("costs next to nothing", before.frames - after.frames <= 2);
    CHECK_RC("part of it can be used", KnVmCommit(p + (1ull << 37), PAGE, VMM_FLAG_LOCKED), rcOk);
    p[1ull << 37] = 1;
    CHECK_RC("committing all of it fails", KnVmCommit(p, 1ull << 38, 0), rcQuotaExceeded);
    CHECK("and changes nothing", flags_at(p) == (VMM_FLAG_RESERVE | RW) && p[1ull << 37] == 1);
    KnVmUnmap(p, 1ull << 38);
}

static void test_query(void)
{
    KnVmInfo info = {0};
    int local;
    char *p = KnVmAllocate(NULL, 4 * PAGE,
                           VMM_FLAG_RESERVE | R | VMM_FLAG_LOW_GUARD | VMM_FLAG_HIGH_GUARD);

    CHECK_RC("KnVmQuery", KnVmQuery(p + PAGE + 7, &info), rcOk);
    CHECK("the reservation", info.base == p && info.size == 4 * PAGE &&
                                 info.flags == (VMM_FLAG_RESERVE | R));
    CHECK_RC("the guard below", KnVmQuery(p - 1, &info), rcOk);
    CHECK("is one page", info.base == p - PAGE && info.size == PAGE &&
                             info.flags == (VMM_FLAG_RESERVE | VMM_FLAG_LOW_GUARD));
    CHECK_RC("the guard above", KnVmQuery(p + 4 * PAGE, &info), rcOk);
    CHECK("too", info.base == p + 4 * PAGE && info.size == PAGE);
    KnVmCommit(p + PAGE, 2 * PAGE, 0);
    KnVmQuery(p + PAGE, &info);
    CHECK("what is committed", info.base == p + PAGE && info.size == 2 * PAGE &&
                                   info.flags == (LAZY | R));
    KnVmUnmap(p, 4 * PAGE);
    KnVmQuery(p, &info);
    CHECK("free", info.flags == 0 && (char *)info.base <= p - PAGE &&
                      (char *)info.base + info.size >= p + 5 * PAGE);
    CHECK("code", (flags_at((void *)(uintptr_t)test_query) & VMM_FLAG_RWX_MASK) == RX);
    CHECK("the stack", (flags_at(&local) & VMM_FLAG_RWX_MASK) == RW);
    CHECK_RC("no place", KnVmQuery(p, NULL), rcInvalidArgument);
    CHECK_RC("the null page", KnVmQuery(NULL, &info), rcInvalidArgument);
    CHECK_RC("the kernel", KnVmQuery((void *)0xffff800000000000, &info), rcInvalidArgument);
}

/* Each with a hole, a guard, other memory or bad arguments in the range: nothing changes. */
static void test_all_or_nothing(void)
{
    char *p = KnVmAllocate(NULL, 8 * PAGE, VMM_FLAG_RESERVE | RW | VMM_FLAG_HIGH_GUARD);
    const rtl_uint32_t reserved = VMM_FLAG_RESERVE | RW;

    KnVmUnmap(p + 5 * PAGE, PAGE);
    CHECK_RC("commit over a hole", KnVmCommit(p, 8 * PAGE, 0), rcInvalidArgument);
    CHECK("changes nothing", flags_at(p) == reserved && flags_at(p + 6 * PAGE) == reserved);
    CHECK_RC("protect over a hole", KnVmProtect(p, 8 * PAGE, R), rcInvalidArgument);
    CHECK("changes nothing", flags_at(p) == reserved && flags_at(p + 7 * PAGE) == reserved);
    CHECK_RC("commit into a guard", KnVmCommit(p + 6 * PAGE, 3 * PAGE, 0), rcInvalidArgument);
    CHECK("changes nothing", flags_at(p + 6 * PAGE) == reserved);
    CHECK_RC("locked commit over a hole", KnVmCommit(p, 8 * PAGE, VMM_FLAG_LOCKED),
             rcInvalidArgument);
    CHECK_RC("commit", KnVmCommit(p + PAGE, 3 * PAGE, 0), rcOk);
    p[2 * PAGE] = 9;
    CHECK_RC("decommit over a hole", KnVmDecommit(p, 8 * PAGE), rcInvalidArgument);
    CHECK_EQUAL("changes nothing", p[2 * PAGE], 9);
    CHECK_RC("commit of what is committed in part", KnVmCommit(p, 5 * PAGE, VMM_FLAG_LOCKED), rcOk);
    CHECK("keeps what was there", p[2 * PAGE] == 9 && p[0] == 0 && p[4 * PAGE] == 0);
    CHECK("all have frames", (flags_at(p + 4 * PAGE) & VMM_FLAG_LOCKED) != 0);
    CHECK_RC("decommit", KnVmDecommit(p + PAGE, 2 * PAGE), rcOk);
    CHECK_RC("again", KnVmDecommit(p + PAGE, 2 * PAGE), rcOk);
    CHECK_RC("commit after it", KnVmCommit(p, 5 * PAGE, 0), rcOk);
    CHECK_EQUAL("gives zeros", p[2 * PAGE], 0);
    CHECK_RC("no bytes", KnVmCommit(p, 0, 0), rcInvalidArgument);
    CHECK_RC("an odd address", KnVmCommit(p + 1, PAGE, 0), rcInvalidArgument);
    CHECK_RC("unknown flags", KnVmCommit(p, PAGE, 0x40000000), rcInvalidArgument);
    CHECK_RC("decommit of nothing", KnVmDecommit(p + 5 * PAGE, PAGE), rcInvalidArgument);
    CHECK_RC("decommit at an odd address", KnVmDecommit(p + 8, PAGE), rcInvalidArgument);
    CHECK_RC("decommit of code", KnVmDecommit((void *)((uintptr_t)test_query & ~4095ul), PAGE),
             rcInvalidArgument);
    CHECK_RC("unmap over the hole", KnVmUnmap(p, 8 * PAGE), rcOk);
    CHECK_EQUAL("frees all", flags_at(p) | flags_at(p + 7 * PAGE), 0);
    CHECK_RC("unmap of nothing", KnVmUnmap(p, PAGE), rcInvalidArgument);
    CHECK_RC("unmap at an odd address", KnVmUnmap(p + 1, PAGE), rcInvalidArgument);
    CHECK_RC("unmap of no bytes", KnVmUnmap(p, 0), rcInvalidArgument);
}

/* All three, which this suite's policy does not refuse; the kernel's methods keep to what they are for. */
static void test_rwx(char *p)
{
    char *code = KnVmAllocate(NULL, PAGE, LAZY | VMM_FLAG_LOCKED | VMM_FLAG_RWX_MASK);

    CHECK("code that can be written", code && can_write(code));
    CHECK("  and asked about", (flags_at(code) & VMM_FLAG_RWX_MASK) == VMM_FLAG_RWX_MASK);
    code[0] = (char)0xc3;
    ((void (*)(void))(uintptr_t)code)();
    CHECK("  is executed", code[0] == (char)0xc3);
    CHECK("  it cannot become shared memory", make_shared(code) == rcSecurityDisallow);
    KnVmUnmap(code, PAGE);
    CHECK_RC("memory becomes such", KnVmProtect(p, PAGE, VMM_FLAG_RWX_MASK), rcOk);
    CHECK("  keeps what was in it, can be written", p[0] == 5 && can_write(p));
    p[1] = (char)0xc3;
    ((void (*)(void))(uintptr_t)(p + 1))();
    CHECK_RC("  and no longer", KnVmProtect(p, PAGE, RX), rcOk);
    CHECK("  can be read, not written", can_read(p) && !can_write(p));
    CHECK_RC("code of the program never",
             KnVmProtect((void *)((uintptr_t)test_query & ~4095ul), PAGE, VMM_FLAG_RWX_MASK),
             rcSecurityDisallow);
    CHECK_RC("the method for all three refuses less", core_vm_protect_rwx((uintptr_t)p, PAGE, RX),
             rcInvalidArgument);
    CHECK_RC("and the ordinary one refuses them",
             core_vm_protect((uintptr_t)p, PAGE, VMM_FLAG_RWX_MASK), rcSecurityDisallow);
    CHECK_RC("that for allocating, too", core_vm_allocate_rwx(PAGE, LAZY | RW), rcInvalidArgument);
}

static void test_protect(void)
{
    char *p = KnVmAllocate(NULL, 2 * PAGE, LAZY | RW);

    p[0] = 5;
    CHECK_RC("read only", KnVmProtect(p, PAGE, R), rcOk);
    CHECK("can be read, not written", can_read(p) && !can_write(p) && p[0] == 5);
    CHECK("the next page can", can_write(p + PAGE));
    CHECK_RC("no access", KnVmProtect(p, PAGE, 0), rcOk);
    CHECK("neither", !can_read(p) && !can_write(p));
    CHECK_RC("code", KnVmProtect(p, PAGE, RX), rcOk);
    CHECK("can be read, not written", can_read(p) && !can_write(p) && p[0] == 5);
    CHECK_RC("writing and executing without reading",
             KnVmProtect(p, PAGE, VMM_FLAG_WRITE | VMM_FLAG_EXECUTE), rcSecurityDisallow);
    test_rwx(p);
    CHECK_RC("writing alone", KnVmProtect(p, PAGE, VMM_FLAG_WRITE), rcInvalidArgument);
    CHECK_RC("executing alone", KnVmProtect(p, PAGE, VMM_FLAG_EXECUTE), rcInvalidArgument);
    CHECK_RC("unknown flags", KnVmProtect(p, PAGE, R | 0x4000), rcInvalidArgument);
    CHECK_RC("no bytes", KnVmProtect(p, 0, R), rcInvalidArgument);
    CHECK_RC("code of the program made writable",
             KnVmProtect((void *)((uintptr_t)test_query & ~4095ul), PAGE, RW), rcSecurityDisallow);
    CHECK_RC("back", KnVmProtect(p, 2 * PAGE, RW), rcOk);
    CHECK("all can be written", can_write(p) && can_write(p + PAGE) && p[0] == 5);
    KnVmUnmap(p, 2 * PAGE);
}

void test_vmm(void)
{
    test_allocate();
    test_cost();
    test_query();
    test_all_or_nothing();
    test_protect();
    test_touching();
}
