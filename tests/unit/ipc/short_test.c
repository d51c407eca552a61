/*
 * short_test.c: Call, Recv, Reply, ReplyRecv: short messages, and arguments that are wrong.
 */
#include "pair.h"

#include <string.h>

/* ---- short messages ---- */

static void test_call_before_recv(void **state)
{
    (void)state;
    world_call(client, channel, word_request(M_SHORT), 100);
    assert_true(world_is_blocked(client));
    world_recv(server, listener, NULL);
    assert_rc(server, rcOk);
    assert_int_equal(server->regs.word, word_request(M_SHORT));
    assert_int_equal(server->regs.handle_flags, 0);
    for (unsigned i = 0; i < 5; i++)
        assert_int_equal(server->regs.payload[i], 100 + i);
    world_check();
    world_reply(server, token_of(server), word_response(M_SHORT), 200);
    assert_rc(server, rcOk);
    assert_rc(client, rcOk);
    assert_int_equal(client->regs.word, word_response(M_SHORT));
    assert_int_equal(client->regs.payload[4], 204);
}

static void test_recv_before_call(void **state)
{
    (void)state;
    world_recv(server, listener, NULL);
    assert_true(world_is_blocked(server));
    world_call(client, channel, word_request(M_SHORT), 1);
    assert_true(world_is_blocked(client));
    assert_rc(server, rcOk);
    assert_ptr_equal(this_cpu()->current, server); /* it runs at once */
    assert_int_equal(server->regs.payload[0], 1);
}

static void test_reply_recv_loop(void **state)
{
    (void)state;
    world_recv(server, listener, NULL);
    for (unsigned i = 0; i < 20; i++) {
        world_call(client, channel, word_request(M_SHORT), i);
        assert_rc(server, rcOk);
        uint64_t token = token_of(server);
        world_reply_recv(server, token, word_response(M_SHORT), i * 2, listener, NULL);
        assert_true(world_is_blocked(server));
        assert_rc(client, rcOk);
        assert_int_equal(client->regs.payload[0], i * 2);
        assert_ptr_equal(this_cpu()->current, client);
    }
    world_check();
}

/* A ReplyRecv that finds the next sender waiting takes it at once. */
static void test_reply_recv_takes_the_next(void **state)
{
    (void)state;
    struct thread *second = world_thread(cp, 10);
    world_call(client, channel, word_request(M_SHORT), 1);
    world_call(second, channel, word_request(M_SHORT), 2);
    world_recv(server, listener, NULL);
    assert_int_equal(server->regs.payload[0], 1);
    world_reply_recv(server, token_of(server), word_response(M_SHORT), 11, listener, NULL);
    assert_rc(server, rcOk);
    assert_int_equal(server->regs.payload[0], 2);
    assert_rc(client, rcOk);
    assert_true(world_is_blocked(second));
}

static void test_senders_by_priority(void **state)
{
    (void)state;
    static const uint32_t priorities[] = {5, 9, 5, 20, 9, 0};
    static const uint32_t order[] = {3, 1, 4, 0, 2, 5};
    struct thread *t[6];
    for (unsigned i = 0; i < 6; i++) {
        t[i] = world_thread(cp, priorities[i]);
        world_call(t[i], channel, word_request(M_SHORT), i);
        world_check();
    }
    for (unsigned i = 0; i < 6; i++) {
        world_recv(server, listener, NULL);
        assert_rc(server, rcOk);
        assert_int_equal(server->regs.payload[0], order[i]);
        world_reply(server, token_of(server), word_response(M_SHORT), 0);
    }
}

static void test_receivers_in_order(void **state)
{
    (void)state;
    struct thread *s2 = world_thread(sp, 3), *c2 = world_thread(cp, 10);
    world_recv(server, listener, NULL);
    world_recv(s2, listener, NULL);
    world_call(client, channel, word_request(M_SHORT), 1);
    assert_rc(server, rcOk);
    assert_true(world_is_blocked(s2));
    world_call(c2, channel, word_request(M_SHORT), 2);
    assert_rc(s2, rcOk);
    /* Answered in the other order, each by the other thread. */
    world_reply(server, token_of(s2), word_response(M_SHORT), 22);
    world_reply(s2, token_of(server), word_response(M_SHORT), 11);
}

