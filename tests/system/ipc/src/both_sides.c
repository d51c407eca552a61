/*
 * both_sides.c: a process that calls itself, so that both ends of a call can be seen and spoiled.
 *
 * The main thread is the server; each case has a client thread that sends one message.
 */
#include "suite.h"

#include "serve.h"

#include <kos/thread.h>

#define KERNEL_ADDRESS 0xffff800000100000ull
#define LAST_ADDRESS   0x0000800000000000ull
#define CLIENTS        4

static char arena_memory[CLIENTS][4096], server_memory[4096], reply_memory[4096];

/* A call of Copy with 100 bytes, or a short one of Add. */
struct client_call {
    Handle handle;
    int number, is_long;
    uint64_t timeout;
    volatile Retcode rc;
    volatile int is_done;
    volatile uint32_t sum;
};

static Handle listener, end, channel;

static int client_main(void *context)
{
    struct client_call *call = context;
    ipc_Echo_Copy_req req = {.given = {0, 100}, .plus = 1};
    ipc_Echo_Copy_res res;
    struct kn_words words = {call->is_long ? REQUEST(Copy) : REQUEST(Add), {7, 0}};
    struct kn_received received;
    struct kn_buf out = {.head = (uintptr_t)&req, .head_size = sizeof(req),
                         .arena = (uintptr_t)arena_memory[call->number], .arena_size = 100};
    struct kn_buf in = {.head = (uintptr_t)&res, .head_size = sizeof(res),
                        .arena = (uintptr_t)arena_memory[call->number], .arena_size = 4096};
    struct kn_ex ex = {.timeout = call->timeout};

    memcpy((char *)&req + 16, &words.word, 8);
    call->rc = kn_call(call->handle, &words, call->is_long ? &out : NULL, &in,
                       call->timeout ? &ex : NULL, &received);
    call->sum = (uint32_t)words.payload[0];
    call->is_done = 1;
    return 0;
}

static void client_start(struct client_call *call, int number, int is_long)
{
    Tid tid;

    *call = (struct client_call){.handle = channel, .number = number, .is_long = is_long,
                                 .timeout = call->timeout};
    KosThreadCreate(&tid, 15, 0, client_main, call, 0);
}

/* What the client's Call returned. */
static Retcode client_result(struct client_call *call)
{
    for (int i = 0; i < 1000 && !call->is_done; i++) {
        KosThreadSleep(1);
    }
    return call->is_done ? call->rc : rcBusy;
}

/* Recv with good buffers, at most 200 ms. */
static Retcode receive(struct kn_words *words, struct kn_received *received)
{
    static ipc_Server_entity_req req;
    struct kn_buf in = {.head = (uintptr_t)&req, .head_size = 256,
                        .arena = (uintptr_t)server_memory, .arena_size = sizeof(server_memory)};
    struct kn_ex ex = {.timeout = 200};

    return kn_recv(listener, words, &in, &ex, received);
}

