/*
 * tree.c: rights along the tree, dereference, close, revoke, stale handles.
 */
#include "remote.h"

#define FAR     1000
#define CONTEXT 0xabcdef0123456789ull

static void test_rights(void)
{
    Handle a = MAKE(A, CONTEXT);
    struct seen b = send(A, B, a, OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY | RIGHT_A | RIGHT_B, 0);
    struct seen c = send(B, C, b.number, OCAP_HANDLE_TRANSFER | RIGHT_A, 0);
    Handle copy;

    CHECK_EQUAL("B has what A gave", b.rights,
                OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY | RIGHT_A | RIGHT_B);
    CHECK_EQUAL("C has what B gave", c.rights, OCAP_HANDLE_TRANSFER | RIGHT_A);
    CHECK_RC("B cannot give what it lacks", send(B, C, b.number, b.rights | RIGHT_C, 0).rc,
             rcSecurityDisallow);
    CHECK_RC("nor copy it", tell(B, DO_COPY, b.number, RIGHT_C, 0, NULL, NULL),
             rcSecurityDisallow);
    CHECK_RC("C cannot copy without the right", tell(C, DO_COPY, c.number, 0, 0, NULL, NULL),
             rcSecurityDisallow);
    CHECK_RC("C cannot ask the SID", probe(C, c.number), rcSecurityDisallow);
    CHECK_RC("C cannot subscribe", tell(C, DO_SUBSCRIBE, c.number, EVENT_OBJECT_DESTROYED, 1, NULL,
                                        NULL), rcSecurityDisallow);
    CHECK_RC("C cannot set events", tell(C, DO_SET_EVENT, c.number, OBJECT_EVENT_USER(1), 0, NULL,
                                         NULL), rcSecurityDisallow);
    copy = tell_make(B, DO_COPY, b.number, OCAP_HANDLE_TRANSFER, 0);
    CHECK_RC("a copy has the rights it was given", tell(B, DO_COPY, copy, 0, 0, NULL, NULL),
             rcSecurityDisallow);
    CHECK_RC("A's own handle is what it was", probe(A, a), rcOk);
    REVOKE(A, a);
    CLOSE(B, b.number);
    CLOSE(B, copy);
    CLOSE(C, c.number);
}

/* A provides, B delegates to C, C uses it at A. */
static void test_dereference(void)
{
    Handle a = MAKE(A, CONTEXT);
    struct seen b = send(A, B, a, NK_RIGHTS_SAME, 0), at_a, at_b;
    struct seen c = send(B, C, b.number, OCAP_HANDLE_TRANSFER | RIGHT_B, 0);
    uint64_t before = handles_now();

    at_a = send(C, A, c.number, NK_RIGHTS_SAME, 0);
    CHECK_RC("C uses it at A", at_a.rc, rcOk);
    CHECK("  it is dereferenced", at_a.is_dereferenced);
    CHECK_EQUAL("  to A's own handle", at_a.number, a);
    CHECK_EQUAL("  with the rights of C's", at_a.rights, OCAP_HANDLE_TRANSFER | RIGHT_B);
    CHECK_EQUAL("  and the user context", at_a.context, CONTEXT);
    at_b = send(C, B, c.number, OCAP_HANDLE_TRANSFER, 0);
    CHECK("at B: its own handle, the rights that were sent",
          at_b.is_dereferenced && at_b.number == b.number &&
              at_b.rights == OCAP_HANDLE_TRANSFER);
    at_a = send_back(B, A, b.number, NK_RIGHTS_SAME, 0);
    CHECK("in a response too",
          at_a.rc == rcOk && at_a.is_dereferenced && at_a.number == a &&
              at_a.context == CONTEXT && at_a.rights == RIGHTS_ALL);
    CHECK_EQUAL("no handle was made", handles_now(), before);

    CHECK_RC("B closes its handle", CLOSE(B, b.number), rcOk);
    CHECK_RC("  it is stale", probe(B, b.number), rcInvalidArgument);
    at_a = send(C, A, c.number, NK_RIGHTS_SAME, 0);
    CHECK("C's belongs to A's now: dereferenced",
          at_a.is_dereferenced && at_a.number == a && at_a.context == CONTEXT);
    at_b = send(C, B, c.number, NK_RIGHTS_SAME, 0);
    CHECK("to B it is an ordinary transfer", at_b.rc == rcOk && !at_b.is_dereferenced);
    CHECK_EQUAL("  a child of C's", at_b.rights, OCAP_HANDLE_TRANSFER | RIGHT_B);
    CHECK_RC("C closes", CLOSE(C, c.number), rcOk);
    at_a = send(B, A, at_b.number, NK_RIGHTS_SAME, 0);
    CHECK("B's is A's child now", at_a.is_dereferenced && at_a.number == a);
    CHECK_RC("A closes its only handle", CLOSE(A, a), rcOk);
    at_a = send(B, A, at_b.number, NK_RIGHTS_SAME, 0);
    CHECK("A holds no ancestor any more: a transfer", at_a.rc == rcOk && !at_a.is_dereferenced);
    CLOSE(A, at_a.number);
    CLOSE(B, at_b.number);
}