static void test_any_thread_of_the_process_answers(void **state)
{
    (void)state;
    struct thread *s2 = world_thread(sp, 3);
    world_call(client, channel, word_request(M_SHORT), 1);
    world_recv(server, listener, NULL);
    uint64_t token = token_of(server);
    world_reply(s2, token, word_response(M_SHORT), 5);
    assert_rc(s2, rcOk);
    assert_rc(client, rcOk);
    world_reply(server, token, word_response(M_SHORT), 6);
    assert_rc(server, rcNotConnected);
}

static void test_failed_method(void **state)
{
    (void)state;
    world_call(client, channel, word_request(M_SHORT), 1);
    world_recv(server, listener, NULL);
    world_reply(server, token_of(server), word_failed(M_SHORT), 0xffffffff);
    assert_rc(server, rcOk);
    assert_rc(client, rcOk);
    assert_int_equal(client->regs.word, word_failed(M_SHORT));
    assert_int_equal(client->regs.payload[0], 0xffffffff);
}

static void test_error_response(void **state)
{
    (void)state;
    world_call(client, channel, word_request(M_SHORT), 1);
    world_recv(server, listener, NULL);
    world_reply(server, token_of(server), word_error(M_SHORT), 31);
    assert_rc(client, rcOk);
    assert_int_equal(client->regs.word, word_error(M_SHORT));
    assert_int_equal(client->regs.payload[1], 32);
}

/* ---- wrong arguments ---- */

static void test_wrong_words(void **state)
{
    (void)state;
    const uint64_t good = word_request(M_SHORT);
    const uint64_t bad[] = {
        good + 1,                     /* endpoint */
        good | (uint64_t)METHODS << 16, /* method */
        good + (8ull << 32),          /* size */
        good | 1ull << 48,            /* handles */
        good | 1ull << 56,            /* kind */
        word_failed(M_SHORT),
        0,
        ~0ull,
        word_request(M_BIG),          /* not a short form */
        word_request(M_DATA) + (1ull << 32),
    };
    world_recv(server, listener, NULL);
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        world_call(client, channel, bad[i], 0);
        assert_rc(client, rcInvalidArgument);
        assert_true(world_is_blocked(server));
    }
    world_check();
}

static void test_wrong_handles(void **state)
{
    (void)state;
    world_call(client, 0, word_request(M_SHORT), 0);
    assert_rc(client, rcInvalidArgument);
    world_call(client, channel + 1, word_request(M_SHORT), 0);
    assert_rc(client, rcInvalidArgument);
    client->regs.handle_flags = channel | 1ull << 32;
    client->regs.word = word_request(M_SHORT);
    world_syscall(client, KN_CALL);
    assert_rc(client, rcInvalidArgument);
    world_call(server, listener, word_request(M_SHORT), 0);
    assert_rc(server, rcInvalidArgument);
    world_recv(client, channel, NULL);
    assert_rc(client, rcInvalidArgument);
    world_recv(server, listener + 1, NULL);
    assert_rc(server, rcInvalidArgument);
    world_syscall(client, 77);
    assert_rc(client, rcInvalidArgument);
    handle_lookup(&cp->handles, channel)->rights = 0;
    world_call(client, channel, word_request(M_SHORT), 0);
    assert_rc(client, rcSecurityDisallow);
    handle_lookup(&sp->handles, listener)->rights = RIGHT_IPC_LISTEN;
    world_recv(server, listener, NULL);
    assert_rc(server, rcSecurityDisallow);
}

static void test_wrong_responses(void **state)
{
    (void)state;
    const uint64_t good = word_response(M_SHORT);
    const uint64_t bad[] = {good + 1,
                            good | 1 << 16,
                            good + (1ull << 32),
                            good | 1ull << 48,
                            word_request(M_SHORT),
                            word_failed(M_DATA),
                            word_failed(M_SHORT) + (8ull << 32),
                            0,
                            ~0ull};
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        world_call(client, channel, word_request(M_SHORT), 0);
        world_recv(server, listener, NULL);
        world_reply(server, token_of(server), bad[i], 0);
        assert_rc(server, rcInvalidArgument);
        assert_rc(client, rcInvalidArgument); /* consumed: the client does not wait for another */
    }
}

