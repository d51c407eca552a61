/*
 * child.c: a process with an endpoint, which calls itself with 10,000 threads.
 */
#include "check.h"
#include "core.h"
#include "crowd.h"
#include "disturb.h"

#include <coresrv/handle/handle_api.h>
#include <crowd/Child.edl.h>
#include <kos/thread.h>
#include <string.h>
#include <tessera/call.h>

#define MANY 10000u
#define LOW  1u
#define HIGH 14u
#define WORD                                                                                       \
    KN_WORD(crowd_Child_echo_iid, crowd_Echo_Echo_mid, sizeof(crowd_Echo_Echo_req), 0,             \
            NK_MESSAGE_REQUEST)

static Handle listener, client;

static void connect(void)
{
    Handle server;

    core_create_listener(&listener);
    core_connect(listener, &listener, &server, &client);
}

static void disconnect(void)
{
    KnHandleClose(client);
    KnHandleClose(listener);
}

static unsigned with_code(Retcode code)
{
    unsigned n = 0;

    for (unsigned i = 0; i < MANY; i++) {
        n += (Retcode)crowd_plan()->results[i].code == code;
    }
    return n;
}

/* All are served: the important first, then who called first; each gets its own answer. */
static void test_served(void)
{
    struct kn_words words;
    struct kn_received received;
    unsigned answers = 0, ordered = 0;
    uint64_t before = HIGH, last = 0;

    connect();
    crowd_call(client, WORD, CORE_FOREVER);
    crowd_plan()->until = CROWD_NUMBER;
    CHECK_EQUAL("calls: 10,000 wait", crowd_start(MANY, LOW, HIGH), MANY);
    for (unsigned i = 0; i < MANY; i++) {
        if (kn_recv(listener, &words, NULL, NULL, &received) != rcOk) {
            break;
        }
        uint64_t number = words.payload[0], priority = LOW + number % (HIGH - LOW + 1);

        ordered += priority < before || (priority == before && (i == 0 || number > last));
        before = priority;
        last = number;
        words.word |= (uint64_t)NK_MESSAGE_RESPONSE << 56;
        kn_reply(received.token, &words, NULL);
    }
    CHECK("calls: all are answered", crowd_ended(MANY));
    for (unsigned i = 0; i < MANY; i++) {
        answers += crowd_plan()->results[i].code == rcOk && crowd_plan()->results[i].r12 == i;
    }
    CHECK_EQUAL("calls: each with its own answer", answers, MANY);
    CHECK_EQUAL("calls: the important first, then who called first", ordered, MANY);
    disconnect();
}

static void gather(uint64_t ms)
{
    connect();
    crowd_call(client, WORD, ms);
    CHECK_EQUAL("calls: 10,000 wait again", crowd_start(MANY, LOW, HIGH), MANY);
    disturb_begin();
}

static void all_ended(const char *name, Retcode code)
{
    CHECK("calls: all come back", crowd_ended(MANY));
    CHECK("calls: interrupted meanwhile, and all is sound", disturb_end());
    CHECK_EQUAL(name, with_code(code), MANY);
}

static void test_ends(void)
{
    Handle copy;

    gather(CORE_FOREVER);
    KnHandleClose(listener);
    all_ended("calls: the listener is closed", rcNotConnected);
    KnHandleClose(client);

    gather(300);
    all_ended("calls: their time is over", rcTimeout);
    disconnect();

    connect();
    KnHandleCopy(client, OCAP_HANDLE_TRANSFER | OCAP_HANDLE_COPY | OCAP_IPC_CALL, INVALID_HANDLE, &copy);
    crowd_call(copy, WORD, CORE_FOREVER);
    CHECK_EQUAL("calls: 10,000 through a copied handle", crowd_start(MANY, LOW, HIGH), MANY);
    disturb_begin();
    CHECK_RC("calls: the handle is revoked", KnHandleRevoke(client), rcOk);
    all_ended("calls: they are told so", rcHandleRevoked);
    KnHandleClose(copy);
    KnHandleClose(listener);
}

/* Waits until it is killed, with what it has. */
static void hoard(void)
{
    static uint32_t word;

    connect();
    crowd_call(client, WORD, CORE_FOREVER);
    crowd_start(3000, LOW, HIGH);
    crowd_wait_futex(&word, 0, CORE_FOREVER);
    crowd_start(6000, LOW, HIGH);
    KosThreadSleep(100000);
}

int main(int argc, char **argv)
{
    const char *mode = argc > 1 ? argv[1] : "";

    if (!strcmp(mode, "calls")) {
        test_served();
        test_ends();
        return check_failures();
    }
    if (!strcmp(mode, "hoard")) {
        hoard();
    }
    KosThreadSleep(1000000);
    return 0;
}
