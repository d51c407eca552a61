/*
 * badges.c: resource transfer contexts: what they say on a dereference, when they close, and that each
 * event comes exactly once, in order.
 */
#include "remote.h"

#define USER   1000u
#define BADGE1 2001u
#define BADGE2 2002u

static Handle resource, badges[2];
static struct seen got[2];

/* A gives one resource to B and to C, each with a badge. */
static void open_twice(void)
{
    resource = MAKE(A, USER);
    badges[0] = tell_make(A, DO_BADGE, 0, 0, BADGE1);
    badges[1] = tell_make(A, DO_BADGE, 0, 0, BADGE2);
    got[0] = send(A, B, resource, NK_RIGHTS_SAME, badges[0]);
    got[1] = send_back(A, C, resource, NK_RIGHTS_SAME, badges[1]);
    CHECK("two transfers with badges", got[0].rc == rcOk && got[1].rc == rcOk);
    check_no_event(A, "nothing is closed yet");
}

/* The owner of a badge that closed ends it. */
static void finish_badge(int i)
{
    uint64_t id = i ? BADGE2 : BADGE1;

    check_event(A, "EVENT_BADGE_CLOSED", id, EVENT_BADGE_CLOSED);
    check_no_event(A, "  once");
    CHECK_RC("  the badge is closed by its owner", CLOSE(A, badges[i]), rcOk);
    check_event(A, "  then EVENT_OBJECT_DESTROYED", id, EVENT_OBJECT_DESTROYED);
    check_no_event(A, "  once");
}

static void test_contexts(void)
{
    struct seen seen, c;

    open_twice();
    seen = send(B, A, got[0].number, NK_RIGHTS_SAME, 0);
    CHECK("B's comes with the first badge's context",
          seen.is_dereferenced && seen.context == BADGE1 && seen.number == resource);
    seen = send(C, A, got[1].number, NK_RIGHTS_SAME, 0);
    CHECK("C's with the second's", seen.is_dereferenced && seen.context == BADGE2);
    c = send(B, C, got[0].number, NK_RIGHTS_SAME, 0);
    seen = send(C, A, c.number, NK_RIGHTS_SAME, 0);
    CHECK("what B gave on to C comes with the first", seen.context == BADGE1);
    CHECK_RC("B closes", CLOSE(B, got[0].number), rcOk);
    check_no_event(A, "the first is not closed while C has one of it");
    seen = send(C, A, c.number, NK_RIGHTS_SAME, 0);
    CHECK("  and keeps its context", seen.is_dereferenced && seen.context == BADGE1);
    CHECK_RC("C closes that", CLOSE(C, c.number), rcOk);
    finish_badge(0);
    CHECK_RC("C's own still works", probe(C, got[1].number), rcOk);
    CHECK_RC("A revokes its handle", REVOKE(A, resource), rcOk);
    finish_badge(1);
    CHECK_RC("C's is revoked", probe(C, got[1].number), rcHandleRevoked);
    CLOSE(C, got[1].number);
}

static void test_subtree(void)
{
    struct seen c;
    Handle other, unused;

    open_twice();
    c = send(B, C, got[0].number, NK_RIGHTS_SAME, 0);
    other = MAKE(A, USER);
    unused = tell_make(A, DO_BADGE, 0, 0, 3000);
    CHECK_RC("revoke-subtree with a badge of another resource",
             tell(A, DO_REVOKE_SUBTREE, other, badges[0], 0, NULL, NULL), rcInvalidArgument);
    CHECK_RC("with a badge that was not used",
             tell(A, DO_REVOKE_SUBTREE, resource, unused, 0, NULL, NULL), rcInvalidArgument);
    CHECK_RC("with what is no badge",
             tell(A, DO_REVOKE_SUBTREE, resource, resource, 0, NULL, NULL), rcInvalidArgument);
    CHECK_RC("nothing was revoked", probe(B, got[0].number), rcOk);
    CHECK_RC("revoke-subtree with the first badge",
             tell(A, DO_REVOKE_SUBTREE, resource, badges[0], 0, NULL, NULL), rcOk);
    CHECK_RC("  B's is revoked", probe(B, got[0].number), rcHandleRevoked);
    CHECK_RC("  what B gave to C too", probe(C, c.number), rcHandleRevoked);
    CHECK_RC("  C's own is not", probe(C, got[1].number), rcOk);
    CHECK_RC("  nor A's", probe(A, resource), rcOk);
    CHECK_RC("once more does nothing",
             tell(A, DO_REVOKE_SUBTREE, resource, badges[0], 0, NULL, NULL), rcOk);
    finish_badge(0);
    CLOSE(A, unused);
    check_event(A, "a badge that was never used is only destroyed", 3000, EVENT_OBJECT_DESTROYED);
    CLOSE(B, got[0].number);
    CLOSE(C, c.number);
    CLOSE(C, got[1].number);
    finish_badge(1);
    CLOSE(A, other);
    CLOSE(A, resource);
}