/* A direction that a method does not have, or that must be judged, has no word that passes, not even
 * that of all ones. */
static void test_absent_forms(void **state)
{
    (void)state;
    static const uint64_t words[] = {~0ull, 0};
    struct message m = world_message(sp, 4096, 0);
    for (int i = 0; i < 8; i++) {
        uint64_t word = words[i / 4];
        world_call(client, channel, word_request(M_RULED), 0);
        world_recv(server, listener, NULL);
        uint64_t token = token_of(server);
        switch (i % 4) {
        case 0:
            world_reply(server, token, word, 0);
            break;
        case 1:
            world_reply_long(server, token, word, &m);
            break;
        case 2:
            world_reply_recv(server, token, word, 0, listener, NULL);
            break;
        case 3:
            world_reply_recv_long(server, token, word, &m, listener, NULL);
            break;
        }
        assert_rc(server, rcInvalidArgument);
        assert_rc(client, rcInvalidArgument);
        assert_int_equal(fake_judged, i + 1);
    }
}

static void test_wrong_tokens(void **state)
{
    (void)state;
    world_reply(server, 0, word_response(M_SHORT), 0);
    assert_rc(server, rcNotConnected);
    world_reply(server, ~0ull, word_response(M_SHORT), 0);
    assert_rc(server, rcNotConnected);
    world_call(client, channel, word_request(M_SHORT), 0);
    world_reply(server, client->tid, word_response(M_SHORT), 0); /* not delivered yet */
    assert_rc(server, rcNotConnected);
    world_recv(server, listener, NULL);
    uint64_t token = token_of(server);
    world_reply(server, token + (1ull << 32), word_response(M_SHORT), 0);
    assert_rc(server, rcNotConnected);
    world_reply(server, server->tid | (token & ~0xffffffffull), word_response(M_SHORT), 0);
    assert_rc(server, rcNotConnected);
    /* Another process, of the same class even, cannot use it. */
    struct process *other = world_process("test.Server", 12);
    world_reply(world_main(other), token, word_response(M_SHORT), 0);
    assert_rc(world_main(other), rcNotConnected);
    assert_true(world_is_blocked(client));
    world_reply(server, token, word_response(M_SHORT), 0);
    assert_rc(client, rcOk);
    world_reply(server, token, word_response(M_SHORT), 0);
    assert_rc(server, rcNotConnected);
    /* The next call of the same thread has another one. */
    world_call(client, channel, word_request(M_SHORT), 0);
    world_recv(server, listener, NULL);
    assert_int_not_equal(token_of(server), token);
    world_reply(server, token, word_response(M_SHORT), 0);
    assert_rc(server, rcNotConnected);
    assert_true(world_is_blocked(client));
}

/* ReplyRecv: its own mistake comes back at once; a client that is gone does not matter. */
static void test_reply_recv_codes(void **state)
{
    (void)state;
    world_call(client, channel, word_request(M_SHORT), 0);
    world_recv(server, listener, NULL);
    uint64_t token = token_of(server);
    world_reply_recv(server, token, 12345, 0, listener, NULL);
    assert_rc(server, rcInvalidArgument);
    assert_rc(client, rcInvalidArgument);
    world_reply_recv(server, token, word_response(M_SHORT), 0, listener, NULL);
    assert_true(world_is_blocked(server));
    world_call(client, channel, word_request(M_SHORT), 0);
    assert_rc(server, rcOk);
    /* The reply is good, the listener is not: the client has its answer. */
    world_reply_recv(server, token_of(server), word_response(M_SHORT), 0, listener + 1, NULL);
    assert_rc(client, rcOk);
    assert_rc(server, rcInvalidArgument);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        T(test_call_before_recv),
        T(test_recv_before_call),
        T(test_reply_recv_loop),
        T(test_reply_recv_takes_the_next),
        T(test_senders_by_priority),
        T(test_receivers_in_order),
        T(test_any_thread_of_the_process_answers),
        T(test_failed_method),
        T(test_error_response),
        T(test_wrong_words),
        T(test_wrong_handles),
        T(test_wrong_responses),
        T(test_absent_forms),
        T(test_wrong_tokens),
        T(test_reply_recv_codes),
    };
    return RUN_PAIR("ipc/short", tests);
}
