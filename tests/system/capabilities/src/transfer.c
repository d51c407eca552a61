/*
 * transfer.c: one to seven handles in a request and in a response; all arrive or none; every code.
 */
#include "remote.h"

static void test_counts(void)
{
    Handle made[7];

    for (int i = 0; i < 7; i++) {
        made[i] = MAKE(A, (uint64_t)i);
    }
    for (int n = 0; n <= 7; n++) {
        Handle sent[7] = {0}, got[7];
        uint64_t before = handles_now();
        char name[64];
        int good = 1;

        memcpy(sent, made, sizeof(Handle) * (size_t)n);
        snprintf(name, sizeof(name), "a request with %d handles", n);
        CHECK_RC(name, send7(A, B, sent, NK_RIGHTS_SAME, 0, got), rcOk);
        CHECK_EQUAL("  so many are new", handles_now() - before, n);
        for (int i = 0; i < 7; i++) {
            good &= i < n ? probe(B, got[i]) == rcOk : got[i] == INVALID_HANDLE;
            if (got[i]) {
                CLOSE(B, got[i]);
            }
        }
        CHECK("  and they work, in their places", good);
    }
    for (int i = 0; i < 7; i++) {
        CLOSE(A, made[i]);
    }
}

/* This process takes n of seven handles in a response. */
static void test_response_counts(void)
{
    struct direct direct;
    struct caps_Agent *proxy = direct_init(&direct, A->child.client, AGENT);
    Handle made[7];

    for (int i = 0; i < 7; i++) {
        made[i] = MAKE(A, (uint64_t)i);
    }
    for (int n = 0; n <= 7; n++) {
        caps_Agent_Take7_req req = {.rights = OCAP_HANDLE_GET_SID};
        caps_Agent_Take7_res res;
        uint64_t before = handles_now();
        char name[64];
        int good = 1;

        memcpy(req.numbers, made, sizeof(Handle) * (size_t)n);
        snprintf(name, sizeof(name), "a response with %d handles", n);
        CHECK("a response arrives", caps_Agent_Take7(proxy, &req, NULL, &res, NULL) == NK_EOK);
        CHECK_RC(name, direct.rc, rcOk);
        CHECK_EQUAL("  so many are new", handles_now() - before, n);
        for (int i = 0; i < n; i++) {
            nk_sid_t sid;

            good &= KnHandleGetSidByHandle(nk_get_handle(&res.h[i]), &sid) == rcOk;
            good &= nk_get_rights(&res.h[i]) == OCAP_HANDLE_GET_SID;
            good &= !nk_is_handle_dereferenced(&res.h[i]);
            good &= KnHandleClose(nk_get_handle(&res.h[i])) == rcOk;
        }
        CHECK("  with the rights that were given", good);
    }
    for (int i = 0; i < 7; i++) {
        CLOSE(A, made[i]);
    }
}

/* Seven handles of which the i-th is bad: nothing arrives, in a request and in a response. */
static void refused(const char *what, Handle good, Handle bad, uint32_t rights, Handle badge,
                    Retcode wanted)
{
    nk_handle_desc_t desc = {0, 0, 0};
    uint64_t before = handles_now(), requests, again;
    Handle sent[7] = {good, good, good, bad, good, good, good}, got[7];
    char name[120];

    tell(B, DO_REQUESTS, 0, 0, 0, &requests, NULL);
    snprintf(name, sizeof(name), "a request with %s", what);
    CHECK_RC(name, send(A, B, bad, rights, badge).rc, wanted);
    snprintf(name, sizeof(name), "a request with six good ones and %s", what);
    CHECK_RC(name, send7(A, B, sent, rights, badge, got), wanted);
    tell(B, DO_REQUESTS, 0, 0, 0, &again, NULL);
    CHECK_EQUAL("  neither was delivered", again - requests, 1);
    snprintf(name, sizeof(name), "a response with %s", what);
    CHECK_RC(name, take(A, bad, rights, badge, &desc), wanted);
    CHECK("  the container stays empty", nk_get_handle(&desc) == INVALID_HANDLE);
    CHECK_RC("  and the server has the code", tell(A, DO_LAST_REPLY, 0, 0, 0, NULL, NULL), wanted);
    CHECK_EQUAL("  nothing is new", handles_now(), before);
}

