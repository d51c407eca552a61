/*
 * listing.c: the handles of other processes, by KnTaskListHandles().
 */
#include "remote.h"

#include <coresrv/task/task_api.h>

#define ALL 2000

static KnHandleInfo infos[ALL];

/* All handles of a process, `batch` a call; how many, or -1. */
static int list(Handle task, rtl_size_t batch)
{
    rtl_uint32_t cursor = 0;
    rtl_size_t count;
    int n = 0;

    do {
        if (batch > (rtl_size_t)(ALL - n) ||
            KnTaskListHandles(task, &cursor, infos + n, batch, &count) != rcOk) {
            return -1;
        }
        n += (int)count;
    } while (count == batch);
    return n;
}

/* What is said of one handle of an agent; id zero if it is not listed. */
static KnHandleInfo info_of(const struct agent *agent, Handle handle)
{
    KnHandleInfo none = {0};
    int n = list(agent->child.task, 50);

    for (int i = 0; i < n; i++) {
        if (infos[i].handle == handle) {
            return infos[i];
        }
    }
    return none;
}

static void test_places(void)
{
    Handle root = MAKE(A, 1);
    Handle sent = send(A, B, root, RIGHT_A | OCAP_HANDLE_COPY | OCAP_HANDLE_GET_SID, 0).number;
    Handle copy = tell_make(B, DO_COPY, sent, RIGHT_A, 0);
    KnHandleInfo a = info_of(A, root), b = info_of(B, sent), c = info_of(B, copy);
    uint64_t sid = 0;

    tell(A, DO_SID, root, 0, 0, &sid, NULL);
    CHECK("a root is listed", a.id && !a.parent && a.generation == 0);
    CHECK_EQUAL("with its resource", a.sid, sid);
    CHECK_EQUAL("with its rights", a.rights, RIGHTS_ALL);
    CHECK_EQUAL("with its kind", a.kind, HANDLE_KIND_USER);
    CHECK("a handle that was sent names its parent", b.parent == a.id && b.generation == 1);
    CHECK("and is of the same resource", b.sid == a.sid && b.kind == HANDLE_KIND_USER);
    CHECK_EQUAL("with fewer rights", b.rights, RIGHT_A | OCAP_HANDLE_COPY | OCAP_HANDLE_GET_SID);
    CHECK("a copy is a generation further", c.parent == b.id && c.generation == 2);
    CLOSE(B, sent);
    c = info_of(B, copy);
    CHECK("closing gives children to the grandparent", c.parent == a.id && c.generation == 1);
    REVOKE(A, root);
    c = info_of(B, copy);
    CHECK("a revoked handle is listed until it is closed",
          c.id && c.kind == HANDLE_KIND_REVOKED && !c.rights && !c.sid && !c.parent);
    CLOSE(B, copy);
    CHECK_EQUAL("and then no more", info_of(B, copy).id, 0);
}

static int count_kind(int n, enum handle_kind kind)
{
    int count = 0;

    for (int i = 0; i < n; i++) {
        count += infos[i].kind == kind;
    }
    return count;
}

static void test_kinds(void)
{
    Handle badge = tell_make(A, DO_BADGE, 0, 0, 5);
    int n = list(A->child.task, 1), whole;

    CHECK_EQUAL("one channel to the kernel", count_kind(n, HANDLE_KIND_CORE), 1);
    CHECK_EQUAL("one listener", count_kind(n, HANDLE_KIND_LISTENER), 1);
    CHECK("channels to the others", count_kind(n, HANDLE_KIND_CHANNEL) >= AGENTS - 1);
    CHECK_EQUAL("one receiver", count_kind(n, HANDLE_KIND_NOTICE), 1);
    CHECK_EQUAL("one badge", count_kind(n, HANDLE_KIND_BADGE), 1);
    whole = list(A->child.task, ALL);
    CHECK_EQUAL("batches of any size list the same", whole, n);
    CLOSE(A, badge);
    check_event(A, "the badge is gone", 5, EVENT_OBJECT_DESTROYED);
}

