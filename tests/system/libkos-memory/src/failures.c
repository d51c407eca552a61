/*
 * failures.c: each operation with the first, second ... allocation of the kernel failing, until none
 * does: it says so and nothing has changed.
 */
#include "suite.h"

#define PAGES 12

static char *window;

/* Two allocations side by side, pages 3 to 5 committed, with bytes in them. */
static void set_up(void)
{
    KnVmUnmap(window, PAGES * PAGE);
    KnVmAllocate(window, 6 * PAGE, VMM_FLAG_RESERVE | RW | VMM_FLAG_FIXED);
    KnVmAllocate(window + 6 * PAGE, 6 * PAGE, LAZY | R | VMM_FLAG_FIXED);
    KnVmCommit(window + 3 * PAGE, 3 * PAGE, 0);
    window[4 * PAGE] = 77;
}

/* What can be seen of the window, as one number. */
static uint64_t fingerprint(void)
{
    uint64_t print = 14695981039346656037ull;

    for (int i = 0; i < PAGES; i++) {
        KnVmInfo info = {0};
        KnVmQuery(window + i * PAGE, &info);
        print = (print ^ (info.flags & ~(rtl_uint32_t)VMM_FLAG_LOCKED)) * 1099511628211ull;
        if (can_read(window + i * PAGE)) {
            print = (print ^ (uint64_t)window[i * PAGE]) * 1099511628211ull;
        }
    }
    return print;
}

static Retcode commit(void)
{
    return KnVmCommit(window + PAGE, 7 * PAGE, 0);
}

static Retcode commit_locked(void)
{
    return KnVmCommit(window + PAGE, 7 * PAGE, VMM_FLAG_LOCKED);
}

static Retcode decommit(void)
{
    return KnVmDecommit(window + 4 * PAGE, 5 * PAGE);
}

static Retcode protect(void)
{
    return KnVmProtect(window + 2 * PAGE, 9 * PAGE, RX);
}

static Retcode allocate(void)
{
    void *p = KnVmAllocate(NULL, 5 * PAGE, LAZY | RW | VMM_FLAG_LOCKED);

    if (p) {
        KnVmUnmap(p, 5 * PAGE);
    }
    return p ? rcOk : rcOutOfMemory;
}

static void fail_everywhere(const char *name, Retcode (*operation)(void))
{
    int good = 1;
    uint64_t n, left = 0;
    Retcode rc = rcFail;

    for (n = 1; n < 100 && rc != rcOk; n++) {
        set_up();
        uint64_t before = fingerprint();
        core_fail_allocation(n, NULL);
        rc = operation();
        core_fail_allocation(0, &left);
        good &= rc == rcOk || (rc == rcOutOfMemory && fingerprint() == before);
    }
    CHECK(name, good && rc == rcOk && left > 0);
    CHECK_RC("  the kernel's self-check", core_self_check(), rcOk);
}

void test_failures(void)
{
    window = KnVmAllocate(NULL, PAGES * PAGE, VMM_FLAG_RESERVE);
    fail_everywhere("commit without memory", commit);
    fail_everywhere("locked commit without memory", commit_locked);
    fail_everywhere("decommit without memory", decommit);
    fail_everywhere("protect without memory", protect);
    fail_everywhere("locked allocation without memory", allocate);
    KnVmUnmap(window, PAGES * PAGE);
}
