/*
 * long_test.c: Call, Recv, Reply, ReplyRecv: messages in memory, and faults of either side.
 */
#include "pair.h"

#include <string.h>

/* ---- long messages ---- */

static void round_trip(uint32_t size, bool recv_first)
{
    world_fill(&c_out, size, 3);
    world_sizes(&c_in, 4096, size);
    world_sizes(&s_in, 4096, size);
    if (recv_first)
        world_recv(server, listener, &s_in);
    world_call_long(client, channel, word_request(M_DATA), &c_out, &c_in);
    world_settle();
    if (!recv_first) {
        world_recv(server, listener, &s_in);
        world_settle();
    }
    assert_rc(server, rcOk);
    assert_int_equal(server->regs.handle_flags, KN_LONG);
    assert_int_equal(server->regs.word, word_request(M_DATA));
    assert_int_equal(server->regs.payload[0], size);
    assert_true(size == 0 || world_holds(&s_in, size, 3));
    struct {
        nk_message header;
        nk_ptr_t value;
    } got;
    world_get(sp, s_in.head, &got, sizeof got);
    assert_int_equal(got.header.mid, M_DATA);
    assert_int_equal(got.header.self.handle, 0);
    assert_int_equal(got.value.size, size);
    uint64_t token = token_of(server);
    world_fill(&s_out, size, 99);
    world_reply_long(server, token, word_response(M_DATA), &s_out);
    world_settle();
    assert_rc(server, rcOk);
    assert_rc(client, rcOk);
    assert_int_equal(client->regs.handle_flags, KN_LONG);
    assert_int_equal(client->regs.payload[0], size);
    assert_true(size == 0 || world_holds(&c_in, size, 99));
    world_check();
}

static void test_long_messages(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {0, 1, 100, 4096, 32768, 32769, 65536, 300000, 1u << 20};
    make_messages(1u << 20);
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        round_trip(sizes[i], false);
        round_trip(sizes[i], true);
    }
}

static void test_big_constant_part(void **state)
{
    (void)state;
    uint8_t bytes[224], got[224];
    make_messages(0);
    for (unsigned i = 0; i < sizeof bytes; i++)
        bytes[i] = (uint8_t)(i * 3 + 1);
    world_put(cp, c_out.head, bytes, sizeof bytes);
    world_call_long(client, channel, word_request(M_BIG), &c_out, &c_in);
    world_recv(server, listener, &s_in);
    assert_rc(server, rcOk);
    world_get(sp, s_in.head, got, sizeof got);
    assert_memory_equal(got + 24, bytes + 24, 200);
    uint64_t word;
    memcpy(&word, got + 16, 8);
    assert_int_equal(word, word_request(M_BIG)); /* the header is the kernel's, not the sender's */
}

static void test_long_failed_method(void **state)
{
    (void)state;
    make_messages(64);
    world_fill(&c_out, 10, 1);
    world_call_long(client, channel, word_request(M_DATA), &c_out, &c_in);
    world_recv(server, listener, &s_in);
    nk_message m = {.self = {.handle = 0xfffffffe, .badge = 5, .rights = 9}};
    world_put(sp, s_out.head, &m, sizeof m);
    world_sizes(&s_out, 24, 64); /* an arena has no place in such a message */
    world_reply_long(server, token_of(server), word_failed(M_DATA), &s_out);
    assert_rc(server, rcOk);
    assert_rc(client, rcOk);
    world_get(cp, c_in.head, &m, sizeof m);
    assert_int_equal(m.self.handle, 0xfffffffe);
    assert_int_equal(m.self.badge, 0);
    assert_int_equal(m.kind, NK_MESSAGE_FAILED);
    assert_int_equal(client->regs.payload[0], 0);
}

static void test_bad_descriptors(void **state)
{
    (void)state;
    static const nk_ptr_t bad[] = {{0, 65}, {64, 1}, {1, 64}, {0xffffffff, 2}, {60, 0xfffffff0}};
    make_messages(64);
    world_recv(server, listener, &s_in);
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        world_fill(&c_out, 64, 1);
        world_put(cp, c_out.head + 24, &bad[i], 8);
        world_call_long(client, channel, word_request(M_DATA), &c_out, &c_in);
        assert_rc(client, rcInvalidArgument);
        assert_true(world_is_blocked(server));
    }
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        world_fill(&c_out, 64, 1);
        world_call_long(client, channel, word_request(M_DATA), &c_out, &c_in);
        assert_rc(server, rcOk);
        world_fill(&s_out, 64, 1);
        world_put(sp, s_out.head + 24, &bad[i], 8);
        world_reply_long(server, token_of(server), word_response(M_DATA), &s_out);
        assert_rc(server, rcInvalidArgument);
        assert_rc(client, rcInvalidArgument);
        world_recv(server, listener, &s_in);
    }
}

/* With --strict-strings a string that does not end with zero is refused, whatever the verdict. */
static void test_strict_strings(void **state)
{
    (void)state;
    make_messages(64);
    world_recv(server, listener, &s_in);
    world_fill(&c_out, 6, 1);
    world_put(cp, c_out.arena, "hello!", 6);
    world_call_long(client, channel, word_request(M_STRING), &c_out, &c_in);
    assert_rc(client, rcInvalidArgument);
    world_put(cp, c_out.arena, "hello", 6);
    world_call_long(client, channel, word_request(M_STRING), &c_out, &c_in);
    assert_rc(server, rcOk);
}

