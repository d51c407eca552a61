/*
 * big.c: 100,000 handles in one line and 100,000 side by side, in a process of its own.
 */
#include "check.h"
#include "core.h"
#include "direct.h"

#include <kos/thread.h>
#include <stdio.h>

#define MANY 100000

static Handle handles[MANY];

/* All handles of a chain (each a copy of the one before) or of a fan (each a copy of the first). */
static int grow(int is_chain)
{
    int i;

    if (KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RIGHTS_ALL, NULL, &handles[0]) != rcOk) {
        return 0;
    }
    for (i = 1; i < MANY; i++) {
        Handle from = handles[is_chain ? i - 1 : 0];

        if (KnHandleCopy(from, NK_RIGHTS_SAME, INVALID_HANDLE, &handles[i]) != rcOk) {
            break;
        }
    }
    return i;
}

static int count_rc(Retcode rc)
{
    int count = 0;

    for (int i = 1; i < MANY; i++) {
        nk_sid_t sid;

        count += KnHandleGetSidByHandle(handles[i], &sid) == rc;
    }
    return count;
}

static int close_all(void)
{
    int good = 0;

    for (int i = 0; i < MANY; i++) {
        good += KnHandleClose(handles[i]) == rcOk;
    }
    return good;
}

static void test_shape(const char *shape, int is_chain)
{
    uint64_t before, after;

    fprintf(stderr, "%s of %d\n", shape, MANY);
    CHECK_EQUAL("all are made", grow(is_chain), MANY);
    CHECK_EQUAL("all work", count_rc(rcOk), MANY - 1);
    core_uptime(&before);
    CHECK_RC("the first is revoked", KnHandleRevoke(handles[0]), rcOk);
    core_uptime(&after);
    fprintf(stderr, "revoked in %u ms\n", (unsigned)((after - before) / 1000000));
    CHECK_EQUAL("all others are revoked", count_rc(rcHandleRevoked), MANY - 1);
    CHECK_EQUAL("and can be closed", close_all(), MANY - 1);
    CHECK_EQUAL("all are made again", grow(is_chain), MANY);
    CHECK_EQUAL("all are closed, the first one first", close_all(), MANY);
}

static int revoke_main(void *context)
{
    (void)context;
    KnHandleRevoke(handles[0]);
    return 0;
}

/* Leaves 100,000 handles behind, and a revocation under way. */
static void test_leave(void)
{
    Tid tid;

    CHECK_EQUAL("all are made once more", grow(1), MANY);
    KosThreadCreate(&tid, ThreadPriorityLowest, 0, revoke_main, NULL, 0);
    KosThreadSleep(1);
}

int test_big(void)
{
    test_shape("a chain", 1);
    test_shape("a fan", 0);
    test_leave();
    return check_failures();
}