/* The provider's helpers of nk/types.h, with this process as the provider. */
static void test_helpers(void)
{
    Handle mine;
    nk_handle_desc_t desc;
    nk_badge_t badge = 1;
    struct seen b;

    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RIGHTS_ALL, (void *)&mine, &mine);
    b = give(B, mine, OCAP_HANDLE_TRANSFER | RIGHT_A, 0);
    CHECK_RC("a handle comes back in a response", take(B, b.number, NK_RIGHTS_SAME, 0, &desc),
             rcOk);
    CHECK("nk_is_handle_dereferenced", nk_is_handle_dereferenced(&desc));
    CHECK("nk_get_badge", nk_get_badge(&desc, &badge) == NK_EOK && badge == (uintptr_t)&mine);
    badge = 1;
    CHECK("nk_get_badge_op with a right that it has",
          nk_get_badge_op(&desc, RIGHT_A, &badge) == NK_EOK && badge == (uintptr_t)&mine);
    badge = 1;
    CHECK("nk_get_badge_op with one that it lacks",
          nk_get_badge_op(&desc, RIGHT_A | RIGHT_B, &badge) == NK_EPERM && badge == 1);
    desc = nk_handle_desc(mine);
    CHECK("neither for what was not dereferenced",
          nk_get_badge(&desc, &badge) == NK_EINVAL &&
              nk_get_badge_op(&desc, RIGHT_A, &badge) == NK_EINVAL);
    KnHandleRevoke(mine);
    CLOSE(B, b.number);
}

/* Every call that takes a handle, with a revoked one. */
static void check_revoked(struct agent *agent, Handle h, const char *who)
{
    char name[100];
    struct {
        const char *what;
        Retcode rc;
    } calls[] = {
        {"GetSidByHandle", probe(agent, h)},
        {"Copy", tell(agent, DO_COPY, h, 0, 0, NULL, NULL)},
        {"Revoke", REVOKE(agent, h)},
        {"RevokeSubtree", tell(agent, DO_REVOKE_SUBTREE, h, 0, 0, NULL, NULL)},
        {"Subscribe", tell(agent, DO_SUBSCRIBE, h, 1, 1, NULL, NULL)},
        {"Unsubscribe", tell(agent, DO_UNSUBSCRIBE, h, 0, 0, NULL, NULL)},
        {"SetObjectEvent", tell(agent, DO_SET_EVENT, h, OBJECT_EVENT_USER(1), 0, NULL, NULL)},
        {"Call", tell(agent, DO_PING, h, AGENT, 0, NULL, NULL)},
        {"a transfer", send(agent, A, h, NK_RIGHTS_SAME, 0).rc},
        {"a transfer back", send_back(agent, A, h, NK_RIGHTS_SAME, 0).rc},
    };

    for (unsigned i = 0; i < sizeof(calls) / sizeof(calls[0]); i++) {
        snprintf(name, sizeof(name), "%s: %s with a revoked handle", who, calls[i].what);
        CHECK_RC(name, calls[i].rc, rcHandleRevoked);
    }
    tell(agent, DO_LAST_REPLY, 0, 0, 0, NULL, NULL);
    CHECK_RC("  it can be closed", CLOSE(agent, h), rcOk);
    CHECK_RC("  and is stale then", probe(agent, h), rcInvalidArgument);
    CHECK_RC("  and cannot be closed twice", CLOSE(agent, h), rcInvalidArgument);
}