/* ---- faults ---- */

/* The sender's memory: the sender learns it, the receiver waits on. */
static void test_source_faults(void **state)
{
    (void)state;
    make_messages(100000);
    for (int recv_first = 0; recv_first < 2; recv_first++) {
        const uint64_t where[] = {c_out.buf, c_out.head, c_out.arena, c_out.arena + 90000};
        for (unsigned i = 0; i < 4; i++) {
            world_fill(&c_out, 100000, 3);
            if (recv_first)
                world_recv(server, listener, &s_in);
            fake_protect(cp->aspace, where[i], 1, 0);
            world_call_long(client, channel, word_request(M_DATA), &c_out, &c_in);
            world_settle();
            if (!recv_first) {
                world_recv(server, listener, &s_in);
                world_settle();
            }
            assert_rc(client, rcSourceFault);
            assert_true(world_is_blocked(server));
            fake_protect(cp->aspace, where[i], 1, VM_READ | VM_WRITE);
            world_check();
            /* The very same Recv takes the next message. */
            call_data(5000);
            assert_rc(server, rcOk);
            assert_true(world_holds(&s_in, 5000, 3));
            world_reply(server, token_of(server), word_failed(M_DATA), 0);
        }
    }
}

/* The receiver's memory: both learn it. */
static void test_target_faults(void **state)
{
    (void)state;
    make_messages(100000);
    for (int recv_first = 0; recv_first < 2; recv_first++) {
        const uint64_t where[] = {s_in.buf, s_in.head, s_in.arena, s_in.arena + 90000};
        for (unsigned i = 0; i < 4; i++) {
            uint32_t prot = i == 0 ? 0 : VM_READ;
            fake_protect(sp->aspace, where[i], 1, prot);
            if (recv_first)
                world_recv(server, listener, &s_in);
            call_data(100000);
            if (!recv_first) {
                world_recv(server, listener, &s_in);
                world_settle();
            }
            assert_rc(client, rcTargetFault);
            assert_rc(server, rcTargetFault);
            fake_protect(sp->aspace, where[i], 1, VM_READ | VM_WRITE);
            world_check();
        }
    }
}

static void test_too_large_for_the_receiver(void **state)
{
    (void)state;
    make_messages(10000);
    for (int recv_first = 0; recv_first < 2; recv_first++) {
        for (int i = 0; i < 3; i++) {
            struct message *in = i == 2 ? NULL : &s_in;
            world_sizes(&s_in, i == 0 ? 31 : 4096, i == 1 ? 9999 : 10000);
            if (recv_first)
                world_recv(server, listener, in);
            call_data(10000);
            if (!recv_first)
                world_recv(server, listener, in);
            assert_rc(client, rcTargetFault);
            assert_true(world_is_blocked(server)); /* not its fault: it waits on */
            world_call(client, channel, word_request(M_SHORT), 0);
            assert_rc(server, rcOk);
            world_reply(server, token_of(server), word_failed(M_SHORT), 0);
        }
    }
}

static void test_faults_of_replies(void **state)
{
    (void)state;
    make_messages(100000);
    const uint64_t source[] = {s_out.buf, s_out.head, s_out.arena, s_out.arena + 90000};
    const uint64_t target[] = {c_in.buf, c_in.head, c_in.arena, c_in.arena + 90000};
    for (unsigned i = 0; i < 8; i++) {
        bool is_target = i >= 4;
        uint64_t at = is_target ? target[i - 4] : source[i];
        struct process *p = is_target ? cp : sp;
        Retcode rc = is_target ? rcTargetFault : rcSourceFault;
        call_data(10);
        world_recv(server, listener, &s_in);
        world_fill(&s_out, 100000, 3);
        fake_protect(p->aspace, at, 1, is_target && i != 4 ? VM_READ : 0);
        world_reply_long(server, token_of(server), word_response(M_DATA), &s_out);
        world_settle();
        assert_rc(server, rc);
        assert_rc(client, rc);
        fake_protect(p->aspace, at, 1, VM_READ | VM_WRITE);
        world_check();
    }
}

static void test_arena_over_the_limit(void **state)
{
    (void)state;
    make_messages(64);
    world_fill(&c_out, 10, 0);
    world_sizes(&c_out, 32, KN_ARENA_MAX + 1);
    world_recv(server, listener, &s_in);
    world_call_long(client, channel, word_request(M_DATA), &c_out, &c_in);
    assert_rc(client, rcBufferTooLarge);
    assert_true(world_is_blocked(server));
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        T(test_long_messages),
        T(test_big_constant_part),
        T(test_long_failed_method),
        T(test_bad_descriptors),
        T(test_strict_strings),
        T(test_source_faults),
        T(test_target_faults),
        T(test_too_large_for_the_receiver),
        T(test_faults_of_replies),
        T(test_arena_over_the_limit),
    };
    return RUN_PAIR("ipc/long", tests);
}