static void test_refusals(void)
{
    rtl_uint32_t cursor = 7;
    rtl_size_t count = 9;
    Handle copy = INVALID_HANDLE, below = INVALID_HANDLE, listener = INVALID_HANDLE;
    Handle task = A->child.task;

    KnHandleCopy(task, OCAP_TASK_FULL & ~OCAP_TASK_DEBUG, INVALID_HANDLE, &copy);
    KnHandleCopy(copy, OCAP_TASK_WAIT, INVALID_HANDLE, &below);
    KnHandleCreateListener(&listener);
    CHECK_RC("without the right to debug", KnTaskListHandles(copy, &cursor, infos, 5, &count),
             rcSecurityDisallow);
    CHECK_RC("not a process", KnTaskListHandles(listener, &cursor, infos, 5, &count),
             rcInvalidArgument);
    KnHandleRevoke(copy);
    CHECK_RC("a handle that was closed", KnTaskListHandles(copy, &cursor, infos, 5, &count),
             rcInvalidArgument);
    CHECK_RC("a revoked handle", KnTaskListHandles(below, &cursor, infos, 5, &count),
             rcHandleRevoked);
    CHECK_RC("no room", KnTaskListHandles(task, &cursor, infos, 0, &count), rcInvalidArgument);
    CHECK_RC("nowhere to put them", KnTaskListHandles(task, &cursor, NULL, 5, &count),
             rcInvalidArgument);
    CHECK("nothing is touched then", cursor == 7 && count == 9);
    cursor = ~0u;
    CHECK_RC("past the end", KnTaskListHandles(task, &cursor, infos, 5, &count), rcOk);
    CHECK_EQUAL("there are none", count, 0);
    KnHandleClose(below);
    KnHandleClose(listener);
}

/* Far ancestors and many siblings are passed in steps. */
static void test_far(void)
{
    enum { LENGTH = 700 };
    static Handle chain[LENGTH], siblings[LENGTH];
    Handle root = MAKE(A, 1);
    KnHandleInfo last;

    for (int i = 0; i < LENGTH; i++) {
        chain[i] = tell_make(A, DO_COPY, i ? chain[i - 1] : root, OCAP_HANDLE_COPY, 0);
    }
    for (int i = 0; i < LENGTH; i++) {
        siblings[i] = tell_make(A, DO_COPY, chain[LENGTH - 1], 0, 0);
    }
    last = info_of(A, siblings[LENGTH - 1]);
    CHECK_EQUAL("far from the root", last.generation, LENGTH + 1);
    CHECK_EQUAL("past all siblings", last.parent, info_of(A, chain[LENGTH - 1]).id);
    REVOKE(A, root);
    for (int i = 0; i < LENGTH; i++) {
        CLOSE(A, chain[i]);
        CLOSE(A, siblings[i]);
    }
}

/* A process can be looked into before it starts, while it dies and when it is dead. */
static void test_dying(void)
{
    struct child child;
    int n;

    CHECK_RC("a process", child_create(&child, CLASS, CHILD_PRIORITY), rcOk);
    n = list(child.task, 10);
    CHECK("has a channel to the kernel before it starts", count_kind(n, HANDLE_KIND_CORE) == 1);
    child_start(&child, "hoard", 0, NULL);
    while (n >= 0 && n < 1200) { /* it makes that many and more */
        n = list(child.task, 100);
        core_sleep_ns(1000000);
    }
    CHECK("handles of a process that runs", n >= 1200);
    core_task_terminate(child.task);
    n = list(child.task, 100); /* it may have made more before */
    for (int last = n; n > 0; last = n) {
        n = list(child.task, 100);
        if (n < 0 || n > last) {
            break;
        }
        core_sleep_ns(100000);
    }
    CHECK_EQUAL("they only become fewer while it dies, down to none", n, 0);
    child_wait(&child, 10000);
    CHECK_EQUAL("a dead one has none", list(child.task, 10), 0);
    child_drop(&child);
}

void test_listing(void)
{
    test_places();
    test_kinds();
    test_refusals();
    test_far();
    test_dying();
}
