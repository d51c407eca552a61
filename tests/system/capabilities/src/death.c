/*
 * death.c: the end of a process equals closing all its handles, badge events included; events of processes.
 */
#include "remote.h"

static void restart(void)
{
    agents_stop();
    agents_start(0);
}

/* An agent goes by itself. */
static void leave(struct agent *agent)
{
    CHECK_RC("a process ends", tell(agent, DO_EXIT, 0, 0, 0, NULL, NULL), rcNotConnected);
    CHECK_EQUAL("  with its status", child_wait(&agent->child, 5000), 0);
}

static void test_holder(void)
{
    Handle resource, badge;
    struct seen b, c, seen;

    restart();
    resource = MAKE(A, 1);
    badge = tell_make(A, DO_BADGE, 0, 0, 9);
    b = send(A, B, resource, NK_RIGHTS_SAME, badge);
    c = send(B, C, b.number, NK_RIGHTS_SAME, 0);
    leave(B);
    check_no_event(A, "the badge lives while C has what B gave it");
    seen = send(C, A, c.number, NK_RIGHTS_SAME, 0);
    CHECK("  C's is dereferenced, with the context of B's transfer",
          seen.is_dereferenced && seen.context == 9 && seen.number == resource);
    leave(C);
    check_event(A, "the last holder's end closes the badge", 9, EVENT_BADGE_CLOSED);
    check_no_event(A, "  once");
    CLOSE(A, badge);
    check_event(A, "  and it is gone", 9, EVENT_OBJECT_DESTROYED);
    CLOSE(A, resource);
}

static void test_killed(void)
{
    Handle resource, badge;

    restart();
    resource = MAKE(A, 1);
    badge = tell_make(A, DO_BADGE, 0, 0, 10);
    send(A, B, resource, NK_RIGHTS_SAME, badge);
    agent_stop(B);
    check_event(A, "a holder that is terminated closes the badge", 10, EVENT_BADGE_CLOSED);
    CLOSE(A, badge);
    check_event(A, "  and it is gone", 10, EVENT_OBJECT_DESTROYED);
    CLOSE(A, resource);
}

static void test_provider(void)
{
    nk_handle_desc_t desc;
    Notice notice;
    EventDesc event = {0};
    rtl_size_t count;
    Handle resource;
    struct seen seen;

    restart();
    KnNoticeCreate(&notice);
    resource = MAKE(A, 1);
    take(A, resource, NK_RIGHTS_SAME, tell_make(A, DO_BADGE, 0, 0, 11), &desc);
    KnNoticeSubscribeToObject(notice, nk_get_handle(&desc), EVENT_OBJECT_DESTROYED, 5);
    leave(A);
    CHECK_RC("the resource outlives its provider while a handle is left",
             KnNoticeGetEvent(notice, 0, 1, &event, &count), rcTimeout);
    seen = give(B, nk_get_handle(&desc), OCAP_HANDLE_GET_SID, 0);
    CHECK_RC("  it can be given on", seen.rc, rcOk);
    KnHandleClose(nk_get_handle(&desc));
    CHECK_RC("  and closed", KnNoticeGetEvent(notice, 0, 1, &event, &count), rcTimeout);
    CLOSE(B, seen.number);
    CHECK_RC("the last handle ends it", KnNoticeGetEvent(notice, 100, 1, &event, &count), rcOk);
    CHECK("  with EVENT_OBJECT_DESTROYED",
          event.eventId == 5 && event.eventMask == EVENT_OBJECT_DESTROYED);
    KnNoticeRelease(notice);
}

static void test_process_events(void)
{
    Notice notice;
    EventDesc event = {0};
    rtl_size_t count;
    Handle task;

    restart();
    KnNoticeCreate(&notice);
    task = B->child.task;
    CHECK_RC("a subscription to a process",
             KnNoticeSubscribeToObject(notice, task, EVENT_TASK_COMPLETED | EVENT_OBJECT_DESTROYED,
                                       6), rcOk);
    CHECK_RC("nothing while it runs", KnNoticeGetEvent(notice, 5, 1, &event, &count), rcTimeout);
    tell(B, DO_EXIT, 0, 0, 0, NULL, NULL);
    CHECK_RC("its end", KnNoticeGetEvent(notice, 5000, 1, &event, &count), rcOk);
    CHECK("  is EVENT_TASK_COMPLETED", event.eventId == 6 && event.eventMask == EVENT_TASK_COMPLETED);
    CHECK_EQUAL("  and it can be asked for its status", child_wait(&B->child, 0), 0);
    CHECK_RC("  once", KnNoticeGetEvent(notice, 0, 1, &event, &count), rcTimeout);
    KnNoticeSubscribeToObject(notice, task, EVENT_TASK_COMPLETED, 7);
    CHECK_RC("one who subscribes later", KnNoticeGetEvent(notice, 0, 1, &event, &count), rcOk);
    CHECK("  is told at once", event.eventId == 7 && event.eventMask == EVENT_TASK_COMPLETED);
    CHECK_RC("events of a process are the kernel's",
             KnNoticeSetObjectEvent(task, OBJECT_EVENT_USER(1)), rcInvalidArgument);
    agent_stop(B);
    CHECK_RC("its last handle", KnNoticeGetEvent(notice, 1000, 1, &event, &count), rcOk);
    CHECK("  is EVENT_OBJECT_DESTROYED",
          event.eventId == 6 && event.eventMask == EVENT_OBJECT_DESTROYED);
    KnNoticeRelease(notice);
}

/* A listener outlives the process that made it: who was given it serves it. */
static void test_listener(void)
{
    uint64_t listener = 0, client = 0;
    nk_handle_desc_t at_us, theirs, callable;
    struct direct direct;
    caps_Agent_Ping_req req = {.x = 1};
    caps_Agent_Ping_res res;
    Handle made, h = INVALID_HANDLE, client_end = INVALID_HANDLE;

    restart();
    tell(A, DO_CONNECT, 0, 0, 0, &listener, &client);
    take(A, (Handle)listener, NK_RIGHTS_SAME, 0, &at_us);
    take(A, (Handle)client, NK_RIGHTS_SAME, 0, &theirs);
    made = tell_make(A, DO_MAKE_CALLABLE, OCAP_IPC_CALL | OCAP_HANDLE_TRANSFER, AGENT, 1);
    take(A, made, NK_RIGHTS_SAME, 0, &callable);
    agent_stop(A);
    restart();
    caps_Agent_Ping(direct_init(&direct, nk_get_handle(&callable), INVALID_RIID), &req, NULL,
                    &res, NULL);
    CHECK_RC("a callable handle of a process that is gone", direct.rc, rcNotConnected);
    CHECK_RC("a listener of one that is gone makes callable handles",
             KnHandleCreateUserObjectEx(HANDLE_TYPE_USER_FIRST,
                                        OCAP_IPC_CALL | OCAP_HANDLE_TRANSFER, &req,
                                        nk_get_handle(&at_us), AGENT, &h), rcOk);
    CHECK_RC("  and channels", KnHandleConnect(nk_get_handle(&at_us), NULL, &made, &client_end),
             rcOk);
    CHECK_RC("it is closed", KnHandleClose(nk_get_handle(&at_us)), rcOk);
    KnHandleClose(made);
    KnHandleClose(client_end);
    KnHandleClose(h);
    KnHandleClose(nk_get_handle(&theirs));
    KnHandleClose(nk_get_handle(&callable));
}

void test_death(void)
{
    test_holder();
    test_killed();
    test_provider();
    test_process_events();
    test_listener();
    restart();
}
