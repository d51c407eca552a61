/*
 * ending_test.c: Call, Recv, Reply, ReplyRecv: closed listeners, and deaths of clients and servers.
 */
#include "pair.h"

#include <string.h>

/* ---- closed listeners ---- */

static void test_closed_listener(void **state)
{
    (void)state;
    struct thread *c2 = world_thread(cp, 10), *c3 = world_thread(cp, 10);
    world_call(client, channel, word_request(M_SHORT), 0);
    world_recv(server, listener, NULL); /* owes one */
    uint64_t token = token_of(server);
    world_call(c2, channel, word_request(M_SHORT), 0);
    world_call(c3, channel, word_request(M_SHORT), 0);
    assert_int_equal(handle_close(&sp->handles, listener), rcOk);
    assert_rc(client, rcNotConnected);
    assert_rc(c2, rcNotConnected);
    assert_rc(c3, rcNotConnected);
    world_reply(server, token, word_response(M_SHORT), 0);
    assert_rc(server, rcNotConnected);
    world_call(client, channel, word_request(M_SHORT), 0);
    assert_rc(client, rcNotConnected);
    world_recv(server, listener, NULL);
    assert_rc(server, rcInvalidArgument);
}

static void test_closed_while_receiving(void **state)
{
    (void)state;
    struct thread *s2 = world_thread(sp, 3);
    world_recv(server, listener, NULL);
    world_recv(s2, listener, NULL);
    assert_int_equal(handle_close(&sp->handles, listener), rcOk);
    assert_rc(server, rcNotConnected);
    assert_rc(s2, rcNotConnected);
}

static void test_closed_channel_handle(void **state)
{
    (void)state;
    struct thread *c2 = world_thread(cp, 10);
    world_call(client, channel, word_request(M_SHORT), 4);
    world_call(c2, channel, word_request(M_SHORT), 5);
    world_recv(server, listener, NULL);
    assert_int_equal(handle_close(&cp->handles, channel), rcOk);
    /* Calls under way go on. */
    world_reply_recv(server, token_of(server), word_response(M_SHORT), 0, listener, NULL);
    assert_rc(client, rcOk);
    assert_int_equal(server->regs.payload[0], 5);
    world_call(client, channel, word_request(M_SHORT), 4);
    assert_rc(client, rcInvalidArgument);
}

/* A channel with a server end of its own: it dies with that end, its listener goes on. */
static void test_closed_server_end(void **state)
{
    (void)state;
    struct object *o;
    struct channel *c;
    struct server_end *s;
    struct thread *c2 = world_thread(cp, 10);
    assert_int_equal(handle_get(&sp->handles, listener, OBJECT_LISTENER, 0, &o), rcOk);
    assert_int_equal(channel_create(cp, container_of(o, struct listener, object), true, &c, &s),
                     rcOk);
    assert_int_equal(handle_reserve(&sp->handles, 1), rcOk);
    assert_int_equal(handle_reserve(&cp->handles, 1), rcOk);
    handle_t end = handle_install(&sp->handles, &s->object, RIGHT_IPC_RECV);
    handle_t own = handle_install(&cp->handles, &c->object, RIGHT_IPC_CALL);
    object_put(&c->object);
    object_put(&s->object);
    world_call(client, own, word_request(M_SHORT), 1);
    world_recv(server, end, NULL); /* receives from the listener */
    assert_rc(server, rcOk);
    world_reply(server, token_of(server), word_response(M_SHORT), 1);
    world_call(client, own, word_request(M_SHORT), 1);
    world_call(c2, channel, word_request(M_SHORT), 2);
    assert_int_equal(handle_close(&sp->handles, end), rcOk);
    assert_rc(client, rcNotConnected); /* it waited for this end */
    assert_true(world_is_blocked(c2));
    world_call(client, own, word_request(M_SHORT), 1);
    assert_rc(client, rcNotConnected);
    world_recv(server, listener, NULL);
    assert_int_equal(server->regs.payload[0], 2);
}

/* ---- deaths ---- */