static void test_codes(void)
{
    Handle good = MAKE(A, 1), parent = MAKE(A, 2);
    Handle fixed = tell_make(A, DO_COPY, good, OCAP_HANDLE_GET_SID, 0);
    Handle narrow = tell_make(A, DO_COPY, good, OCAP_HANDLE_TRANSFER, 0);
    Handle stale = tell_make(A, DO_COPY, good, NK_RIGHTS_SAME, 0);
    Handle revoked = tell_make(A, DO_COPY, parent, NK_RIGHTS_SAME, 0);
    Handle badge = tell_make(A, DO_BADGE, 0, 0, 77);

    CLOSE(A, stale);
    REVOKE(A, parent);
    refused("a number that is no handle", good, 0xfffff, NK_RIGHTS_SAME, 0, rcInvalidArgument);
    refused("a stale handle", good, stale, NK_RIGHTS_SAME, 0, rcInvalidArgument);
    refused("a revoked handle", good, revoked, NK_RIGHTS_SAME, 0, rcHandleRevoked);
    refused("a handle without the right to transfer", good, fixed, NK_RIGHTS_SAME, 0,
            rcSecurityDisallow);
    refused("more rights than held", good, narrow, OCAP_HANDLE_TRANSFER | RIGHT_A, 0,
            rcSecurityDisallow);
    refused("bit 31 among the rights", good, good, 0x80000000u, 0, rcSecurityDisallow);
    refused("a badge that is no handle", good, good, NK_RIGHTS_SAME, 0xfffff, rcInvalidArgument);
    refused("a badge that is another kind", good, good, NK_RIGHTS_SAME, good, rcInvalidArgument);
    refused("the handle of the kernel", good, 1, NK_RIGHTS_SAME, 0, rcSecurityDisallow);

    Handle twice[7] = {good, good}, got[7];
    CHECK_RC("one badge with two handles of a request",
             send7(A, B, twice, NK_RIGHTS_SAME, badge, got), rcInvalidArgument);
    struct seen seen = send(A, B, good, NK_RIGHTS_SAME, badge);
    CHECK_RC("refusals have not used the badge", seen.rc, rcOk);
    refused("a badge that was used", good, good, NK_RIGHTS_SAME, badge, rcInvalidArgument);
    CLOSE(B, seen.number);
    check_event(A, "the badge is closed", 77, EVENT_BADGE_CLOSED);
    CLOSE(A, badge);
    check_event(A, "the badge is gone", 77, EVENT_OBJECT_DESTROYED);
    CLOSE(A, narrow);
    CLOSE(A, fixed);
    CLOSE(A, revoked);
    CLOSE(A, good);
}

/* An empty container is no handle, with or without rights. */
static void test_empty(void)
{
    uint64_t before = handles_now();
    struct seen seen = send(A, B, INVALID_HANDLE, 0, 0);

    CHECK("an empty container arrives empty",
          seen.rc == rcOk && seen.number == INVALID_HANDLE && !seen.rights &&
              !seen.is_dereferenced);
    CHECK_EQUAL("  nothing is new", handles_now(), before);
}

void test_transfer(void)
{
    test_counts();
    test_response_counts();
    test_codes();
    test_empty();
}

/* The third agent has little memory of its own: transfers to it fail when its table cannot grow, and leave
 * nothing behind. */
void test_quota(void)
{
    Handle good = MAKE(A, 1), seven[7] = {good, good, good, good, good, good, good}, got[7];
    struct seen seen = {0};
    uint64_t before, requests, again;
    Retcode rc = rcOk;
    int sent = 0;

    while (sent < 100000 && (rc = send7(A, C, seven, NK_RIGHTS_SAME, 0, got)) == rcOk) {
        sent += 7;
    }
    CHECK_RC("transfers until the recipient's memory is used up", rc, rcQuotaExceeded);
    while (sent < 100000 && (seen = send(A, C, good, NK_RIGHTS_SAME, 0)).rc == rcOk) {
        sent++;
    }
    CHECK_RC("one more", seen.rc, rcQuotaExceeded);
    tell(C, DO_REQUESTS, 0, 0, 0, &requests, NULL);
    before = handles_now();
    CHECK_RC("the same in a request", send(A, C, good, NK_RIGHTS_SAME, 0).rc, rcQuotaExceeded);
    CHECK_RC("in a response", send_back(A, C, good, NK_RIGHTS_SAME, 0).rc, rcQuotaExceeded);
    CHECK_RC("  and the server has the code", tell(A, DO_LAST_REPLY, 0, 0, 0, NULL, NULL),
             rcQuotaExceeded);
    tell(C, DO_REQUESTS, 0, 0, 0, &again, NULL);
    CHECK_EQUAL("the request was not delivered", again - requests, 2);
    CHECK_EQUAL("nothing is new", handles_now(), before);
    CHECK_RC("others are not concerned", (seen = send(A, B, good, NK_RIGHTS_SAME, 0)).rc, rcOk);
    CHECK_RC("all are revoked", REVOKE(A, good), rcOk);
    CHECK_RC("the other's too", probe(B, seen.number), rcHandleRevoked);
    CLOSE(B, seen.number);
}
