/*
 * time_test.c: Call, Recv, Reply, ReplyRecv: deadlines, and priorities that are lent.
 */
#include "pair.h"

#include <string.h>

/* ---- timeouts ---- */

static void test_call_times_out_waiting(void **state)
{
    (void)state;
    world_call_timed(client, channel, word_request(M_SHORT), 0, 10);
    world_advance(9 * MS);
    assert_true(world_is_blocked(client));
    world_advance(1 * MS);
    assert_rc(client, rcTimeout);
    world_recv(server, listener, NULL);
    assert_true(world_is_blocked(server));
}

static void test_call_times_out_delivered(void **state)
{
    (void)state;
    world_call_timed(client, channel, word_request(M_SHORT), 0, 10);
    world_advance(5 * MS);
    world_recv(server, listener, NULL);
    assert_rc(server, rcOk);
    uint64_t token = token_of(server);
    world_advance(5 * MS);
    assert_rc(client, rcTimeout);
    world_reply(server, token, word_response(M_SHORT), 0);
    assert_rc(server, rcNotConnected);
    world_call_timed(client, channel, word_request(M_SHORT), 0, 10);
    world_recv(server, listener, NULL);
    world_reply(server, token_of(server), word_response(M_SHORT), 0);
    assert_rc(client, rcOk);
    world_advance(50 * MS);
    assert_rc(client, rcOk);
}

static void test_recv_times_out(void **state)
{
    (void)state;
    world_recv_timed(server, listener, NULL, 10);
    world_advance(10 * MS);
    assert_rc(server, rcTimeout);
    world_recv_timed(server, listener, NULL, 10);
    world_call(client, channel, word_request(M_SHORT), 0);
    assert_rc(server, rcOk);
    world_advance(50 * MS);
    assert_rc(server, rcOk);
}

static void test_timeout_arguments(void **state)
{
    (void)state;
    world_call_timed(client, channel, word_request(M_SHORT), 0, ~0ull);
    assert_true(world_is_blocked(client));
    assert_false(client->wait.timer.is_armed);
    world_recv_timed(server, listener, NULL, 0);
    assert_rc(server, rcOk); /* one was waiting */
    world_recv_timed(server, listener, NULL, 0);
    world_advance(0);
    assert_rc(server, rcTimeout);
    world_recv_timed(server, listener, NULL, ~0ull - 1);
    assert_true(world_is_blocked(server));
    struct thread *c2 = world_thread(cp, 10);
    c2->regs.handle_flags = channel;
    c2->regs.word = word_request(M_SHORT);
    c2->regs.ex_rights = 0x10;
    world_syscall(c2, KN_CALL | KN_EX);
    assert_rc(c2, rcSourceFault);
}

/* ---- priorities ---- */

static void test_the_callers_priority_is_lent(void **state)
{
    (void)state;
    struct thread *low = world_thread(sp, 2), *mid = world_thread(cp, 7);
    world_recv(low, listener, NULL);
    world_call(mid, channel, word_request(M_SHORT), 0);
    assert_int_equal(low->priority, 7);
    uint64_t first = token_of(low);
    world_call(client, channel, word_request(M_SHORT), 0);
    world_recv(low, listener, NULL);
    assert_int_equal(low->priority, 10);
    uint64_t second = token_of(low);
    world_check();
    world_reply(low, second, word_response(M_SHORT), 0);
    assert_int_equal(low->priority, 7);
    world_reply(low, first, word_response(M_SHORT), 0);
    assert_int_equal(low->priority, 2);
}

static void test_loan_ends_with_the_caller(void **state)
{
    (void)state;
    struct thread *low = world_thread(sp, 2);
    world_recv(low, listener, NULL);
    world_call_timed(client, channel, word_request(M_SHORT), 0, 10);
    assert_int_equal(low->priority, 10);
    world_advance(10 * MS);
    assert_int_equal(low->priority, 2);
    world_recv(low, listener, NULL);
    world_call(client, channel, word_request(M_SHORT), 0);
    assert_int_equal(low->priority, 10);
    world_kill(cp);
    assert_int_equal(low->priority, 2);
}

static void test_a_lower_caller_lends_nothing(void **state)
{
    (void)state;
    struct thread *low = world_thread(cp, 3);
    world_call(low, channel, word_request(M_SHORT), 0);
    world_recv(server, listener, NULL);
    assert_int_equal(server->priority, 12);
    world_reply(server, token_of(server), word_response(M_SHORT), 0);
    assert_int_equal(server->priority, 12);
}

/* After a switch from a server of higher priority its client has a time slice again: others of the
 * client's priority get their turn. */
static void test_direct_switch_keeps_slices(void **state)
{
    (void)state;
    struct thread *rival = world_thread(cp, 10);
    world_recv(server, listener, NULL);
    world_call(client, channel, word_request(M_SHORT), 0);
    assert_ptr_equal(this_cpu()->current, server);
    world_advance(TIME_SLICE_NS); /* the client's slice ends while the server runs */
    world_reply_recv(server, token_of(server), word_response(M_SHORT), 0, listener, NULL);
    assert_true(this_cpu()->current == client || this_cpu()->current == rival);
    struct thread *first = this_cpu()->current;
    world_advance(2 * TIME_SLICE_NS);
    assert_ptr_not_equal(this_cpu()->current, first);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        T(test_call_times_out_waiting),
        T(test_call_times_out_delivered),
        T(test_recv_times_out),
        T(test_timeout_arguments),
        T(test_the_callers_priority_is_lent),
        T(test_loan_ends_with_the_caller),
        T(test_a_lower_caller_lends_nothing),
        T(test_direct_switch_keeps_slices),
    };
    return RUN_PAIR("ipc/time", tests);
}
