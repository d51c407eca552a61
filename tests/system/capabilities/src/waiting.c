/*
 * waiting.c: a Call that waits on a handle that is revoked, and one that does not.
 */
#include "remote.h"

#include <kos/thread.h>

static Retcode result(struct agent *agent, int ms)
{
    Retcode rc = rcBusy;

    for (int i = 0; i < ms && rc == rcBusy; i++) {
        KosThreadSleep(1);
        rc = tell(agent, DO_CALL_RESULT, 0, 0, 0, NULL, NULL);
    }
    return rc;
}

/* A makes a channel on which nobody receives. */
static void test_channel(void)
{
    uint64_t listener = 0, client = 0;
    struct seen b, c;

    CHECK_RC("a channel", tell(A, DO_CONNECT, 0, 0, 0, &listener, &client), rcOk);
    b = send(A, B, (Handle)client, NK_RIGHTS_SAME, 0);
    c = send(A, C, (Handle)client, NK_RIGHTS_SAME, 0);
    tell(B, DO_CALL, b.number, 0, 0, NULL, NULL);
    CHECK_RC("a Call waits", result(B, 5), rcBusy);
    tell(C, DO_CALL, c.number, 0, 0, NULL, NULL);
    CHECK_RC("the handle is revoked from the top", REVOKE(A, (Handle)client), rcOk);
    CHECK_RC("  the Call ends", result(B, 100), rcHandleRevoked);
    CHECK_RC("  the other's too", result(C, 100), rcHandleRevoked);
    CLOSE(B, b.number);
    CLOSE(C, c.number);
    CLOSE(A, (Handle)listener);
}

/* The handle is closed while its Call waits, and its slot serves another one that is revoked. */
static void test_closed(void)
{
    uint64_t listener = 0, client = 0;
    Handle other = MAKE(A, 0), next[64];
    struct seen b;
    unsigned n = 0;

    tell(A, DO_CONNECT, 0, 0, 0, &listener, &client);
    b = send(A, B, (Handle)client, NK_RIGHTS_SAME, 0);
    tell(B, DO_CALL, b.number, 0, 0, NULL, NULL);
    CHECK_RC("a Call waits", result(B, 5), rcBusy);
    CHECK_RC("its handle is closed", CLOSE(B, b.number), rcOk);
    CHECK_RC("  it waits on", result(B, 5), rcBusy);
    /* Slots are used again after 1,024 others. */
    for (int i = 0; i < 3000 && n == 0; i++) {
        struct seen again = send(A, B, other, NK_RIGHTS_SAME, 0);
        if ((again.number & 0xfffff) == (b.number & 0xfffff)) {
            next[n++] = again.number;
        } else {
            CLOSE(B, again.number);
        }
    }
    CHECK("  its slot serves another handle", n == 1);
    REVOKE(A, other);
    CHECK_RC("  which is revoked: the Call waits on", result(B, 5), rcBusy);
    CHECK_RC("the listener is closed", CLOSE(A, (Handle)listener), rcOk);
    CHECK_RC("  the Call ends", result(B, 100), rcNotConnected);
    CLOSE(A, (Handle)client);
    if (n) {
        CLOSE(B, next[0]);
    }
}

/* A's own listener, which A serves between commands: the call is delivered at once. */
static void test_delivered(void)
{
    Handle a = tell_make(A, DO_MAKE_CALLABLE,
                         OCAP_IPC_CALL | OCAP_HANDLE_TRANSFER, AGENT, 1);
    struct seen b = send(A, B, a, NK_RIGHTS_SAME, 0);

    tell(B, DO_CALL, b.number, 0, 0, NULL, NULL);
    CHECK_RC("a Call that is answered", result(B, 100), rcOk);
    REVOKE(A, a);
    tell(B, DO_CALL, b.number, 0, 0, NULL, NULL);
    CHECK_RC("one after the revocation", result(B, 100), rcHandleRevoked);
    CLOSE(B, b.number);
}

void test_waiting(void)
{
    test_channel();
    test_closed();
    test_delivered();
}
