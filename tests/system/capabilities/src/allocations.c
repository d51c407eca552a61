/*
 * allocations.c: every handle and notice call with the n-th allocation failing: rcOutOfMemory, and nothing
 * has changed.
 */
#include "remote.h"

#define ROUNDS 70 /* calls of each kind, so that tables have to grow under some */
#define POINTS 20

static Notice notice;
static Handle object, kept[30 * ROUNDS];
static int nkept, failures;

enum call {
    CALL_OBJECT,
    CALL_COPY,
    CALL_BADGE,
    CALL_LISTENER,
    CALL_CALLABLE,
    CALL_CONNECT,
    CALL_CONNECT_NEW,
    CALL_CONNECT_EX,
    CALL_CONNECT_EX_NEW,
    CALL_NOTICE,
    CALL_SUBSCRIBE,
    CALL_GIVE,
    CALL_TAKE,
    CALLS,
};
static const char *const names[CALLS] = {
    "CreateUserObject", "Copy", "CreateBadge", "CreateListener", "CreateUserObjectEx",
    "Connect", "Connect with a new listener", "ConnectEx", "ConnectEx with a new listener",
    "NoticeCreate", "Subscribe", "a handle in a request", "a handle in a response",
};

static Handle listener, foreign /* a listener of an agent, which has the endpoint */, at_a, remote[ROUNDS];
static int nremote;
static struct child stopped;

static Retcode connect(Handle *out)
{
    Handle server = INVALID_HANDLE, client = INVALID_HANDLE;
    Retcode rc = core_connect(listener, &client, &server, &client);

    if (rc == rcOk) {
        KnHandleClose(server);
        *out = client;
    }
    return rc;
}

/* With a new listener: when a later part fails it must go again. */
static Retcode connect_new(Handle *out)
{
    Handle made = INVALID_HANDLE, client = INVALID_HANDLE;
    Retcode rc = KnHandleConnect(INVALID_HANDLE, &made, NULL, &client);

    if (rc == rcOk) {
        KnHandleClose(client);
        *out = made;
    }
    return rc;
}

/* Between this process and one that was not started, whose handles go with it. */
static Retcode connect_ex(Handle serving, Handle *out)
{
    Handle made = INVALID_HANDLE, server = INVALID_HANDLE, client = INVALID_HANDLE;
    Retcode rc = core_connect_ex(INVALID_HANDLE, stopped.task, serving, &made, &server, &client);

    if (rc == rcOk) {
        *out = server;
    }
    return rc;
}

/* The kernel's call alone, with the allocator of this process left out. */
static Retcode perform(enum call call, Handle *out)
{
    struct seen seen;
    nk_handle_desc_t desc = {0, 0, 0};
    Retcode rc;

    switch (call) {
    case CALL_OBJECT:
        return KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RIGHTS_ALL, NULL, out);
    case CALL_COPY:
        return KnHandleCopy(object, NK_RIGHTS_SAME, INVALID_HANDLE, out);
    case CALL_BADGE:
        return KnHandleCreateBadge(notice, 1, NULL, out);
    case CALL_LISTENER:
        return KnHandleCreateListener(out);
    case CALL_CALLABLE:
        return KnHandleCreateUserObjectEx(HANDLE_TYPE_USER_FIRST,
                                          OCAP_IPC_CALL | OCAP_HANDLE_TRANSFER, NULL,
                                          foreign, AGENT, out);
    case CALL_CONNECT:
        return connect(out);
    case CALL_CONNECT_NEW:
        return connect_new(out);
    case CALL_CONNECT_EX:
        return connect_ex(listener, out);
    case CALL_CONNECT_EX_NEW:
        return connect_ex(INVALID_HANDLE, out);
    case CALL_NOTICE: {
        Notice made;

        rc = KnNoticeCreate(&made);
        if (rc == rcOk) {
            KnNoticeRelease(made);
        }
        return rc;
    }
    case CALL_SUBSCRIBE:
        return KnNoticeSubscribeToObject(notice, object, OBJECT_EVENT_USER(1), 1);
    case CALL_GIVE:
        seen = give(A, object, NK_RIGHTS_SAME, 0);
        if (seen.rc == rcOk) {
            remote[nremote++ % ROUNDS] = seen.number;
        }
        return seen.rc;
    default:
        rc = take(A, at_a, NK_RIGHTS_SAME, 0, &desc);
        if (rc == rcOk) {
            *out = nk_get_handle(&desc);
        }
        return rc;
    }
}

static int is_same(const struct counters *a, const struct counters *b)
{
    return a->objects == b->objects && a->handles == b->handles && a->threads == b->threads;
}

/* One call that succeeds in the end; false if a failure was not as it should be. */
static int round_of(enum call call)
{
    for (uint64_t n = 1; n < POINTS; n++) {
        struct counters before, after;
        uint64_t outstanding = 0;
        Handle out = INVALID_HANDLE;

        core_counters(&before);
        core_fail_allocation(n, NULL);
        Retcode rc = perform(call, &out);
        core_fail_allocation(0, &outstanding);
        if (rc == rcOk) {
            if (out) {
                kept[nkept++] = out;
            }
            return outstanding > 0;
        }
        core_counters(&after);
        failures++;
        if (rc != rcOutOfMemory || outstanding || out || !is_same(&before, &after)) {
            fprintf(stderr, "  %s, allocation %u: %s, %d objects, %d handles\n", names[call],
                    (unsigned)n, rc_name(rc), (int)(after.objects - before.objects),
                    (int)(after.handles - before.handles));
            return 0;
        }
    }
    return 0;
}

void test_allocations(void)
{
    uint64_t at_listener = 0, at_client = 0;
    nk_handle_desc_t desc;

    /* What is written while allocations fail has its pages by then. */
    memset(remote, 0, sizeof(remote));
    nremote = 0;
    KnNoticeCreate(&notice);
    KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, RIGHTS_ALL, NULL, &object);
    KnHandleCreateListener(&listener);
    child_create(&stopped, CLASS, CHILD_PRIORITY);
    at_a = MAKE(A, 1);
    tell(A, DO_CONNECT, 0, 0, 0, &at_listener, &at_client);
    take(A, (Handle)at_listener, NK_RIGHTS_SAME, 0, &desc);
    foreign = nk_get_handle(&desc);
    for (int call = 0; call < CALLS; call++) {
        int good = 1;
        char name[100];

        failures = 0;
        for (int i = 0; i < ROUNDS && good; i++) {
            good = round_of((enum call)call);
        }
        snprintf(name, sizeof(name), "%s with each allocation failing", names[call]);
        CHECK(name, good && failures > 0);
        fprintf(stderr, "%d failures\n", failures);
    }
    while (nkept > 0) {
        KnHandleClose(kept[--nkept]);
    }
    KnHandleRevoke(object);
    child_drop(&stopped);
    for (int i = 0; i < nremote && i < ROUNDS; i++) {
        CLOSE(A, remote[i]);
    }
    KnHandleClose(listener);
    KnHandleClose(foreign);
    CLOSE(A, (Handle)at_listener);
    CLOSE(A, (Handle)at_client);
    CLOSE(A, at_a);
    KnNoticeRelease(notice);
    CHECK_RC("the kernel's self-check after all failures", core_self_check(), rcOk);
}
