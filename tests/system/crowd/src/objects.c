/*
 * objects.c: 100,000 handles of one object, and as many subscriptions.
 */
#include "check.h"
#include "core.h"
#include "disturb.h"
#include "suite.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>

#define MANY   100000u
#define EVENT  OBJECT_EVENT_USER(1)
#define RIGHTS OCAP_HANDLE_GENERAL

static Handle handles[MANY];

static Handle make(void)
{
    Handle handle = INVALID_HANDLE;

    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RIGHTS, NULL, &handle);
    return handle;
}

/* Copies of the root, or each of the one before. */
static unsigned copy_all(Handle root, int is_deep)
{
    Handle from = root;
    unsigned n = 0;

    while (n < MANY && KnHandleCopy(from, RIGHTS, INVALID_HANDLE, &handles[n]) == rcOk) {
        from = is_deep ? handles[n] : root;
        n++;
    }
    return n;
}

static unsigned close_all(void)
{
    unsigned good = 0;

    for (unsigned i = 0; i < MANY; i++) {
        good += KnHandleClose(handles[i]) == rcOk;
    }
    return good;
}

static void revoke(const char *name, int is_deep)
{
    Handle root = make();
    unsigned revoked = 0;
    nk_sid_t sid;

    CHECK_EQUAL(name, copy_all(root, is_deep), MANY);
    disturb_begin();
    CHECK_RC("handles: all are revoked", KnHandleRevoke(root), rcOk);
    CHECK("handles: interrupted meanwhile, and all is sound", disturb_end());
    for (unsigned i = 0; i < MANY; i++) {
        revoked += KnHandleGetSidByHandle(handles[i], &sid) == rcHandleRevoked;
    }
    CHECK_EQUAL("handles: each says so", revoked, MANY);
    CHECK_EQUAL("handles: and can be closed", close_all(), MANY);
}

static void close_root(void)
{
    Handle root = make();
    nk_sid_t sid;

    copy_all(root, 0);
    CHECK_RC("handles: the first one is closed", KnHandleClose(root), rcOk);
    CHECK_RC("handles: the others are good", KnHandleGetSidByHandle(handles[MANY - 1], &sid), rcOk);
    CHECK_EQUAL("handles: until they are closed", close_all(), MANY);
}

/* Takes `count` entries out that have an event: are they those with numbers first, first + step, ...? */
static unsigned take(Notice notice, unsigned count, unsigned first, unsigned step, uint32_t mask)
{
    unsigned good = 0;

    for (unsigned i = 0; i < count; i++) {
        EventDesc event;
        rtl_size_t n = 0;

        if (KnNoticeGetEvent(notice, 0, 1, &event, &n) == rcOk && event.eventId == first + i * step &&
            event.eventMask == mask) {
            good++;
        }
    }
    return good;
}

static void subscriptions(void)
{
    Handle even = make(), odd = make();
    Notice notice;
    unsigned good = 0;

    KnNoticeCreate(&notice);
    for (unsigned i = 0; i < MANY; i++) {
        good += KnNoticeSubscribeToObject(notice, i % 2 ? odd : even, EVENT | EVENT_OBJECT_DESTROYED, i) ==
                rcOk;
    }
    CHECK_EQUAL("subscriptions: 100,000", good, MANY);
    disturb_begin();
    CHECK_RC("subscriptions: an event for half of them", KnNoticeSetObjectEvent(odd, EVENT), rcOk);
    CHECK("subscriptions: interrupted meanwhile, and all is sound", disturb_end());
    CHECK_EQUAL("subscriptions: they have it, in their order", take(notice, MANY / 2, 1, 2, EVENT),
                MANY / 2);
    CHECK_RC("subscriptions: those of an object are taken out",
             KnNoticeUnsubscribeFromObject(notice, odd), rcOk);
    disturb_begin();
    KnHandleClose(even);
    KnHandleClose(odd);
    CHECK("subscriptions: interrupted by the end of both, and all is sound", disturb_end());
    CHECK_EQUAL("subscriptions: the others are told of the end",
                take(notice, MANY / 2, 0, 2, EVENT_OBJECT_DESTROYED), MANY / 2);
    KnNoticeRelease(notice);
}

void test_objects(void)
{
    close_root();
    revoke("handles: 100,000 copies of one", 0);
    revoke("handles: 100,000 in a row", 1);
    subscriptions();
}