/* Badges by copies, and one inside the other. */
static void test_nested(void)
{
    Handle outer, inner, copy;
    struct seen c, seen;

    resource = MAKE(A, USER);
    outer = tell_make(A, DO_BADGE, 0, 0, 1);
    inner = tell_make(B, DO_BADGE, 0, 0, 2);
    got[0] = send(A, B, resource, NK_RIGHTS_SAME, outer);
    c = send(B, C, got[0].number, NK_RIGHTS_SAME, inner);
    seen = send(C, B, c.number, NK_RIGHTS_SAME, 0);
    CHECK("a badge of one who is not the provider", seen.is_dereferenced && seen.context == 2);
    seen = send(C, A, c.number, NK_RIGHTS_SAME, 0);
    CHECK("the provider sees its own", seen.is_dereferenced && seen.context == 1);
    CHECK_RC("C closes", CLOSE(C, c.number), rcOk);
    check_event(B, "the inner badge closes", 2, EVENT_BADGE_CLOSED);
    check_no_event(A, "the outer does not");
    CHECK_RC("B closes", CLOSE(B, got[0].number), rcOk);
    check_event(A, "the outer closes", 1, EVENT_BADGE_CLOSED);
    CLOSE(B, inner);
    check_event(B, "the inner is gone", 2, EVENT_OBJECT_DESTROYED);
    CLOSE(A, outer);
    check_event(A, "the outer is gone", 1, EVENT_OBJECT_DESTROYED);

    outer = tell_make(A, DO_BADGE, 0, 0, 3);
    copy = tell_make(A, DO_COPY, resource, NK_RIGHTS_SAME, outer);
    CHECK_RC("the badge of a copy is used",
             tell(A, DO_COPY, resource, NK_RIGHTS_SAME, outer, NULL, NULL), rcInvalidArgument);
    seen = send(A, B, copy, NK_RIGHTS_SAME, 0);
    CHECK_RC("revoke-subtree by a copy's badge",
             tell(A, DO_REVOKE_SUBTREE, resource, outer, 0, NULL, NULL), rcOk);
    CHECK_RC("  the copy is revoked", probe(A, copy), rcHandleRevoked);
    CHECK_RC("  what came of it too", probe(B, seen.number), rcHandleRevoked);
    check_event(A, "  its badge closes", 3, EVENT_BADGE_CLOSED);
    CLOSE(A, outer);
    check_event(A, "  and is gone", 3, EVENT_OBJECT_DESTROYED);
    CLOSE(A, copy);
    CLOSE(B, seen.number);
    CLOSE(A, resource);
}

/* The owner closes the badge's handle first: the transfer's context stays as long as it is needed. */
static void test_early_close(void)
{
    struct seen seen;

    open_twice();
    CHECK_RC("A closes a badge in use", CLOSE(A, badges[0]), rcOk);
    seen = send(B, A, got[0].number, NK_RIGHTS_SAME, 0);
    CHECK("  B's still comes with its context", seen.context == BADGE1);
    check_no_event(A, "  nothing is closed");
    CLOSE(B, got[0].number);
    check_event(A, "both events when B closes", BADGE1,
                EVENT_BADGE_CLOSED | EVENT_OBJECT_DESTROYED);
    CLOSE(C, got[1].number);
    finish_badge(1);
    CLOSE(A, resource);
}

void test_badges(void)
{
    test_contexts();
    test_subtree();
    test_nested();
    test_early_close();
}
