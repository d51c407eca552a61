/*
 * main.c: the address space from inside, and what happens to children that touch what they should
 * not.
 */
#include "check.h"
#include "core.h"
#include "task.h"

#include <coresrv/vmm/vmm_api.h>
#include <stdio.h>
#include <string.h>

#define CLASS "memory.Child"
#define PAGE  4096ull
#define RW    (VMM_FLAG_READ | VMM_FLAG_WRITE)
#define LAZY  (VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | RW)

#define USER_END 0x0000800000000000ull

static void test_child(const char *mode, int wanted)
{
    struct child child;
    char name[64];

    child_create(&child, CLASS, CHILD_PRIORITY);
    child_start(&child, mode, 0, NULL);
    snprintf(name, sizeof(name), "%s: %s", wanted ? "fault" : "allowed", mode);
    CHECK_EQUAL(name, child_wait(&child, 5000), wanted);
    child_drop(&child);
}

static void test_touches(void)
{
    static const char *const good[] = {"lazy", "locked", "commit", "commit-again",
                                       "guard-inside", "protect-back", "code"};
    static const char *const bad[] = {"reserved", "decommitted", "freed", "freed-middle",
                                      "write-protected", "protected-middle", "no-access",
                                      "execute", "low-guard", "high-guard", "behind"};

    for (unsigned i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
        test_child(good[i], 0);
    }
    for (unsigned i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
        test_child(bad[i], -1000);
    }
}

static void test_allocate_arguments(void)
{
    uint64_t va;

    CHECK_RC("size zero", core_vm_allocate(0, 0, LAZY, &va), rcInvalidArgument);
    CHECK("all of the address space", core_vm_allocate(0, ~0ull, LAZY, &va) != rcOk);
    CHECK("half of it and more", core_vm_allocate(0, USER_END, LAZY, &va) != rcOk);
    CHECK("a size that overflows", core_vm_allocate(0, ~0ull - 4094, LAZY, &va) != rcOk);
    CHECK_RC("without RESERVE", core_vm_allocate(0, PAGE, VMM_FLAG_COMMIT | RW, &va),
             rcInvalidArgument);
    CHECK_RC("writable and executable",
             core_vm_allocate(0, PAGE, LAZY | VMM_FLAG_EXECUTE, &va), rcSecurityDisallow);
    CHECK("a fixed address in the kernel",
          core_vm_allocate(0xffff800000000000ull, PAGE, LAZY | VMM_FLAG_FIXED, &va) != rcOk);
    CHECK("a fixed address that is none",
          core_vm_allocate(USER_END, PAGE, LAZY | VMM_FLAG_FIXED, &va) != rcOk);
    CHECK("across the end",
          core_vm_allocate(USER_END - PAGE, 2 * PAGE, LAZY | VMM_FLAG_FIXED, &va) != rcOk);
    CHECK("address zero", core_vm_allocate(0, PAGE, LAZY | VMM_FLAG_FIXED, &va) != rcOk || va);
    CHECK("a fixed address within a page",
          core_vm_allocate(0x10000001, PAGE, LAZY | VMM_FLAG_FIXED, &va) != rcOk);
}

static void test_fixed(void)
{
    uint64_t va = 0, again = 0;

    CHECK_RC("three pages", core_vm_allocate(0, 3 * PAGE, LAZY, &va), rcOk);
    CHECK("an address of a page", va && va % PAGE == 0 && va < USER_END);
    CHECK_RC("a fixed address that is taken",
             core_vm_allocate(va + PAGE, PAGE, LAZY | VMM_FLAG_FIXED, &again), rcAlreadyExists);
    CHECK_RC("free the middle", core_vm_free(va + PAGE, PAGE), rcOk);
    CHECK_RC("take it again", core_vm_allocate(va + PAGE, PAGE, LAZY | VMM_FLAG_FIXED, &again),
             rcOk);
    CHECK_EQUAL("exactly there", again, va + PAGE);
    *(volatile char *)(uintptr_t)again = 1;
    CHECK_RC("free all", core_vm_free(va, 3 * PAGE), rcOk);
    CHECK_RC("a wish", core_vm_allocate(va, PAGE, LAZY, &again), rcOk);
    CHECK_EQUAL("is granted where it is free", again, va);
    core_vm_free(again, PAGE);
    CHECK_RC("one byte", core_vm_allocate(0, 1, LAZY, &va), rcOk);
    ((volatile char *)(uintptr_t)va)[PAGE - 1] = 1;
    CHECK_RC("is a page", core_vm_free(va, PAGE), rcOk);
}

