/*
 * timeouts.c: CallEx and RecvEx. A deadline covers the whole call.
 */
#include "suite.h"

#define MS 1000000ull

/* A Recv that nobody sends to, at most so many milliseconds. */
static void test_recv(Handle listener, uint64_t ms)
{
    struct kn_words words;
    struct kn_received received;
    struct kn_ex ex = {.timeout = ms};
    char name[64];
    uint64_t start = now_ns();

    snprintf(name, sizeof(name), "Recv for %llu ms", (unsigned long long)ms);
    CHECK_RC(name, kn_recv(listener, &words, NULL, &ex, &received), rcTimeout);
    uint64_t took = now_ns() - start;
    snprintf(name, sizeof(name), "it takes %llu ms", (unsigned long long)ms);
    CHECK(name, took >= ms * MS && took < ms * MS + 500 * MS);
}

/* Nobody receives: the deadline passes before delivery. */
static void test_call_undelivered(Handle client, uint64_t ms)
{
    struct kn_ex ex = {.timeout = ms};
    struct raw r = {.rax = KN_CALL | KN_EX, .rdi = client, .r9 = (uintptr_t)&ex};
    char name[64];
    uint64_t start = now_ns();

    r.rsi = REQUEST(Add);
    snprintf(name, sizeof(name), "Call that nobody receives, %llu ms", (unsigned long long)ms);
    Retcode rc = raw_syscall(&r);
    /* This process's class has no endpoints, so no message of it is known. */
    CHECK(name, rc == rcInvalidArgument || rc == rcTimeout);
    CHECK("it does not end late", now_ns() - start < ms * MS + 500 * MS);
}

/* The server sleeps for 100 ms after it received. */
static void test_call_delivered(Handle handle, uint64_t ms)
{
    struct kn_words words = {REQUEST(Pause), {100}};
    struct kn_received received;
    struct kn_ex ex = {.timeout = ms};
    char name[64];
    uint64_t start = now_ns();

    snprintf(name, sizeof(name), "Call of a slow method, %llu ms", (unsigned long long)ms);
    CHECK_RC(name, kn_call(handle, &words, NULL, NULL, &ex, &received), rcTimeout);
    uint64_t took = now_ns() - start;
    CHECK("it ends in time", took >= ms * MS && took < ms * MS + 80 * MS);
    /* The server still sleeps: this call waits for its Recv. */
    ex.timeout = 1;
    CHECK_RC("a call behind it", call_add(handle, &ex), rcTimeout);
    ex.timeout = 1000;
    CHECK_RC("a call that can wait", call_add(handle, &ex), rcOk);
}

void test_timeouts(Handle handle)
{
    Handle listener, server, client;
    struct kn_ex ex = {.timeout = KN_INFINITE};

    core_connect(INVALID_HANDLE, &listener, &server, &client);
    test_recv(listener, 0);
    test_recv(listener, 1);
    test_recv(listener, 50);
    test_call_undelivered(client, 0);
    test_call_undelivered(client, 50);
    core_close(client);
    core_close(listener);

    CHECK_RC("no timeout", call_add(handle, &ex), rcOk);
    ex.timeout = ~0ull - 1;
    CHECK_RC("the largest timeout", call_add(handle, &ex), rcOk);
    ex.timeout = 0;
    Retcode rc = call_add(handle, &ex);
    CHECK("timeout zero: at once or not at all", rc == rcOk || rc == rcTimeout);
    ex = (struct kn_ex){.timeout = 10, .sync = 77};
    CHECK_RC("a sync object that does not exist", call_add(handle, &ex), rcInvalidArgument);
    test_call_delivered(handle, 1);
    test_call_delivered(handle, 50);
    CHECK("the server answers after all", is_alive(handle));
}
