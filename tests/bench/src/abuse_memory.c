/*
 * abuse_memory.c: large and divided address space, shared memory, the last page.
 */
#include "abuse.h"

#include "core.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/vmm/vmm_api.h>

#define PAGE   4096ull
#define MIB    (1ull << 20)
#define GIB    (1ull << 30)
#define MEMORY (VMM_FLAG_RESERVE | VMM_FLAG_COMMIT | VMM_FLAG_READ | VMM_FLAG_WRITE)

static char *take(uint64_t size, int flags)
{
    char *p = KnVmAllocate(NULL, size, flags);

    if (!p) {
        abuse_failed("no memory");
    }
    return p;
}

static void touch(char *p, uint64_t size, uint64_t step)
{
    for (uint64_t at = 0; p && at < size; at += step) {
        *(volatile char *)(p + at) = 1;
    }
}

void abuse_unmap(void)
{
    char *p = take(48 * MIB, MEMORY);

    touch(p, 48 * MIB, PAGE);
    KnVmProtect(p, 48 * MIB, VMM_FLAG_READ);
    KnVmProtect(p, 48 * MIB, VMM_FLAG_READ | VMM_FLAG_WRITE);
    KnVmDecommit(p, 24 * MIB);
    KnVmCommit(p, 24 * MIB, VMM_FLAG_LOCKED);
    KnVmUnmap(p, 48 * MIB);
}

/* A page here and there in a terabyte: 4,096 tables with one page each. */
void abuse_unmap_sparse(void)
{
    char *p = take(1024 * GIB, VMM_FLAG_RESERVE | VMM_FLAG_READ | VMM_FLAG_WRITE);

    for (unsigned i = 0; p && i < 4096; i++) {
        char *at = p + i * (256 * MIB);

        if (KnVmCommit(at, PAGE, 0) == rcOk) {
            *(volatile char *)at = 1;
        }
    }
    KnVmProtect(p, 1024 * GIB, VMM_FLAG_READ);
    KnVmDecommit(p, 512 * GIB);
    KnVmUnmap(p, 1024 * GIB);
}

/* 10,000 regions in one range. */
void abuse_protect_pieces(void)
{
    const uint64_t size = 20000 * PAGE;
    char *p = take(size, MEMORY);

    for (uint64_t at = 0; p && at < size; at += 2 * PAGE) {
        KnVmProtect(p + at, PAGE, VMM_FLAG_READ);
    }
    KnVmProtect(p, size, VMM_FLAG_READ | VMM_FLAG_WRITE);
    for (uint64_t at = 0; p && at < size; at += 2 * PAGE) {
        KnVmDecommit(p + at, PAGE);
    }
    KnVmCommit(p, size, 0);
    for (uint64_t at = 0; p && at < size; at += 2 * PAGE) {
        KnVmProtect(p + at, PAGE, VMM_FLAG_READ);
    }
    KnVmUnmap(p, size);
}

/* 10,000 mappings of one page, then of 8 MiB; revoked and closed. */
void abuse_mappings(void)
{
    Handle mdl;
    void *p;

    if (KnPmmMdlCreate(PAGE, VMM_FLAG_LOCKED, &mdl) != rcOk) {
        abuse_failed("no shared memory");
        return;
    }
    for (unsigned i = 0; i < 10000; i++) {
        if (KnPmmMdlMap(mdl, 0, PAGE, NULL, VMM_FLAG_READ | VMM_FLAG_LOCKED, &p) != rcOk) {
            abuse_failed("no mapping");
        }
    }
    KnHandleRevoke(mdl);
    if (KnPmmMdlCreate(8 * MIB, VMM_FLAG_LOCKED, &mdl) != rcOk) {
        abuse_failed("no large shared memory");
        return;
    }
    for (unsigned i = 0; i < 8; i++) {
        if (KnPmmMdlMap(mdl, 0, 8 * MIB, NULL, VMM_FLAG_READ | VMM_FLAG_LOCKED, &p) != rcOk) {
            abuse_failed("no mapping");
        }
    }
    KnHandleRevoke(mdl);
}

/* Private memory becomes shared, is copied, and goes. */
void abuse_share(void)
{
    char *p = take(16 * MIB, MEMORY);
    Handle mdl, clone, copy, untouched;

    touch(p, 16 * MIB, PAGE);
    if (KnPmmMdlCreateFromBuf(p + 8, 16 * MIB - 8, 0, &copy) != rcOk ||
        KnPmmMdlCreateFromVm(p, 16 * MIB, 0, &mdl) != rcOk || KnPmmMdlClone(mdl, &clone) != rcOk ||
        KnPmmMdlCreate(GIB / 32, 0, &untouched) != rcOk) {
        abuse_failed("no shared memory");
        return;
    }
    KnHandleClose(copy);
    KnHandleClose(clone);
    KnHandleClose(mdl);
    KnHandleClose(untouched);
    KnVmUnmap(p, 16 * MIB);
}

/* All there is, page by page, then objects that need more than a page, then all back. */
void abuse_exhaust(void)
{
    static struct {
        char *at;
        uint64_t size;
    } blocks[4096];
    unsigned n = 0;
    static Handle listeners[3000];
    unsigned taken = 0;

    for (uint64_t size = 16 * MIB; size >= PAGE; size /= 2) {
        while (n < 4096 && (blocks[n].at = KnVmAllocate(NULL, size, MEMORY | VMM_FLAG_LOCKED))) {
            blocks[n++].size = size;
        }
    }
    while (taken < 3000 && core_create_listener(&listeners[taken]) == rcOk) {
        taken++;
    }
    while (taken > 0) { /* first: the middle of a region is given back in two, which takes memory */
        KnHandleClose(listeners[--taken]);
    }
    for (unsigned i = 0; i < n; i++) {
        if (KnVmUnmap(blocks[i].at, blocks[i].size) != rcOk) {
            abuse_failed("memory is not given back");
        }
    }
}