static void test_revoke(void)
{
    Handle a = MAKE(A, CONTEXT);
    struct seen b = send(A, B, a, NK_RIGHTS_SAME, 0);
    struct seen c = send(B, C, b.number, NK_RIGHTS_SAME, 0);
    Handle copy = tell_make(C, DO_COPY, c.number, NK_RIGHTS_SAME, 0), side;

    CHECK_RC("B revokes its handle", REVOKE(B, b.number), rcOk);
    CHECK_RC("  B's is closed", probe(B, b.number), rcInvalidArgument);
    CHECK_RC("  C's is revoked", probe(C, c.number), rcHandleRevoked);
    CHECK_RC("  A's is not", probe(A, a), rcOk);
    check_revoked(C, c.number, "C");
    check_revoked(C, copy, "C's copy");

    b = send(A, B, a, NK_RIGHTS_SAME, 0);
    c = send(B, C, b.number, NK_RIGHTS_SAME, 0);
    side = tell_make(A, DO_COPY, a, NK_RIGHTS_SAME, 0);
    CHECK_RC("a close between does not save C's", CLOSE(B, b.number), rcOk);
    CHECK_RC("A revokes from the top", REVOKE(A, a), rcOk);
    CHECK_RC("  A's is closed", probe(A, a), rcInvalidArgument);
    CHECK_RC("  its copy is revoked", probe(A, side), rcHandleRevoked);
    CHECK_RC("  C's is revoked", probe(C, c.number), rcHandleRevoked);
    CLOSE(A, side);
    CLOSE(C, c.number);
}

static void test_revoke_processes(void)
{
    Handle task = B->child.task, copy;
    struct seen c;

    CHECK_RC("a copy of a process handle", KnHandleCopy(task, NK_RIGHTS_SAME, 0, &copy), rcOk);
    c = give(C, copy, NK_RIGHTS_SAME, 0);
    CHECK_RC("C has it", probe(C, c.number), rcOk);
    CHECK_RC("it is revoked", KnHandleRevoke(copy), rcOk);
    CHECK_RC("C's is revoked", probe(C, c.number), rcHandleRevoked);
    CHECK_RC("the process runs on", tell(B, DO_REQUESTS, 0, 0, 0, NULL, NULL), rcOk);
    CHECK_RC("C's cannot make channels",
             core_connect_ex(copy, INVALID_HANDLE, INVALID_HANDLE, &task, &task, &task),
             rcInvalidArgument);
    CLOSE(C, c.number);
}

static void test_stale(void)
{
    Handle first, h, before = INVALID_HANDLE;
    int collisions = 0;

    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RIGHTS_ALL, NULL, &first);
    KnHandleClose(first);
    for (int i = 0; i < 20000; i++) {
        if (KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RIGHTS_ALL, NULL, &h) != rcOk) {
            collisions++;
        }
        collisions += h == first || h == before;
        KnHandleClose(h);
        before = h;
    }
    CHECK_EQUAL("20,000 creations later a stale handle names nothing", collisions, 0);
    CHECK_RC("  it cannot be closed", KnHandleClose(first), rcInvalidArgument);
    CHECK_RC("nor zero", KnHandleClose(INVALID_HANDLE), rcInvalidArgument);
    CHECK_RC("nor all ones", KnHandleClose(~0u), rcInvalidArgument);
    CHECK_RC("the kernel's own handle cannot be closed", KnHandleClose(1), rcSecurityDisallow);
    CHECK_RC("nor revoked", KnHandleRevoke(1), rcSecurityDisallow);
    CHECK_RC("nor copied", KnHandleCopy(1, NK_RIGHTS_SAME, 0, &h), rcSecurityDisallow);
}

static void test_create(void)
{
    Handle h = 12345;

    CHECK_RC("a type below the range", KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST - 1, 1,
                                                                NULL, &h), rcInvalidArgument);
    CHECK_RC("a type above it", KnHandleCreateUserObject(HANDLE_TYPE_USER_LAST + 1, 1, NULL, &h),
             rcInvalidArgument);
    CHECK_RC("bit 31 among the rights",
             KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, 0x80000001u, NULL, &h),
             rcInvalidArgument);
    CHECK("the out parameter is untouched", h == 12345);
    CHECK_RC("no rights at all", KnHandleCreateUserObject(HANDLE_TYPE_USER_LAST, 0, NULL, &h),
             rcOk);
    CHECK_RC("  it can still be closed", KnHandleClose(h), rcOk);
}

