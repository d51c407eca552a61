/*
 * alone.c: shared memory within one process: contents, sizes, several mappings, what is refused.
 */
#include "suite.h"

#define END 0x00007fffffffe000ull

static void test_contents(void)
{
    Handle handle;
    void *again = NULL;
    rtl_size_t size = 0;
    volatile uint64_t *p = make(3 * PAGE, &handle);
    int zero = 1;

    for (unsigned i = 0; i < 3 * PAGE / 8; i++) {
        zero &= p[i] == 0;
    }
    CHECK("new memory is zero", zero);
    CHECK_RC("its size", KnPmmMdlGetSize(handle, &size), rcOk);
    CHECK_EQUAL("is what was asked for", size, 3 * PAGE);
    CHECK_RC("a second mapping, of the last two pages",
             KnPmmMdlMap(handle, PAGE, 2 * PAGE, NULL, R, &again), rcOk);
    p[PAGE / 8] = 1;
    p[2 * PAGE / 8 + 5] = 2;
    CHECK_EQUAL("shows the same page", *(volatile uint64_t *)again, 1);
    CHECK_EQUAL("and the next", ((volatile uint64_t *)again)[PAGE / 8 + 5], 2);
    CHECK_RC("close the handle", KnHandleClose(handle), rcOk);
    p[PAGE / 8] = 3;
    CHECK_EQUAL("both mappings stay", *(volatile uint64_t *)again, 3);
    CHECK_RC("unmap one", KnVmUnmap((void *)(uintptr_t)p, 3 * PAGE), rcOk);
    CHECK_EQUAL("the other one stays", *(volatile uint64_t *)again, 3);
    CHECK_RC("unmap it", KnVmUnmap(again, 2 * PAGE), rcOk);
}

static void test_sizes(void)
{
    Handle handle = 77;
    rtl_size_t size = 0;
    void *va = NULL;

    CHECK_RC("no size", KnPmmMdlCreate(0, RW, &handle), rcInvalidArgument);
    CHECK_RC("a size that overflows", KnPmmMdlCreate(~0ull, RW, &handle), rcInvalidArgument);
    CHECK_RC("more than there can be", KnPmmMdlCreate(1ull << 62, RW, &handle), rcQuotaExceeded);
    CHECK_RC("more than there is", KnPmmMdlCreate(1ull << 38, RW, &handle), rcQuotaExceeded);
    CHECK_RC("writable code", KnPmmMdlCreate(PAGE, RW | VMM_FLAG_EXECUTE, &handle),
             rcSecurityDisallow);
    CHECK_RC("flags of something else", KnPmmMdlCreate(PAGE, RW | VMM_FLAG_LOW_GUARD, &handle),
             rcInvalidArgument);
    CHECK_EQUAL("the handle is untouched", handle, 77);
    CHECK_RC("a null pointer", KnPmmMdlCreate(PAGE, RW, NULL), rcInvalidArgument);
    CHECK_RC("one byte", KnPmmMdlCreate(1, RW, &handle), rcOk);
    CHECK_RC("its size", KnPmmMdlGetSize(handle, &size), rcOk);
    CHECK_EQUAL("is a page", size, PAGE);
    CHECK_RC("a mapping of one byte", KnPmmMdlMap(handle, 0, 1, NULL, RW, &va), rcOk);
    ((volatile char *)va)[PAGE - 1] = 1;
    CHECK_RC("is a page", KnVmUnmap(va, PAGE), rcOk);
    core_close(handle);
    CHECK_RC("size of a closed one", KnPmmMdlGetSize(handle, &size), rcInvalidArgument);
    CHECK_RC("size of another kind", KnPmmMdlGetSize(1, &size), rcInvalidArgument);
}