static void test_other_arguments(void)
{
    uint64_t va = 0;

    core_vm_allocate(0, 4 * PAGE, LAZY, &va);
    CHECK("free at no page", core_vm_free(va + 1, PAGE) != rcOk);
    CHECK_RC("free of nothing", core_vm_free(va, 0), rcInvalidArgument);
    CHECK("free in the kernel", core_vm_free(0xffff800000000000ull, PAGE) != rcOk);
    CHECK("free across the end", core_vm_free(va, ~0ull - va) != rcOk);
    CHECK("protect at no page", core_vm_protect(va + 8, PAGE, RW) != rcOk);
    CHECK("protect in the kernel", core_vm_protect(0xffffffff80000000ull, PAGE, RW) != rcOk);
    CHECK_RC("protect: writable and executable",
             core_vm_protect(va, PAGE, RW | VMM_FLAG_EXECUTE), rcSecurityDisallow);
    CHECK("commit in the kernel", core_vm_commit(0xffff800000000000ull, PAGE) != rcOk);
    CHECK("decommit of a size that overflows", core_vm_decommit(va, ~0ull) != rcOk);
    CHECK_RC("free", core_vm_free(va, 4 * PAGE), rcOk);
    CHECK("protect what was freed", core_vm_protect(va, PAGE, RW) != rcOk);
    CHECK("commit what was freed", core_vm_commit(va, PAGE) != rcOk);
    /* Text, read-only data and the start block belong to the process; they may not become writable
     * behind the program's back by a typing error, but a process may give them up. */
    CHECK("text does not become writable",
          core_vm_protect((uintptr_t)test_other_arguments & ~(PAGE - 1), PAGE, RW) != rcOk);
}

static void test_published(void)
{
    char *p = KnVmAllocate(NULL, 3 * PAGE, LAZY);

    if (!CHECK("KnVmAllocate", p != NULL)) {
        return;
    }
    memset(p, 9, 3 * PAGE);
    CHECK_RC("KnVmProtect", KnVmProtect(p, PAGE, VMM_FLAG_READ), rcOk);
    CHECK("the contents stay", p[0] == 9 && p[PAGE] == 9);
    CHECK_RC("KnVmDecommit", KnVmDecommit(p + PAGE, PAGE), rcOk);
    CHECK_RC("KnVmCommit", KnVmCommit(p + PAGE, PAGE, 0), rcOk);
    CHECK("new pages are zero", p[PAGE] == 0 && p[2 * PAGE - 1] == 0 && p[2 * PAGE] == 9);
    CHECK_RC("KnVmUnmap", KnVmUnmap(p, 3 * PAGE), rcOk);
    CHECK("KnVmAllocate of nothing", KnVmAllocate(NULL, 0, LAZY) == NULL);
}

/* Many regions, freed in another order; every page is zero and writable. */
static void test_many(void)
{
    static uint64_t va[300];
    int good = 1;

    for (int round = 0; round < 2; round++) {
        for (int i = 0; i < 300; i++) {
            good &= core_vm_allocate(0, (uint64_t)(1 + i % 7) * PAGE, LAZY, &va[i]) == rcOk;
            volatile char *last = (char *)(uintptr_t)va[i] + (uint64_t)(1 + i % 7) * PAGE - 1;
            good &= *last == 0;
            *last = (char)i;
        }
        for (int i = 0; i < 300; i++) {
            int j = i * 7 % 300;

            good &= core_vm_free(va[j], (uint64_t)(1 + j % 7) * PAGE) == rcOk;
        }
    }
    CHECK("300 regions, twice", good);
}

static void test_large(void)
{
    uint64_t va = 0;
    int good = 1;

    CHECK_RC("16 MiB at once", core_vm_allocate(0, 16ull << 20, LAZY | VMM_FLAG_LOCKED, &va), rcOk);
    for (uint64_t at = 0; at < 16ull << 20; at += PAGE) {
        good &= *(volatile uint64_t *)(uintptr_t)(va + at) == 0;
        *(volatile uint64_t *)(uintptr_t)(va + at) = at;
    }
    for (uint64_t at = 0; at < 16ull << 20; at += PAGE) {
        good &= *(volatile uint64_t *)(uintptr_t)(va + at) == at;
    }
    CHECK("every page is its own", good);
    CHECK_RC("free 16 MiB", core_vm_free(va, 16ull << 20), rcOk);
    CHECK_RC("a gigabyte of addresses", core_vm_allocate(0, 1ull << 30, VMM_FLAG_RESERVE | RW, &va),
             rcOk);
    CHECK_RC("free it", core_vm_free(va, 1ull << 30), rcOk);
    CHECK("more frames than there are",
          core_vm_allocate(0, 8ull << 30, LAZY | VMM_FLAG_LOCKED, &va) != rcOk);
}

int main(void)
{
    struct counters before, after;

    core_fill_handle_table();
    for (int i = 0; i < 2; i++) {
        core_counters(&before); /* the second time nothing grows any more */
        test_allocate_arguments();
        test_fixed();
        test_other_arguments();
        test_published();
        test_many();
        test_large();
        test_touches();
        core_counters(&after);
    }
    CHECK_EQUAL("no frame is left", after.frames, before.frames);
    CHECK_EQUAL("no kernel memory is left", after.kmem, before.kmem);
    CHECK_EQUAL("no object is left", after.objects, before.objects);
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
    finish();
}
