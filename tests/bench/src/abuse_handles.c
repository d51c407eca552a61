/*
 * abuse_handles.c: trees of 100,000 handles, 100,000 subscriptions, revocations that meet.
 */
#include "abuse.h"

#include "core.h"
#include "crowd.h"

#include <coresrv/handle/handle_api.h>
#include <coresrv/handle/notice_api.h>
#include <kl/core/Core.edl.h>
#include <stdlib.h>
#include <tessera/pack.h>

#define MANY    100000u
#define RIGHTS  (OCAP_HANDLE_GENERAL | OCAP_HANDLE_SPEC(1))
#define EVENT_A OBJECT_EVENT_USER(1)

static Handle handles[MANY];

static Handle make(void)
{
    Handle handle = INVALID_HANDLE;

    if (KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RIGHTS, NULL, &handle) != rcOk) {
        abuse_failed("no resource");
    }
    return handle;
}

/* `count` copies: all of `root`, or each of the one before. */
static void copy_all(Handle root, unsigned count, int is_deep)
{
    Handle from = root;

    for (unsigned i = 0; i < count; i++) {
        if (KnHandleCopy(from, RIGHTS, INVALID_HANDLE, &handles[i]) != rcOk) {
            abuse_failed("no copy");
            return;
        }
        from = is_deep ? handles[i] : root;
    }
}

static void close_all(unsigned count)
{
    for (unsigned i = 0; i < count; i++) {
        KnHandleClose(handles[i]);
    }
}

void abuse_close_wide(void)
{
    Handle root = make();

    copy_all(root, MANY, 0);
    KnHandleClose(root);
    close_all(MANY);
}

static void revoke(int is_deep)
{
    Handle root = make();

    copy_all(root, MANY, is_deep);
    if (KnHandleRevoke(root) != rcOk) {
        abuse_failed("no revocation");
    }
    close_all(MANY);
}

void abuse_revoke_wide(void)
{
    revoke(0);
}

void abuse_revoke_deep(void)
{
    revoke(1);
}

/* Each copy keeps its own resource alive: a revocation of many ends of objects. */
void abuse_badges(void)
{
    enum { N = 5000 };
    Handle root = make();
    Notice notice;
    EventDesc event;
    rtl_size_t count;

    if (KnNoticeCreate(&notice) != rcOk) {
        abuse_failed("no receiver");
        return;
    }
    for (unsigned i = 0; i < N; i++) {
        Handle copy;

        KnHandleCreateBadge(notice, i, NULL, &handles[i]);
        KnHandleCopy(i ? handles[N + i - 1] : root, RIGHTS, handles[i], &copy);
        handles[N + i] = copy;
    }
    KnHandleRevoke(root);
    close_all(N);
    for (unsigned i = 0; i < N && KnNoticeGetEvent(notice, 0, 1, &event, &count) == rcOk; i++) {
    }
    for (unsigned i = 0; i < N; i++) {
        KnHandleClose(handles[N + i]);
    }
    KnNoticeRelease(notice);
}

#define WORD_REVOKE                                                                                \
    KN_WORD(kl_core_Core_handle_Handle_iid, kl_core_Handle_Revoke_mid,                             \
            sizeof(kl_core_Handle_Revoke_req), 0, NK_MESSAGE_REQUEST)
#define WORD_SUBTREE                                                                               \
    KN_WORD(kl_core_Core_handle_Handle_iid, kl_core_Handle_RevokeSubtree_mid,                      \
            sizeof(kl_core_Handle_RevokeSubtree_req), 0, NK_MESSAGE_REQUEST)

/* 2,000 threads begin to revoke what one badge's transfer produced, and are held up in the middle; then
 * handles are closed where all their marks stand. */
void abuse_revoke_shared(void)
{
    enum { N = 2000, COPIES = 300 };
    Handle root = make(), badge, first;
    Notice notice;

    if (KnNoticeCreate(&notice) != rcOk || KnHandleCreateBadge(notice, 1, NULL, &badge) != rcOk ||
        KnHandleCopy(root, RIGHTS, badge, &first) != rcOk) {
        abuse_failed("no badge");
        return;
    }
    copy_all(first, COPIES, 0);
    crowd_call(KN_CORE_HANDLE, WORD_SUBTREE, CORE_FOREVER);
    crowd_plan()->r12 = root | (uint64_t)badge << 32;
    for (unsigned i = 0; i < N; i++) {
        if (crowd_add(i, 1 + i % 14, NULL) != rcOk) {
            abuse_failed("no thread");
        }
    }
    crowd_ended(N);
    close_all(COPIES);
    KnHandleClose(first);
    KnHandleClose(badge);
    KnHandleClose(root);
    KnNoticeRelease(notice);
}

/* Revocations of each handle of a path, each begun by a thread of its own and held up. */
void abuse_revoke_crossing(void)
{
    enum { N = 1000, COPIES = 200 };
    Handle root = make();
    unsigned good = 0;

    copy_all(root, N, 1);
    for (unsigned i = 0; i < COPIES; i++) {
        KnHandleCopy(handles[N - 1], RIGHTS, INVALID_HANDLE, &handles[N + i]);
    }
    crowd_call(KN_CORE_HANDLE, WORD_REVOKE, CORE_FOREVER);
    for (unsigned i = N; i-- > 0;) {
        crowd_plan()->r12 = handles[i];
        good += crowd_add(i, 14, NULL) == rcOk;
        core_sleep_ns(3000);
    }
    if (!crowd_ended(N) || good != N) {
        abuse_failed("threads are missing");
    }
    KnHandleClose(root);
    close_all(N + COPIES);
}

void abuse_subscriptions(void)
{
    Handle object = make(), other = make();
    Notice notice;
    EventDesc event;
    rtl_size_t count;

    if (KnNoticeCreate(&notice) != rcOk) {
        abuse_failed("no receiver");
        return;
    }
    for (unsigned i = 0; i < MANY; i++) {
        if (KnNoticeSubscribeToObject(notice, i % 2 ? object : other, EVENT_A, i) != rcOk) {
            abuse_failed("no subscription");
        }
    }
    KnNoticeSetObjectEvent(object, EVENT_A);
    for (unsigned i = 0; i < 1000; i++) {
        KnNoticeGetEvent(notice, 0, 1, &event, &count);
    }
    KnNoticeUnsubscribeFromEvent(notice, object, MANY - 1);
    KnNoticeUnsubscribeFromObject(notice, other);
    KnHandleClose(object);
    KnNoticeRelease(notice);
    KnHandleClose(other);
}

/* 10,000 receivers of one event; then the object ends with all of them. */
void abuse_receivers(void)
{
    enum { N = 10000 };
    Handle object = make();

    for (unsigned i = 0; i < N; i++) {
        if (core_notice_create(&handles[i]) != rcOk ||
            core_notice_subscribe(handles[i], object, EVENT_A | EVENT_OBJECT_DESTROYED, i) !=
                rcOk) {
            abuse_failed("no receiver");
        }
    }
    KnNoticeSetObjectEvent(object, EVENT_A);
    KnHandleClose(object);
    for (unsigned i = 0; i < N; i++) {
        KnHandleClose(handles[i]);
    }
}