#define RESPONSE(method)                                                                           \
    KN_WORD(ECHO, ipc_Echo_##method##_mid, sizeof(ipc_Echo_##method##_res), 0, NK_MESSAGE_RESPONSE)
#define SUM_RESPONSE                                                                               \
    KN_WORD(ECHO, ipc_Echo_Add_mid, sizeof(struct nk_message) + 8, 0, NK_MESSAGE_RESPONSE)

static void test_good(void)
{
    struct client_call call = {0};
    struct kn_words words;
    struct kn_received received;

    client_start(&call, 0, 0);
    CHECK_RC("Recv of a short request", receive(&words, &received), rcOk);
    CHECK("it is short and complete",
          !received.is_long && words.word == REQUEST(Add) && words.payload[0] == 7);
    words = (struct kn_words){SUM_RESPONSE, {77}};
    CHECK_RC("Reply", kn_reply(received.token, &words, NULL), rcOk);
    CHECK_RC("a second Reply", kn_reply(received.token, &words, NULL), rcNotConnected);
    CHECK_RC("the client has the first", client_result(&call), rcOk);
    CHECK_EQUAL("with its payload", call.sum, 77);
    client_start(&call, 0, 1);
    CHECK_RC("Recv of a long request", receive(&words, &received), rcOk);
    CHECK("it is long, with its arena", received.is_long && received.arena_used == 100);
    words = (struct kn_words){KN_WORD(ECHO, ipc_Echo_Copy_mid, 24, 0, NK_MESSAGE_FAILED), {123}};
    CHECK_RC("Reply that the method failed", kn_reply(received.token, &words, NULL), rcOk);
    CHECK_RC("the client has it", client_result(&call), rcOk);
    CHECK_EQUAL("with the error", call.sum, 123);
}

/* Bad buffers of a Recv. */
static void test_bad_recv(const char *name, struct kn_buf *in, Retcode wanted)
{
    struct client_call call = {0};
    struct kn_words words;
    struct kn_received received;
    struct kn_ex ex = {.timeout = 50};
    char text[100];

    client_start(&call, 0, 1);
    snprintf(text, sizeof(text), "Recv into %s", name);
    CHECK_RC(text, kn_recv(listener, &words, in, &ex, &received), wanted);
    snprintf(text, sizeof(text), "the sender's code for %s", name);
    CHECK_RC(text, client_result(&call), rcTargetFault);
}

static void test_bad_recvs(void)
{
    static ipc_Server_entity_req req;
    struct kn_buf in = {.head = (uintptr_t)&req, .head_size = 256,
                        .arena = (uintptr_t)server_memory, .arena_size = sizeof(server_memory)};
    struct kn_buf bad = in;

    bad.head = KERNEL_ADDRESS;
    test_bad_recv("a head in the kernel", &bad, rcTargetFault);
    bad = in;
    bad.arena = 0x1000;
    test_bad_recv("an arena that is not mapped", &bad, rcTargetFault);
    test_bad_recv("a kn_buf in the kernel", (void *)KERNEL_ADDRESS, rcTargetFault);
    bad = in;
    bad.arena_size = 99;
    test_bad_recv("an arena that is too small", &bad, rcTimeout);
    bad = in;
    bad.head_size = 24;
    test_bad_recv("a head that is too small", &bad, rcTimeout);
    test_bad_recv("no buffer at all", NULL, rcTimeout);
}

/* A bad Reply fails on both sides with the same code and uses the token up. */
static void test_bad_reply(const char *name, uint64_t word, const struct kn_buf *out,
                           Retcode wanted)
{
    struct client_call call = {0};
    struct kn_words words;
    struct kn_received received;
    char text[100];

    client_start(&call, 0, 1);
    if (!CHECK_RC("Recv", receive(&words, &received), rcOk)) {
        return;
    }
    words = (struct kn_words){word, {~0ull, ~0ull}}; /* looked at only if it is sent short */
    snprintf(text, sizeof(text), "Reply with %s", name);
    CHECK_RC(text, kn_reply(received.token, &words, out), wanted);
    snprintf(text, sizeof(text), "the client's code for %s", name);
    CHECK_RC(text, client_result(&call), wanted);
    CHECK_RC("the token is used up", kn_reply(received.token, &words, out), rcNotConnected);
}

/* The same with ReplyRecv, which does not go on to receive then. */
static void test_bad_reply_recv(const char *name, const struct kn_buf *out)
{
    static ipc_Server_entity_req req;
    struct kn_buf in = {.head = (uintptr_t)&req, .head_size = 256};
    struct client_call call = {0};
    struct kn_words words;
    struct kn_received received;
    uint64_t token;
    char text[100];

    client_start(&call, 0, 0);
    if (!CHECK_RC("Recv", receive(&words, &received), rcOk)) {
        return;
    }
    token = received.token;
    words = (struct kn_words){SUM_RESPONSE, {~0ull, ~0ull}};
    snprintf(text, sizeof(text), "ReplyRecv with %s", name);
    CHECK_RC(text, kn_reply_recv(token, listener, &words, out, &in, &received), rcSourceFault);
    snprintf(text, sizeof(text), "the client's code for %s", name);
    CHECK_RC(text, client_result(&call), rcSourceFault);
    CHECK_RC("the token is used up", kn_reply(token, &words, NULL), rcNotConnected);
}

static void test_bad_reply_recvs(void)
{
    struct kn_buf out = {.head = KERNEL_ADDRESS, .head_size = 32};

    test_bad_reply_recv("a head in the kernel", &out);
    out.head = 0x1000;
    test_bad_reply_recv("a head that is not mapped", &out);
    out.head = LAST_ADDRESS - 4;
    test_bad_reply_recv("a head across the end of memory", &out);
    test_bad_reply_recv("a kn_buf in the kernel", (void *)KERNEL_ADDRESS);
    test_bad_reply_recv("a kn_buf that is not mapped", (void *)0x1000);
    test_bad_reply_recv("a kn_buf across the end of memory", (void *)(LAST_ADDRESS - 4));
    test_bad_reply_recv("a kn_buf whose arena is across it", (void *)(LAST_ADDRESS - 24));
}

static void test_bad_replies(void)
{
    static ipc_Echo_Copy_res res;
    uint64_t good = RESPONSE(Copy);
    struct kn_buf out = {.head = (uintptr_t)&res, .head_size = sizeof(res),
                         .arena = (uintptr_t)reply_memory, .arena_size = 100};
    struct kn_buf bad = out;

    res.taken = (nk_ptr_t){0, 100};
    test_bad_reply("a good message", good, &out, rcOk);
    test_bad_reply("another method's word", RESPONSE(Six), &out, rcInvalidArgument);
    test_bad_reply("a request's word", REQUEST(Copy), &out, rcInvalidArgument);
    test_bad_reply("a wrong size", good + (8ull << 32), &out, rcInvalidArgument);
    test_bad_reply("a value of variable size sent short", good, NULL, rcInvalidArgument);
    bad.head = KERNEL_ADDRESS;
    test_bad_reply("a head in the kernel", good, &bad, rcSourceFault);
    bad = out;
    bad.arena = 0x1000;
    test_bad_reply("an arena that is not mapped", good, &bad, rcSourceFault);
    test_bad_reply("a kn_buf in the kernel", good, (void *)KERNEL_ADDRESS, rcSourceFault);
    bad = out;
    bad.arena_size = 99;
    test_bad_reply("a value beyond its arena", good, &bad, rcInvalidArgument);
    res.taken = (nk_ptr_t){0xfffffff0u, 0x20};
    test_bad_reply("a descriptor that overflows", good, &out, rcInvalidArgument);
    res.taken = (nk_ptr_t){0, 100};
    bad = out;
    bad.arena_size = KN_ARENA_MAX + 1;
    test_bad_reply("an arena above the limit", good, &bad, rcBufferTooLarge);
}

static void test_several(void)
{
    struct client_call calls[CLIENTS] = {{0}};
    struct kn_words words;
    struct kn_received received[CLIENTS];
    int good = 1;

    for (int i = 0; i < CLIENTS; i++) {
        client_start(&calls[i], i, 0);
        good &= receive(&words, &received[i]) == rcOk;
    }
    CHECK("a thread holds four requests", good);
    for (int i = CLIENTS - 1; i >= 0; i--) {
        words = (struct kn_words){SUM_RESPONSE, {(uint64_t)i + 10}};
        good &= kn_reply(received[i].token, &words, NULL) == rcOk;
    }
    for (int i = 0; i < CLIENTS; i++) {
        good &= client_result(&calls[i]) == rcOk && calls[i].sum == (uint32_t)i + 10;
    }
    CHECK("and answers them in reverse", good);
}

static int reply_elsewhere(void *context)
{
    struct kn_words words = {SUM_RESPONSE, {55}};

    return kn_reply(*(uint64_t *)context, &words, NULL) != rcOk;
}

static void test_other_thread(void)
{
    struct client_call call = {0};
    struct kn_words words;
    struct kn_received received;
    Tid tid;

    client_start(&call, 0, 0);
    receive(&words, &received);
    KosThreadCreate(&tid, 15, 0, reply_elsewhere, &received.token, 0);
    CHECK_RC("Reply from another thread", client_result(&call), rcOk);
    CHECK_EQUAL("with its payload", call.sum, 55);
}

static void test_reply_recv(void)
{
    struct client_call first = {0}, second = {0};
    struct kn_words words;
    struct kn_received received;

    client_start(&first, 0, 0);
    client_start(&second, 1, 0);
    receive(&words, &received);
    words = (struct kn_words){SUM_RESPONSE, {1}};
    CHECK_RC("ReplyRecv", kn_reply_recv(received.token, listener, &words, NULL, NULL, &received),
             rcOk);
    CHECK("the next request is there", words.word == REQUEST(Add) && words.payload[0] == 7);
    CHECK_RC("the first client is answered", client_result(&first), rcOk);
    words = (struct kn_words){RESPONSE(Six), {1}};
    CHECK_RC("ReplyRecv with a bad reply does not receive",
             kn_reply_recv(received.token, listener, &words, NULL, NULL, &received),
             rcInvalidArgument);
    CHECK_RC("the second client has the code", client_result(&second), rcInvalidArgument);
    client_start(&first, 0, 0);
    words = (struct kn_words){SUM_RESPONSE, {1}};
    CHECK_RC("ReplyRecv to a caller that is gone receives",
             kn_reply_recv(12345, listener, &words, NULL, NULL, &received), rcOk);
    words = (struct kn_words){SUM_RESPONSE, {9}};
    kn_reply(received.token, &words, NULL);
    CHECK_RC("its client is answered", client_result(&first), rcOk);
}

static void test_late_reply(void)
{
    struct client_call call = {.timeout = 20};
    struct kn_words words;
    struct kn_received received;

    client_start(&call, 0, 0);
    CHECK_RC("Recv of a request with a deadline", receive(&words, &received), rcOk);
    KosThreadSleep(40);
    CHECK_RC("the client's deadline passes", client_result(&call), rcTimeout);
    words = (struct kn_words){SUM_RESPONSE, {1}};
    CHECK_RC("Reply after it", kn_reply(received.token, &words, NULL), rcNotConnected);
    call.timeout = 20;
    client_start(&call, 0, 0);
    KosThreadSleep(40);
    CHECK_RC("a deadline before Recv", client_result(&call), rcTimeout);
    CHECK_RC("leaves nothing to receive", receive(&words, &received), rcTimeout);
}

static int exit_with_request(void *context)
{
    struct kn_words words;

    receive(&words, context);
    return 0;
}

/* The thread that received ends without an answer. */
static void test_thread_exit(void)
{
    struct client_call call = {0};
    struct kn_received received;
    struct kn_words words = {SUM_RESPONSE, {1}};
    Tid tid;

    KosThreadCreate(&tid, 15, 0, exit_with_request, &received, 0);
    KosThreadSleep(2);
    client_start(&call, 0, 0);
    CHECK_RC("the server's thread ends", client_result(&call), rcNotConnected);
    CHECK_RC("its token is worth nothing", kn_reply(received.token, &words, NULL), rcNotConnected);
}

static void test_close(void)
{
    struct client_call waiting = {0}, delivered = {0};
    struct kn_words words;
    struct kn_received received;

    client_start(&delivered, 0, 0);
    receive(&words, &received);
    client_start(&waiting, 1, 0);
    KosThreadSleep(5);
    CHECK_RC("the listener's handle is closed", core_close(listener), rcOk);
    if (end != listener) {
        core_close(end);
    }
    CHECK_RC("a call that waits", client_result(&waiting), rcNotConnected);
    CHECK_RC("a call that was delivered", client_result(&delivered), rcNotConnected);
    words = (struct kn_words){SUM_RESPONSE, {1}};
    CHECK_RC("Reply then", kn_reply(received.token, &words, NULL), rcNotConnected);
    CHECK_RC("a new call", call_add(channel, NULL), rcNotConnected);
    CHECK_RC("Recv on the closed listener", receive(&words, &received), rcInvalidArgument);
}

int test_both(ipc_Server_entity *entity)
{
    (void)entity;
    CHECK_RC("a channel in one process", core_connect(INVALID_HANDLE, &listener, &end, &channel),
             rcOk);
    test_good();
    test_bad_recvs();
    test_bad_replies();
    test_bad_reply_recvs();
    test_several();
    test_other_thread();
    core_one_cpu(); /* who was started first calls first */
    test_reply_recv();
    core_all_cpus();
    test_late_reply();
    test_thread_exit();
    test_close();
    CHECK_RC("the kernel's self-check", core_self_check(), rcOk);
    return check_failures();
}
