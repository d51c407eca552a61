/*
 * child.c: takes one kind of thing until the kernel refuses, holds it, and ends without giving
 * anything back. As `share KIND` it has another one do so in the same account.
 */
#include "core.h"
#include "kinds.h"
#include "task.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <coresrv/thread/thread_api.h>
#include <coresrv/vmm/vmm_api.h>
#include <kos/thread.h>
#include <stdlib.h>
#include <string.h>
#include <tessera/flags.h>

#define RW      (VMM_FLAG_READ | VMM_FLAG_WRITE)
#define HELD_NS 40000000ull
#define MS      1000000ull
#define MOST    2000000u /* of whatever: more than any quota of this suite can hold */

static Handle first;
static Notice notice;

static Retcode take_pages(uint32_t flags, uint64_t size)
{
    uint64_t va;
    return core_vm_allocate(0, size, RW | VMM_FLAG_RESERVE | flags, &va);
}

static int sleep_for_ever(void *context)
{
    (void)context;
    for (;;) {
        core_sleep_ns(~0ull);
    }
}

static Retcode take_thread(void)
{
    static uint64_t stack; /* one for all: they never run in it */
    Handle handle;
    uint32_t tid;

    if (!stack && core_vm_allocate(0, 65536, RW | VMM_FLAG_RESERVE | VMM_FLAG_COMMIT, &stack) !=
                      rcOk) {
        return rcFail;
    }
    return core_thread_create(1, stack + 65536, (uint64_t)(uintptr_t)sleep_for_ever,
                              KN_THREAD_SUSPENDED, &handle, &tid);
}

/* One more of a kind. */
static Retcode take(const char *kind)
{
    Handle a, b, c;
    Notice another;
    void *address;
    uint32_t tid;

    if (!strcmp(kind, "pages")) {
        return take_pages(VMM_FLAG_COMMIT, 4096);
    } else if (!strcmp(kind, "locked")) {
        return take_pages(VMM_FLAG_COMMIT | VMM_FLAG_LOCKED, 65536);
    } else if (!strcmp(kind, "reserved")) {
        return take_pages(0, 4096);
    } else if (!strcmp(kind, "handles")) {
        return KnHandleCopy(first, NK_RIGHTS_SAME, INVALID_HANDLE, &a);
    } else if (!strcmp(kind, "own-handles")) {
        return KnThreadOpenCurrent(&a, &tid) == rcQuotaExceeded ? rcQuotaExceeded : rcOk;
    } else if (!strcmp(kind, "threads")) {
        return take_thread();
    } else if (!strcmp(kind, "channels")) {
        return core_connect(first, &a, &b, &c);
    } else if (!strcmp(kind, "listeners")) {
        return core_create_listener(&a);
    } else if (!strcmp(kind, "notices")) {
        return KnNoticeCreate(&another);
    } else if (!strcmp(kind, "subscriptions")) {
        return KnNoticeSubscribeToObject(notice, first, 1, 1);
    } else if (!strcmp(kind, "objects")) {
        return KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, 0, NULL, &a);
    } else if (!strcmp(kind, "badges")) {
        return KnHandleCreateBadge(notice, 1, NULL, &a);
    } else if (!strcmp(kind, "memories")) {
        return KnPmmMdlCreate(4096, RW, &a);
    } else if (!strcmp(kind, "mappings")) {
        return KnPmmMdlMap(first, 0, 4096, NULL, VMM_FLAG_READ, &address);
    } else if (!strcmp(kind, "processes")) {
        return core_task_create("Child", "quota.Child", "Child", 0, CHILD_PRIORITY, 0, &a);
    }
    return rcUnimplemented;
}

/* What some kinds are made of. */
static Retcode prepare(const char *kind)
{
    Retcode rc = KnNoticeCreate(&notice);

    if (rc != rcOk) {
        return rc;
    }
    if (!strcmp(kind, "mappings")) {
        return KnPmmMdlCreate(4096, RW, &first);
    }
    if (!strcmp(kind, "subscriptions")) {
        return KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, 0x1f, NULL, &first);
    }
    return core_create_listener(&first);
}

static int take_all(const char *kind)
{
    Retcode rc = prepare(kind);

    for (unsigned i = 0; rc == rcOk; i++) {
        if (i == MOST) {
            return NOT_REFUSED;
        }
        rc = take(kind);
    }
    core_sleep_ns(HELD_NS);
    return rc == rcQuotaExceeded ? REFUSED : OTHER_CODE;
}

/* While another one of the account holds everything this process is refused, too. */
static int share(const char *kind)
{
    struct child child;
    uint64_t va;
    int is_refused = 0;

    if (child_create(&child, "quota.Child", CHILD_PRIORITY) != rcOk ||
        child_start(&child, kind, 0, NULL) != rcOk) {
        return OTHER_CODE;
    }
    for (int i = 0; i < 100000 && child_wait(&child, 0) == -2000; i++) {
        Retcode rc = core_vm_allocate(0, 1 << 20, RW | VMM_FLAG_RESERVE | VMM_FLAG_COMMIT, &va);
        is_refused |= rc == rcQuotaExceeded;
        if (rc == rcOk) { /* it has not begun yet */
            core_vm_free(va, 1 << 20);
        }
        core_sleep_ns(MS);
    }
    if (child_wait(&child, CORE_FOREVER) != REFUSED) {
        return NOT_REFUSED;
    }
    child_drop(&child);
    if (core_vm_allocate(0, 1 << 20, RW | VMM_FLAG_RESERVE | VMM_FLAG_COMMIT, &va) != rcOk) {
        return NOT_RETURNED;
    }
    return is_refused ? REFUSED : NOT_SHARED;
}

int main(int argc, char **argv)
{
    if (argc >= 3 && !strcmp(argv[1], "share")) {
        return share(kinds[(unsigned)atoi(argv[2]) % KINDS]);
    }
    return argc >= 2 ? take_all(argv[1]) : OTHER_CODE;
}