static void test_map_arguments(void)
{
    Handle handle;
    void *va = NULL, *hint;
    volatile uint64_t *p = make(4 * PAGE, &handle);

    CHECK_RC("nothing", KnPmmMdlMap(handle, 0, 0, NULL, R, &va), rcInvalidArgument);
    CHECK_RC("no protection", KnPmmMdlMap(handle, 0, PAGE, NULL, 0, &va), rcInvalidArgument);
    CHECK_RC("at no page", KnPmmMdlMap(handle, 8, PAGE, NULL, R, &va), rcInvalidArgument);
    CHECK_RC("past the end", KnPmmMdlMap(handle, 4 * PAGE, PAGE, NULL, R, &va), rcInvalidArgument);
    CHECK_RC("over the end", KnPmmMdlMap(handle, 3 * PAGE, PAGE + 1, NULL, R, &va),
             rcInvalidArgument);
    CHECK_RC("an offset that overflows",
             KnPmmMdlMap(handle, ~0ull - PAGE + 1, PAGE, NULL, R, &va), rcInvalidArgument);
    CHECK_RC("a size that overflows", KnPmmMdlMap(handle, PAGE, ~0ull, NULL, R, &va),
             rcInvalidArgument);
    CHECK_RC("writable code", KnPmmMdlMap(handle, 0, PAGE, NULL, RW | VMM_FLAG_EXECUTE, &va),
             rcSecurityDisallow);
    CHECK_RC("code of what is none", KnPmmMdlMap(handle, 0, PAGE, NULL, VMM_FLAG_EXECUTE, &va),
             rcSecurityDisallow);
    CHECK_RC("where something is",
             KnPmmMdlMap(handle, 0, PAGE, (void *)(uintptr_t)p, R | VMM_FLAG_FIXED, &va),
             rcAlreadyExists);
    CHECK_RC("outside of what programs have",
             KnPmmMdlMap(handle, 0, 2 * PAGE, (void *)(END - PAGE), R | VMM_FLAG_FIXED, &va),
             rcAlreadyExists);
    CHECK_RC("a hint at no page",
             KnPmmMdlMap(handle, 0, PAGE, (void *)0x1234567, R | VMM_FLAG_FIXED, &va),
             rcInvalidArgument);
    CHECK_RC("flags of something else", KnPmmMdlMap(handle, 0, PAGE, NULL, R | VMM_FLAG_ALIAS, &va),
             rcInvalidArgument);
    CHECK_RC("a null pointer", KnPmmMdlMap(handle, 0, PAGE, NULL, R, NULL), rcInvalidArgument);
    CHECK_RC("another kind of handle", KnPmmMdlMap(1, 0, PAGE, NULL, R, &va), rcInvalidArgument);
    CHECK("the address is untouched", va == NULL);
    hint = KnVmAllocate(NULL, 4 * PAGE, LAZY);
    KnVmUnmap(hint, 4 * PAGE);
    CHECK_RC("at a hint, with guards and frames",
             KnPmmMdlMap(handle, PAGE, 2 * PAGE, (char *)hint + PAGE,
                         R | VMM_FLAG_FIXED | VMM_FLAG_LOW_GUARD | VMM_FLAG_HIGH_GUARD |
                             VMM_FLAG_LOCKED,
                         &va),
             rcOk);
    CHECK("is there", va == (char *)hint + PAGE);
    p[2 * PAGE / 8] = 9;
    CHECK_EQUAL("and shows the memory", ((volatile uint64_t *)va)[PAGE / 8], 9);
    KnVmUnmap(va, 2 * PAGE);
    KnVmUnmap((void *)(uintptr_t)p, 4 * PAGE);
    core_close(handle);
}