static void test_sid(void)
{
    Handle a = MAKE(A, CONTEXT);
    struct seen b = send(A, B, a, NK_RIGHTS_SAME, 0);
    uint64_t first = 0, second = 1;

    tell(A, DO_SID, a, 0, 0, &first, NULL);
    tell(B, DO_SID, b.number, 0, 0, &second, NULL);
    CHECK_EQUAL("one SID for all handles of a resource", first, second);
    CLOSE(A, a);
    CLOSE(B, b.number);
    a = MAKE(A, CONTEXT);
    tell(A, DO_SID, a, 0, 0, &second, NULL);
    CHECK("the next resource has another", second > first);
    CLOSE(A, a);
}

/* Long ways to an ancestor: down a line of copies, and past many siblings after the nearest ancestor was
 * closed. */
static void test_far(void)
{
    static Handle copies[FAR];
    Handle a = MAKE(A, CONTEXT);
    struct seen b = send(A, B, a, NK_RIGHTS_SAME, 0), c, at_a;
    Handle last = b.number;

    for (int i = 0; i < FAR; i++) {
        copies[i] = last = tell_make(B, DO_COPY, last, NK_RIGHTS_SAME, 0);
    }
    at_a = send(B, A, last, NK_RIGHTS_SAME, 0);
    CHECK("the last of 1,000 copies is dereferenced",
          at_a.rc == rcOk && at_a.is_dereferenced && at_a.number == a && at_a.context == CONTEXT);
    c = send(B, C, last, NK_RIGHTS_SAME, 0);
    CHECK_RC("all copies are revoked", REVOKE(B, b.number), rcOk);
    CHECK_RC("  with what came of the last", probe(C, c.number), rcHandleRevoked);
    CLOSE(C, c.number);
    for (int i = 0; i < FAR; i++) {
        CLOSE(B, copies[i]);
    }
    b = send(A, B, a, NK_RIGHTS_SAME, 0);
    c = send(B, C, b.number, NK_RIGHTS_SAME, 0);
    for (int i = 0; i < FAR; i++) {
        copies[i] = tell_make(B, DO_COPY, b.number, NK_RIGHTS_SAME, 0);
    }
    CLOSE(B, b.number);
    at_a = send(C, A, c.number, NK_RIGHTS_SAME, 0);
    CHECK("past 1,000 siblings, when its parent is closed",
          at_a.rc == rcOk && at_a.is_dereferenced && at_a.number == a);
    at_a = send_back(C, A, c.number, NK_RIGHTS_SAME, 0);
    CHECK("  in a response too", at_a.rc == rcOk && at_a.is_dereferenced && at_a.number == a);
    REVOKE(A, a);
    for (int i = 0; i < FAR; i++) {
        CLOSE(B, copies[i]);
    }
    CLOSE(C, c.number);
}

/* What services/ocap.h says of the handles that the kernel makes. */
static void test_masks(void)
{
    uint64_t listener = 0, client = 0;
    struct seen seen;

    tell(A, DO_CONNECT, 0, 0, 0, &listener, &client);
    seen = send(A, B, (Handle)listener, NK_RIGHTS_SAME, 0);
    CHECK_EQUAL("a listener has OCAP_IPC_LISTENER", seen.rights, OCAP_IPC_LISTENER);
    CLOSE(B, seen.number);
    seen = send(A, B, (Handle)client, NK_RIGHTS_SAME, 0);
    CHECK_EQUAL("a client end has OCAP_IPC_CLIENT", seen.rights, OCAP_IPC_CLIENT);
    CLOSE(B, seen.number);
    seen = give(B, A->child.task, NK_RIGHTS_SAME, 0);
    CHECK_EQUAL("a process has OCAP_TASK_FULL", seen.rights, OCAP_TASK_FULL);
    CLOSE(B, seen.number);
    CLOSE(A, (Handle)listener);
    CLOSE(A, (Handle)client);
}

void test_tree(void)
{
    test_masks();
    test_far();
    test_create();
    test_sid();
    test_rights();
    test_dereference();
    test_helpers();
    test_revoke();
    test_revoke_processes();
    test_stale();
}
