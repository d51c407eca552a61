/*
 * callable.c: handles that name a channel and an endpoint together.
 */
#include "remote.h"

#include <coresrv/nk/transport-kos.h>

#define CALL_RIGHTS (OCAP_IPC_CALL | OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY | OCAP_HANDLE_GET_SID)

/* Through the transport that programs use. */
static void test_transport(Handle handle)
{
    NkKosTransport transport;
    struct caps_Agent_proxy proxy;
    caps_Agent_Ping_req req = {.x = 1};
    caps_Agent_Ping_res res;

    NkKosTransport_Init(&transport, handle, NK_NULL, 0);
    caps_Agent_proxy_init(&proxy, &transport.base, INVALID_RIID);
    CHECK("NkKosTransport with INVALID_RIID",
          caps_Agent_Ping(&proxy.base, &req, NULL, &res, NULL) == NK_EOK && res.y == 2);
    CHECK("  the server saw the context", res.isDereferenced && res.context == 555);
    CHECK("  and the rights", res.rights == (OCAP_IPC_CALL | OCAP_HANDLE_TRANSFER));
}

static void ping(struct agent *agent, const char *name, Handle handle, nk_iid_t riid,
                 uint64_t wanted_context, uint32_t wanted_rights)
{
    uint64_t context = 0, rights = 0;

    CHECK_RC(name, tell(agent, DO_PING, handle, riid, 0, &context, &rights), rcOk);
    CHECK_EQUAL("  the context", context, wanted_context);
    CHECK_EQUAL("  the rights", rights, wanted_rights | 0x80000000u);
}

static void test_calls(void)
{
    Handle a = tell_make(A, DO_MAKE_CALLABLE, CALL_RIGHTS, AGENT, 555);
    Handle badge = tell_make(A, DO_BADGE, 0, 0, 666);
    struct seen b = send(A, B, a, NK_RIGHTS_SAME, 0), c, mute, seen;
    nk_handle_desc_t desc;

    ping(B, "B calls", b.number, INVALID_RIID, 555, CALL_RIGHTS);
    ping(B, "B names the endpoint too", b.number, AGENT, 555, CALL_RIGHTS);
    CHECK_RC("another endpoint", tell(B, DO_PING, b.number, 1, 0, NULL, NULL), rcInvalidArgument);
    c = send(B, C, b.number, OCAP_IPC_CALL, 0);
    ping(C, "C calls with fewer rights", c.number, INVALID_RIID, 555, OCAP_IPC_CALL);
    mute = send(B, C, b.number, OCAP_HANDLE_TRANSFER, 0);
    CHECK_RC("without the right to call", tell(C, DO_PING, mute.number, INVALID_RIID, 0, NULL,
                                               NULL), rcSecurityDisallow);
    CHECK_RC("this process takes one", take(A, a, OCAP_IPC_CALL | OCAP_HANDLE_TRANSFER, 0, &desc),
             rcOk);
    test_transport(nk_get_handle(&desc));
    KnHandleClose(nk_get_handle(&desc));
    CLOSE(C, c.number);
    c = send(A, C, a, NK_RIGHTS_SAME, badge);
    ping(C, "C calls with a badge", c.number, INVALID_RIID, 666, CALL_RIGHTS);
    seen = send(C, A, c.number, NK_RIGHTS_SAME, 0);
    CHECK("a callable handle is dereferenced like others",
          seen.is_dereferenced && seen.number == a && seen.context == 666);
    CHECK_RC("revoke-subtree", tell(A, DO_REVOKE_SUBTREE, a, badge, 0, NULL, NULL), rcOk);
    CHECK_RC("  C cannot call", tell(C, DO_PING, c.number, INVALID_RIID, 0, NULL, NULL),
             rcHandleRevoked);
    ping(B, "  B can", b.number, INVALID_RIID, 555, CALL_RIGHTS);
    check_event(A, "  the badge closes", 666, EVENT_BADGE_CLOSED);
    CLOSE(A, badge);
    check_event(A, "  and is gone", 666, EVENT_OBJECT_DESTROYED);
    REVOKE(A, a);
    CHECK_RC("revoke", tell(B, DO_PING, b.number, INVALID_RIID, 0, NULL, NULL), rcHandleRevoked);
    CLOSE(B, b.number);
    CLOSE(C, c.number);
    CLOSE(C, mute.number);
}

static void test_make(void)
{
    Handle listener, h = 7, plain;

    KnHandleCreateListener(&listener);
    CHECK_RC("rights without the call",
             KnHandleCreateUserObjectEx(HANDLE_TYPE_USER_FIRST, OCAP_HANDLE_TRANSFER, NULL,
                                        listener, 0, &h), rcInvalidArgument);
    CHECK_RC("an endpoint that this process does not have",
             KnHandleCreateUserObjectEx(HANDLE_TYPE_USER_FIRST, CALL_RIGHTS, NULL, listener, 9,
                                        &h), rcInvalidArgument);
    CHECK_RC("a channel that is no listener",
             KnHandleCreateUserObjectEx(HANDLE_TYPE_USER_FIRST, CALL_RIGHTS, NULL,
                                        A->child.client, 0, &h), rcInvalidArgument);
    CHECK_RC("a resource that is not callable",
             KnHandleCreateUserObject(HANDLE_TYPE_USER_FIRST, CALL_RIGHTS, NULL, &plain), rcOk);
    struct direct direct;
    caps_Agent_Ping_req req = {.x = 1};
    caps_Agent_Ping_res res;
    caps_Agent_Ping(direct_init(&direct, plain, INVALID_RIID), &req, NULL, &res, NULL);
    CHECK_RC("  cannot be called", direct.rc, rcInvalidArgument);
    CHECK("nothing was made", h == 7);
    KnHandleClose(plain);
    KnHandleClose(listener);
}

void test_callable(void)
{
    test_make();
    test_calls();
}