/* A mapping is memory like any other, but for what it may become. */
static void test_divide(void)
{
    Handle handle, weak = INVALID_HANDLE;
    char *p = (char *)(uintptr_t)make(8 * PAGE, &handle);
    void *va = NULL;

    memset(p, 5, 8 * PAGE);
    CHECK_RC("protect the middle", KnVmProtect(p + 2 * PAGE, PAGE, R), rcOk);
    CHECK_RC("and back", KnVmProtect(p + 2 * PAGE, PAGE, RW), rcOk);
    p[2 * PAGE] = 6;
    CHECK_RC("code is refused", KnVmProtect(p, PAGE, R | VMM_FLAG_EXECUTE), rcSecurityDisallow);
    CHECK_RC("decommitting is", KnVmDecommit(p, PAGE), rcInvalidArgument);
    CHECK_RC("unmap the fifth page", KnVmUnmap(p + 4 * PAGE, PAGE), rcOk);
    CHECK("the others stay where they were", p[2 * PAGE] == 6 && p[5 * PAGE] == 5);
    CHECK_RC("map a page there",
             KnPmmMdlMap(handle, 2 * PAGE, PAGE, p + 4 * PAGE, RW | VMM_FLAG_FIXED, &va), rcOk);
    CHECK_EQUAL("another one", p[4 * PAGE], 6);
    CHECK_RC("a handle that can only read",
             KnHandleCopy(handle, OCAP_MDL_READ, INVALID_HANDLE, &weak), rcOk);
    CHECK_RC("does not map for writing", KnPmmMdlMap(weak, 0, PAGE, NULL, RW, &va),
             rcSecurityDisallow);
    CHECK_RC("maps for reading", KnPmmMdlMap(weak, 0, PAGE, NULL, R, &va), rcOk);
    CHECK_RC("which does not become writable", KnVmProtect(va, PAGE, RW), rcSecurityDisallow);
    CHECK_RC("unmap it", KnVmUnmap(va, PAGE), rcOk);
    CHECK_RC("unmap all", KnVmUnmap(p, 8 * PAGE), rcOk);
    core_close(weak);
    core_close(handle);
}

static void test_copies(void)
{
    static const unsigned char code[] = {0xb8, 42, 0, 0, 0, 0xc3}; /* mov eax, 42; ret */
    Handle handle = INVALID_HANDLE, clone = INVALID_HANDLE;
    void *va = NULL, *cloned = NULL;
    rtl_size_t size = 0;

    CHECK_RC("from bytes", KnPmmMdlCreateFromBuf(code, sizeof(code), R | VMM_FLAG_EXECUTE, &handle),
             rcOk);
    KnPmmMdlGetSize(handle, &size);
    CHECK_EQUAL("a page", size, PAGE);
    CHECK_RC("never writable", KnPmmMdlMap(handle, 0, PAGE, NULL, RW, &va), rcSecurityDisallow);
    CHECK_RC("as code", KnPmmMdlMap(handle, 0, PAGE, NULL, R | VMM_FLAG_EXECUTE, &va), rcOk);
    CHECK_EQUAL("that runs", ((int (*)(void))(uintptr_t)va)(), 42);
    CHECK_EQUAL("and zeros behind it", ((char *)va)[sizeof(code)], 0);
    CHECK_RC("a clone", KnPmmMdlClone(handle, &clone), rcOk);
    CHECK_RC("is code as well", KnPmmMdlMap(clone, 0, PAGE, NULL, VMM_FLAG_EXECUTE, &cloned), rcOk);
    CHECK_EQUAL("that runs", ((int (*)(void))(uintptr_t)cloned)(), 42);
    KnVmUnmap(va, PAGE);
    KnVmUnmap(cloned, PAGE);
    core_close(clone);
    core_close(handle);
    CHECK_RC("from nowhere", KnPmmMdlCreateFromBuf((void *)0x5000, 100, RW, &handle), rcSourceFault);
    CHECK_RC("from the kernel", KnPmmMdlCreateFromBuf((void *)0xffff800000000000ull, 100, RW, &handle),
             rcInvalidArgument);
    CHECK_RC("from nothing", KnPmmMdlCreateFromBuf(code, 0, RW, &handle), rcInvalidArgument);
    CHECK_RC("to be written and executed", KnPmmMdlCreateFromBuf(code, 8, RW | VMM_FLAG_EXECUTE, &handle),
             rcSecurityDisallow);
    core_fail_allocation(1, NULL);
    CHECK_RC("without memory for it", KnPmmMdlCreate(PAGE, RW, &handle), rcOutOfMemory);
    core_fail_allocation(0, NULL);
    CHECK_RC("a clone of none", KnPmmMdlClone(INVALID_HANDLE, &clone), rcInvalidArgument);
    CHECK_RC("no place for a clone", KnPmmMdlClone(handle, NULL), rcInvalidArgument);
}