static void test_client_dies_waiting(void **state)
{
    (void)state;
    struct thread *c2 = world_thread(cp, 10);
    world_call(client, channel, word_request(M_SHORT), 1);
    world_call(c2, channel, word_request(M_SHORT), 1);
    world_kill(cp);
    world_recv(server, listener, NULL);
    assert_true(world_is_blocked(server));
}

static void test_client_dies_delivered(void **state)
{
    (void)state;
    world_call(client, channel, word_request(M_SHORT), 1);
    world_recv(server, listener, NULL);
    uint64_t token = token_of(server);
    assert_int_equal(server->priority, 12);
    world_kill(cp);
    assert_true(list_empty(&server->owed));
    world_reply(server, token, word_response(M_SHORT), 0);
    assert_rc(server, rcNotConnected);
    world_reply_recv(server, token, word_response(M_SHORT), 0, listener, NULL);
    assert_true(world_is_blocked(server));
}

static void test_server_thread_dies(void **state)
{
    (void)state;
    struct thread *s2 = world_thread(sp, 3);
    world_call(client, channel, word_request(M_SHORT), 1);
    world_recv(server, listener, NULL);
    world_exit(server);
    assert_rc(client, rcNotConnected);
    /* The process lives on with its listener. */
    world_call(client, channel, word_request(M_SHORT), 1);
    world_recv(s2, listener, NULL);
    assert_rc(s2, rcOk);
}

static void test_server_process_dies(void **state)
{
    (void)state;
    struct thread *c2 = world_thread(cp, 10);
    world_call(client, channel, word_request(M_SHORT), 1);
    world_call(c2, channel, word_request(M_SHORT), 1);
    world_recv(server, listener, NULL);
    world_kill(sp);
    assert_rc(client, rcNotConnected);
    assert_rc(c2, rcNotConnected);
    world_call(client, channel, word_request(M_SHORT), 1);
    assert_rc(client, rcNotConnected);
}

static void test_server_dies_receiving(void **state)
{
    (void)state;
    struct thread *s2 = world_thread(sp, 3);
    world_recv(server, listener, NULL);
    world_recv(s2, listener, NULL);
    world_kill(sp);
    world_call(client, channel, word_request(M_SHORT), 1);
    assert_rc(client, rcNotConnected);
}

/* A thread that runs on a loan ends, ready or blocked: it is in no queue afterwards. */
static void test_server_dies_on_a_loan(void **state)
{
    (void)state;
    for (int is_blocked = 0; is_blocked < 2; is_blocked++) {
        struct process *p = world_process("test.Server", 2);
        struct thread *s2 = world_thread(p, 2);
        handle_t l = world_listener(p), c = world_connect(cp, p, l);
        handle_t own = world_connect(p, sp, listener);
        world_recv(s2, l, NULL);
        world_call(client, c, word_request(M_SHORT), 1);
        assert_int_equal(s2->priority, 10);
        if (is_blocked)
            world_call(s2, own, word_request(M_SHORT), 1);
        world_enter(server);
        world_kill(p);
        world_check();
        assert_rc(client, rcNotConnected);
    }
}

static void test_a_thread_holds_several_tokens(void **state)
{
    (void)state;
    struct thread *c[5];
    uint64_t token[5];
    for (int i = 0; i < 5; i++) {
        c[i] = world_thread(cp, (uint32_t)(5 + i));
        world_call(c[i], channel, word_request(M_SHORT), 0);
        world_recv(server, listener, NULL);
        token[i] = token_of(server);
    }
    world_reply(server, token[2], word_response(M_SHORT), 0);
    assert_rc(c[2], rcOk);
    world_check();
    world_exit(server);
    for (int i = 0; i < 5; i++)
        assert_rc(c[i], i == 2 ? rcOk : rcNotConnected);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        T(test_closed_listener),
        T(test_closed_while_receiving),
        T(test_closed_channel_handle),
        T(test_closed_server_end),
        T(test_client_dies_waiting),
        T(test_client_dies_delivered),
        T(test_server_thread_dies),
        T(test_server_process_dies),
        T(test_server_dies_receiving),
        T(test_server_dies_on_a_loan),
        T(test_a_thread_holds_several_tokens),
    };
    return RUN_PAIR("ipc/ending", tests);
}