static void test_clone(void)
{
    Handle handle, clone = INVALID_HANDLE, blind = INVALID_HANDLE;
    volatile uint64_t *p = make(5ull << 20, &handle);
    void *va = NULL;
    volatile uint64_t *q;

    p[0] = 1;
    p[(4ull << 20) / 8] = 2;
    CHECK_RC("clone 5 MiB", KnPmmMdlClone(handle, &clone), rcOk);
    CHECK_RC("map it", KnPmmMdlMap(clone, 0, 5ull << 20, NULL, RW, &va), rcOk);
    q = va;
    CHECK("the contents are the same", q[0] == 1 && q[(4ull << 20) / 8] == 2 && q[PAGE / 8] == 0);
    q[0] = 7;
    CHECK_EQUAL("and from then on its own", p[0], 1);
    KnHandleCopy(handle, OCAP_MDL_WRITE, INVALID_HANDLE, &blind);
    core_close(clone);
    CHECK_RC("cloning needs the right to read", KnPmmMdlClone(blind, &clone), rcSecurityDisallow);
    core_close(blind);
    core_close(handle);
    KnVmUnmap(va, 5ull << 20);
    KnVmUnmap((void *)(uintptr_t)p, 5ull << 20);
}

/* Memory that the process had becomes shared. */
static void test_from_vm(void)
{
    Handle handle = INVALID_HANDLE;
    char *p = KnVmAllocate(NULL, 600 * PAGE, LAZY);
    void *va = NULL;

    memset(p + PAGE, 1, PAGE);
    memset(p + 500 * PAGE, 2, 2 * PAGE);
    CHECK_RC("a part becomes shared", KnPmmMdlCreateFromVm(p + PAGE, 510 * PAGE, RW, &handle), rcOk);
    CHECK("the contents stay", p[PAGE] == 1 && p[501 * PAGE] == 2 && p[511 * PAGE] == 0);
    CHECK_RC("map it again", KnPmmMdlMap(handle, 0, 510 * PAGE, NULL, R, &va), rcOk);
    CHECK("the same contents", ((char *)va)[0] == 1 && ((char *)va)[500 * PAGE] == 2);
    p[2 * PAGE] = 3;
    p[501 * PAGE] = 4;
    p[0] = 5;
    CHECK("written on one side, seen on the other",
          ((char *)va)[PAGE] == 3 && ((char *)va)[500 * PAGE] == 4);
    CHECK_RC("what is shared already", KnPmmMdlCreateFromVm(p + PAGE, PAGE, RW, &handle),
             rcInvalidArgument);
    CHECK_RC("over its end", KnPmmMdlCreateFromVm(p, 2 * PAGE, RW, &handle), rcInvalidArgument);
    CHECK_RC("at no page", KnPmmMdlCreateFromVm(p + 8, PAGE, RW, &handle), rcInvalidArgument);
    CHECK_RC("no whole page", KnPmmMdlCreateFromVm(p, 100, RW, &handle), rcInvalidArgument);
    CHECK_RC("nothing", KnPmmMdlCreateFromVm(p, 0, RW, &handle), rcInvalidArgument);
    CHECK_RC("nowhere", KnPmmMdlCreateFromVm((void *)0x40000000000, PAGE, RW, &handle),
             rcInvalidArgument);
    CHECK_RC("writable memory as what is only read", KnPmmMdlCreateFromVm(p, PAGE, R, &handle),
             rcSecurityDisallow);
    CHECK_RC("in the kernel", KnPmmMdlCreateFromVm((void *)0xffff800000000000ull, PAGE, RW, &handle),
             rcInvalidArgument);
    CHECK_RC("free the memory", KnVmUnmap(p, 600 * PAGE), rcOk);
    CHECK_EQUAL("the other mapping stays", ((char *)va)[500 * PAGE], 4);
    KnVmUnmap(va, 510 * PAGE);
    core_close(handle);
}

void test_alone(void)
{
    test_contents();
    test_sizes();
    test_map_arguments();
    test_divide();
    test_copies();
    test_clone();
    test_from_vm();
}
