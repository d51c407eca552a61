/*
 * ipc_test.c: Call, Recv, Reply, ReplyRecv: the rendezvous, its codes, and every way out of it.
 */
#include "world.h"

#include <string.h>

#include <arch/entry.h>

#include "core/log.h"
#include "mm/kmem.h"

#define MS 1000000ull

/* One client and one server, a listener and a channel to it. */
static struct process *cp, *sp;
static struct thread *client, *server;
static handle_t listener, channel;

static bool is_fast; /* the suite runs with the fast path and without */

static int setup(void **state)
{
    world_setup(state);
    this_cpu()->is_fast_path_off = !is_fast;
    cp = world_process("test.Client", 10);
    sp = world_process("test.Server", 12);
    client = world_main(cp);
    server = world_main(sp);
    listener = world_listener(sp);
    channel = world_connect(cp, sp, listener);
    return 0;
}

static int teardown(void **state)
{
    world_check();
    return world_teardown(state);
}

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

/* ---- verdicts ---- */

static int deny(const struct ksm_query *q)
{
    (void)q;
    return 0;
}

static int deny_responses(const struct ksm_query *q)
{
    return q->event == KSM_REQUEST;
}

static void test_constant_denial(void **state)
{
    (void)state;
    world_call(client, channel, word_request(M_DENIED), 0);
    assert_rc(client, rcSecurityDisallow); /* at once, though nobody receives */
    world_recv(server, listener, NULL);
    world_call(client, channel, word_request(M_DENIED), 0);
    assert_rc(client, rcSecurityDisallow);
    assert_true(world_is_blocked(server));
    assert_int_equal(fake_judged, 0);
}

static void test_rules_run_at_delivery(void **state)
{
    (void)state;
    world_call(client, channel, word_request(M_RULED), 0);
    assert_int_equal(fake_judged, 0);
    fake_judge = deny;
    world_recv(server, listener, NULL);
    assert_int_equal(fake_judged, 1);
    assert_rc(client, rcSecurityDisallow);
    assert_true(world_is_blocked(server));
    world_call(client, channel, word_request(M_RULED), 0);
    assert_rc(client, rcSecurityDisallow);
    assert_true(world_is_blocked(server));
    fake_judge = NULL;
    world_call(client, channel, word_request(M_RULED), 7);
    assert_rc(server, rcOk);
    assert_int_equal(server->regs.payload[0], 7);
    assert_int_equal(fake_judged, 3);
}

static void test_denied_responses(void **state)
{
    (void)state;
    fake_judge = deny_responses;
    for (int m = 0; m < 2; m++) {
        world_call(client, channel, word_request(m ? M_MUTE : M_RULED), 0);
        world_recv(server, listener, NULL);
        world_reply(server, token_of(server), word_response(m ? M_MUTE : M_RULED), 0);
        assert_rc(server, rcSecurityDisallow);
        assert_rc(client, rcSecurityDisallow);
    }
}

static nk_message judged_header;
static uint64_t judged_payload;

static int look(const struct ksm_query *q)
{
    memcpy(&judged_header, q->message, sizeof judged_header);
    memcpy(&judged_payload, (const uint8_t *)q->message + 24, 8);
    return q->src == CLASS_CLIENT && q->source->sid == cp->object.sid &&
           q->target->sid == sp->object.sid;
}

static void test_what_a_rule_sees(void **state)
{
    (void)state;
    fake_judge = look;
    world_call(client, channel, word_request(M_RULED), 0x1234);
    world_recv(server, listener, NULL);
    assert_rc(server, rcOk);
    assert_int_equal(judged_header.self.handle, 0);
    assert_int_equal(judged_header.mid, M_RULED);
    assert_int_equal(judged_header.size, 32);
    assert_int_equal(judged_payload, 0x1234);
}

/* Refused senders are told in bounded steps; the receiver waits on. */
static void test_many_refusals(void **state)
{
    (void)state;
    struct thread *t[40];
    fake_judge = deny;
    for (int i = 0; i < 40; i++) {
        t[i] = world_thread(cp, 5);
        world_call(t[i], channel, word_request(M_RULED), 0);
    }
    uint64_t windows = fake_windows;
    world_recv(server, listener, NULL);
    world_settle();
    assert_true(fake_windows >= windows + 2);
    assert_true(world_is_blocked(server));
    for (int i = 0; i < 40; i++)
        assert_rc(t[i], rcSecurityDisallow);
    assert_int_equal(fake_judged, 40);
    fake_judge = NULL;
    world_call(client, channel, word_request(M_RULED), 0);
    assert_rc(server, rcOk);
}

/* ---- long messages ---- */

static struct message cout, cin, sout, sin;

/* Buffers for both processes, kept for further calls of the same test. */
static void make_messages(uint32_t arena)
{
    static uint64_t made_for[3];
    if (made_for[0] == cp->object.sid && made_for[1] == sp->object.sid && made_for[2] == arena)
        return;
    made_for[0] = cp->object.sid;
    made_for[1] = sp->object.sid;
    made_for[2] = arena;
    cout = world_message(cp, 4096, arena);
    cin = world_message(cp, 4096, arena);
    sout = world_message(sp, 4096, arena);
    sin = world_message(sp, 4096, arena);
}

static void round_trip(uint32_t size, bool recv_first)
{
    world_fill(&cout, size, 3);
    world_sizes(&cin, 4096, size);
    world_sizes(&sin, 4096, size);
    if (recv_first)
        world_recv(server, listener, &sin);
    world_call_long(client, channel, word_request(M_DATA), &cout, &cin);
    world_settle();
    if (!recv_first) {
        world_recv(server, listener, &sin);
        world_settle();
    }
    assert_rc(server, rcOk);
    assert_int_equal(server->regs.handle_flags, KN_LONG);
    assert_int_equal(server->regs.word, word_request(M_DATA));
    assert_int_equal(server->regs.payload[0], size);
    assert_true(size == 0 || world_holds(&sin, size, 3));
    struct {
        nk_message header;
        nk_ptr_t value;
    } got;
    world_get(sp, sin.head, &got, sizeof got);
    assert_int_equal(got.header.mid, M_DATA);
    assert_int_equal(got.header.self.handle, 0);
    assert_int_equal(got.value.size, size);
    uint64_t token = token_of(server);
    world_fill(&sout, size, 99);
    world_reply_long(server, token, word_response(M_DATA), &sout);
    world_settle();
    assert_rc(server, rcOk);
    assert_rc(client, rcOk);
    assert_int_equal(client->regs.handle_flags, KN_LONG);
    assert_int_equal(client->regs.payload[0], size);
    assert_true(size == 0 || world_holds(&cin, size, 99));
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
    world_put(cp, cout.head, bytes, sizeof bytes);
    world_call_long(client, channel, word_request(M_BIG), &cout, &cin);
    world_recv(server, listener, &sin);
    assert_rc(server, rcOk);
    world_get(sp, sin.head, got, sizeof got);
    assert_memory_equal(got + 24, bytes + 24, 200);
    uint64_t word;
    memcpy(&word, got + 16, 8);
    assert_int_equal(word, word_request(M_BIG)); /* the header is the kernel's, not the sender's */
}

static void test_long_failed_method(void **state)
{
    (void)state;
    make_messages(64);
    world_fill(&cout, 10, 1);
    world_call_long(client, channel, word_request(M_DATA), &cout, &cin);
    world_recv(server, listener, &sin);
    nk_message m = {.self = {.handle = 0xfffffffe, .badge = 5, .rights = 9}};
    world_put(sp, sout.head, &m, sizeof m);
    world_sizes(&sout, 24, 64); /* an arena has no place in such a message */
    world_reply_long(server, token_of(server), word_failed(M_DATA), &sout);
    assert_rc(server, rcOk);
    assert_rc(client, rcOk);
    world_get(cp, cin.head, &m, sizeof m);
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
    world_recv(server, listener, &sin);
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        world_fill(&cout, 64, 1);
        world_put(cp, cout.head + 24, &bad[i], 8);
        world_call_long(client, channel, word_request(M_DATA), &cout, &cin);
        assert_rc(client, rcInvalidArgument);
        assert_true(world_is_blocked(server));
    }
    for (unsigned i = 0; i < sizeof bad / sizeof bad[0]; i++) {
        world_fill(&cout, 64, 1);
        world_call_long(client, channel, word_request(M_DATA), &cout, &cin);
        assert_rc(server, rcOk);
        world_fill(&sout, 64, 1);
        world_put(sp, sout.head + 24, &bad[i], 8);
        world_reply_long(server, token_of(server), word_response(M_DATA), &sout);
        assert_rc(server, rcInvalidArgument);
        assert_rc(client, rcInvalidArgument);
        world_recv(server, listener, &sin);
    }
}

/* With --strict-strings a string that does not end with zero is refused, whatever the verdict. */
static void test_strict_strings(void **state)
{
    (void)state;
    make_messages(64);
    world_recv(server, listener, &sin);
    world_fill(&cout, 6, 1);
    world_put(cp, cout.arena, "hello!", 6);
    world_call_long(client, channel, word_request(M_STRING), &cout, &cin);
    assert_rc(client, rcInvalidArgument);
    world_put(cp, cout.arena, "hello", 6);
    world_call_long(client, channel, word_request(M_STRING), &cout, &cin);
    assert_rc(server, rcOk);
}

/* ---- faults ---- */

static void call_data(uint32_t size)
{
    world_fill(&cout, size, 3);
    world_call_long(client, channel, word_request(M_DATA), &cout, &cin);
    world_settle();
}

/* The sender's memory: the sender learns it, the receiver waits on. */
static void test_source_faults(void **state)
{
    (void)state;
    make_messages(100000);
    for (int recv_first = 0; recv_first < 2; recv_first++) {
        const uint64_t where[] = {cout.buf, cout.head, cout.arena, cout.arena + 90000};
        for (unsigned i = 0; i < 4; i++) {
            world_fill(&cout, 100000, 3);
            if (recv_first)
                world_recv(server, listener, &sin);
            fake_protect(cp->aspace, where[i], 1, 0);
            world_call_long(client, channel, word_request(M_DATA), &cout, &cin);
            world_settle();
            if (!recv_first) {
                world_recv(server, listener, &sin);
                world_settle();
            }
            assert_rc(client, rcSourceFault);
            assert_true(world_is_blocked(server));
            fake_protect(cp->aspace, where[i], 1, VM_READ | VM_WRITE);
            world_check();
            /* The very same Recv takes the next message. */
            call_data(5000);
            assert_rc(server, rcOk);
            assert_true(world_holds(&sin, 5000, 3));
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
        const uint64_t where[] = {sin.buf, sin.head, sin.arena, sin.arena + 90000};
        for (unsigned i = 0; i < 4; i++) {
            uint32_t prot = i == 0 ? 0 : VM_READ;
            fake_protect(sp->aspace, where[i], 1, prot);
            if (recv_first)
                world_recv(server, listener, &sin);
            call_data(100000);
            if (!recv_first) {
                world_recv(server, listener, &sin);
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
            struct message *in = i == 2 ? NULL : &sin;
            world_sizes(&sin, i == 0 ? 31 : 4096, i == 1 ? 9999 : 10000);
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
    const uint64_t source[] = {sout.buf, sout.head, sout.arena, sout.arena + 90000};
    const uint64_t target[] = {cin.buf, cin.head, cin.arena, cin.arena + 90000};
    for (unsigned i = 0; i < 8; i++) {
        bool is_target = i >= 4;
        uint64_t at = is_target ? target[i - 4] : source[i];
        struct process *p = is_target ? cp : sp;
        Retcode rc = is_target ? rcTargetFault : rcSourceFault;
        call_data(10);
        world_recv(server, listener, &sin);
        world_fill(&sout, 100000, 3);
        fake_protect(p->aspace, at, 1, is_target && i != 4 ? VM_READ : 0);
        world_reply_long(server, token_of(server), word_response(M_DATA), &sout);
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
    world_fill(&cout, 10, 0);
    world_sizes(&cout, 32, KN_ARENA_MAX + 1);
    world_recv(server, listener, &sin);
    world_call_long(client, channel, word_request(M_DATA), &cout, &cin);
    assert_rc(client, rcBufferTooLarge);
    assert_true(world_is_blocked(server));
}

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

/* ---- in the middle of a long copy ---- */

enum copy { COPY_CALL, COPY_RECV, COPY_REPLY, COPIES }; /* who drives it: client, server, server */

#define ARENA 300000u /* ten steps */

static struct thread *driver_of(enum copy c)
{
    return c == COPY_CALL ? client : server;
}

static struct thread *peer_of(enum copy c)
{
    return c == COPY_CALL ? server : client;
}

static void set_call(struct thread *t)
{
    t->regs = (struct user_regs){.handle_flags = channel, .word = word_request(M_DATA),
                                 .out_buf_token = cout.buf, .in_buf_context = cin.buf,
                                 .ex_rights = 0x402000};
}

static void set_recv(struct thread *t)
{
    t->regs = (struct user_regs){.handle_flags = listener, .in_buf_context = sin.buf,
                                 .ex_rights = 0x402000};
}

/* Whoever waits for the other has a timeout, in milliseconds. */
static void set_timeouts(uint64_t call, uint64_t recv)
{
    struct kn_ex ex = {.timeout = call};
    world_put(cp, 0x402000, &ex, sizeof ex);
    ex.timeout = recv;
    world_put(sp, 0x402000, &ex, sizeof ex);
}

static void copy_with(enum copy c, uint64_t timeout)
{
    make_messages(ARENA);
    world_fill(&cout, ARENA, 3);
    world_fill(&sout, ARENA, 4);
    set_timeouts(c == COPY_CALL ? ~0ull : timeout, c == COPY_CALL ? timeout : ~0ull);
    if (c == COPY_CALL) {
        set_recv(server);
        world_syscall(server, KN_RECV | KN_EX);
        set_call(client);
        world_syscall(client, KN_CALL | KN_LONG | KN_EX);
        return;
    }
    if (c == COPY_REPLY)
        world_fill(&cout, 10, 3);
    set_call(client);
    world_syscall(client, KN_CALL | KN_LONG | KN_EX);
    world_recv(server, listener, &sin);
    if (c == COPY_REPLY)
        world_reply_long(server, token_of(server), word_response(M_DATA), &sout);
}

/* Brings a copy to its n-th interrupt window; the controller runs then. */
static void stop_in_copy(enum copy c, unsigned n)
{
    world_interrupt(n);
    copy_with(c, ~0ull);
    assert_ptr_not_equal(this_cpu()->current, driver_of(c));
    assert_int_equal(peer_of(c)->wait.kind, WAIT_TRANSFER);
    world_check();
}

/* The copy is over and nobody noticed that it had been interrupted. */
static void assert_copied(enum copy c)
{
    world_settle();
    assert_rc(server, rcOk);
    if (c == COPY_REPLY) {
        assert_rc(client, rcOk);
        assert_true(world_holds(&cin, ARENA, 4));
    } else {
        assert_int_equal(client->wait.kind, WAIT_REPLY);
        assert_true(world_holds(&sin, ARENA, 3));
    }
    world_check();
}

static void test_a_copy_is_interrupted(void **state)
{
    (void)state;
    for (enum copy c = 0; c < COPIES; c++) {
        for (unsigned n = 1; n < 9; n += 3) {
            stop_in_copy(c, n);
            assert_copied(c);
            if (c != COPY_REPLY)
                world_reply(server, token_of(server), word_failed(M_DATA), 0);
        }
    }
}

static void time_passes(void)
{
    fake_now += MS;
    if (fake_deadline <= fake_now) {
        fake_deadline = ~0ull;
        core_timer_interrupt();
    }
}

/* The timeout of the one who waits strikes in a window, and nobody of higher priority is there to run:
 * the driver must see that its peer is gone. */
static void test_timeouts_in_windows(void **state)
{
    (void)state;
    for (enum copy c = 0; c < COPIES; c++) {
        for (uint64_t ms = 1; ms < 9; ms++) { /* as many windows as there are between ten steps */
            fake_window = time_passes;
            copy_with(c, ms);
            world_settle();
            fake_window = NULL;
            struct thread *driver = driver_of(c), *peer = peer_of(c);
            assert_rc(peer, rcTimeout);
            world_check();
            if (c == COPY_REPLY) {
                assert_rc(driver, rcNotConnected);
                continue;
            }
            assert_true(world_is_blocked(driver)); /* back to the start */
            if (c == COPY_CALL) {
                world_recv(server, listener, &sin);
                world_settle();
            } else {
                world_fill(&cout, ARENA, 3);
                world_call_long(client, channel, word_request(M_DATA), &cout, &cin);
                world_settle();
            }
            assert_rc(server, rcOk);
            assert_true(world_holds(&sin, ARENA, 3));
            world_reply(server, token_of(server), word_failed(M_DATA), 0);
        }
    }
}

static void test_deaths_in_a_copy(void **state)
{
    (void)state;
    for (enum copy c = 0; c < COPIES; c++) {
        for (int who = 0; who < 2; who++) {
            for (unsigned n = 1; n < 9; n += 3) {
                stop_in_copy(c, n);
                world_kill(who ? sp : cp);
                world_check();
                if (who) {
                    assert_rc(client, rcNotConnected);
                    sp = world_process("test.Server", 12);
                    server = world_main(sp);
                    listener = world_listener(sp);
                } else {
                    if (c == COPY_REPLY)
                        assert_rc(server, rcNotConnected);
                    else
                        assert_int_equal(server->wait.kind, WAIT_RECV);
                    if (world_is_blocked(server))
                        wait_cancel(server, rcAbort);
                    cp = world_process("test.Client", 10);
                    client = world_main(cp);
                }
                channel = world_connect(cp, sp, listener);
            }
        }
    }
}

static void test_listener_closed_in_a_copy(void **state)
{
    (void)state;
    for (enum copy c = 0; c < COPIES; c++) {
        for (unsigned n = 1; n < 9; n += 3) {
            stop_in_copy(c, n);
            assert_int_equal(handle_close(&sp->handles, listener), rcOk);
            world_check();
            world_settle();
            assert_rc(client, rcNotConnected);
            assert_rc(server, rcNotConnected);
            world_check();
            listener = world_listener(sp);
            channel = world_connect(cp, sp, listener);
        }
    }
}

static void test_faults_late_in_a_copy(void **state)
{
    (void)state;
    for (enum copy c = 0; c < COPIES; c++) {
        for (int target = 0; target < 2; target++) {
            stop_in_copy(c, 2);
            bool is_reply = c == COPY_REPLY;
            const struct message *m = is_reply ? (target ? &cin : &sout) : (target ? &sin : &cout);
            fake_protect(m->process->aspace, m->arena + 280000, 1, target ? VM_READ : 0);
            world_settle();
            fake_protect(m->process->aspace, m->arena + 280000, 1, VM_READ | VM_WRITE);
            Retcode rc = target ? rcTargetFault : rcSourceFault;
            assert_rc(client, rc);
            if (is_reply || target)
                assert_rc(server, rc);
            else
                assert_int_equal(server->wait.kind, WAIT_RECV);
            world_check();
            if (world_is_blocked(server))
                wait_cancel(server, rcAbort);
        }
    }
}

/* While a copy was under way another client queued up, or another server began to wait. When the
 * copy's driver dies, these two must find each other. */
static void test_no_lost_wakeup(void **state)
{
    (void)state;
    struct process *cp2 = world_process("test.Client", 10);
    struct thread *c2 = world_main(cp2), *s2 = world_thread(sp, 3);
    handle_t channel2 = world_connect(cp2, sp, listener);
    stop_in_copy(COPY_CALL, 2);
    world_interrupt(1);
    world_call(c2, channel2, word_request(M_SHORT), 77); /* the only receiver is busy */
    world_interrupt(1);
    assert_int_equal(server->wait.kind, WAIT_TRANSFER);
    world_kill(cp);
    world_settle();
    world_check();
    assert_rc(server, rcOk);
    assert_int_equal(server->regs.payload[0], 77);
    world_reply(server, token_of(server), word_response(M_SHORT), 0);

    cp = cp2;
    client = c2;
    channel = channel2;
    stop_in_copy(COPY_RECV, 2);
    world_interrupt(1);
    world_recv(s2, listener, &sin);
    assert_true(world_is_blocked(s2));
    assert_int_equal(client->wait.kind, WAIT_TRANSFER);
    world_interrupt(1);
    world_exit(server);
    world_settle();
    world_check();
    assert_rc(s2, rcOk);
    assert_true(world_holds(&sin, ARENA, 3));
}

/* The same when the driver lives but its message turns out to be bad. */
static void test_no_lost_wakeup_after_a_fault(void **state)
{
    (void)state;
    struct thread *c2 = world_thread(cp, 10);
    stop_in_copy(COPY_CALL, 2);
    world_interrupt(1);
    world_call(c2, channel, word_request(M_SHORT), 77);
    assert_int_equal(server->wait.kind, WAIT_TRANSFER);
    fake_protect(cp->aspace, cout.arena + 280000, 1, 0);
    world_settle();
    world_check();
    assert_rc(client, rcSourceFault);
    assert_rc(server, rcOk);
    assert_int_equal(server->regs.payload[0], 77);
}

/* A reply driven by a thread other than the one that received: either may end. */
static void test_two_threads_and_one_reply(void **state)
{
    (void)state;
    struct thread *s2 = world_thread(sp, 12), *s3 = world_thread(sp, 3);
    for (int who = 0; who < 2; who++) {
        make_messages(ARENA);
        world_fill(&cout, 10, 3);
        world_fill(&sout, ARENA, 4);
        world_call_long(client, channel, word_request(M_DATA), &cout, &cin);
        world_recv(server, listener, &sin);
        uint64_t token = token_of(server);
        world_interrupt(2);
        world_reply_long(s2, token, word_response(M_DATA), &sout);
        assert_int_equal(client->wait.kind, WAIT_TRANSFER);
        world_interrupt(1);
        world_reply(s3, token, word_response(M_DATA), 0); /* used up already */
        assert_rc(s3, rcNotConnected);
        assert_int_equal(client->wait.kind, WAIT_TRANSFER);
        world_exit(who ? s2 : server);
        assert_rc(client, rcNotConnected);
        world_settle();
        world_check();
        if (!who) {
            assert_rc(s2, rcNotConnected);
            server = s3;
        }
    }
}

static uint8_t judged_bytes[ARENA];

static int remember(const struct ksm_query *q)
{
    memcpy(judged_bytes, q->arena, q->arena_size);
    return 1;
}

/* What a rule or the check has read is what arrives, though the sender changes it meanwhile. */
static void test_what_was_judged_arrives(void **state)
{
    (void)state;
    static uint8_t got[ARENA];
    make_messages(ARENA);
    fake_judge = remember;
    world_fill(&cout, ARENA, 3);
    world_recv(server, listener, &sin);
    world_interrupt(1);
    world_call_long(client, channel, word_request(M_WATCHED), &cout, &cin);
    assert_int_equal(server->wait.kind, WAIT_TRANSFER);
    world_fill(&cout, ARENA, 66); /* another thread of the client */
    world_settle();
    assert_rc(server, rcOk);
    world_get(sp, sin.arena, got, ARENA);
    assert_memory_equal(got, judged_bytes, ARENA);
    assert_true(world_holds(&sin, ARENA, 3));
}

/* Each allocation of a long message fails in turn: the sender has the code, nothing stays behind. */
static void test_nth_allocation_fails(void **state)
{
    (void)state;
    make_messages(ARENA);
    for (unsigned nth = 1;; nth++) {
        world_fill(&cout, ARENA, 3);
        world_recv(server, listener, &sin);
        uint64_t used = kmem_used();
        mm_fail_nth(nth);
        world_call_long(client, channel, word_request(M_WATCHED), &cout, &cin);
        world_settle();
        bool has_failed = !mm_fail_remaining();
        mm_fail_nth(0);
        assert_int_equal(kmem_used(), used);
        if (!has_failed) {
            assert_rc(server, rcOk);
            assert_true(nth > 2);
            break;
        }
        assert_rc(client, rcOutOfMemory);
        assert_true(world_is_blocked(server));
        wait_cancel(server, rcAbort);
        world_check();
    }
}

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

/* A test's name (with * and ?) as argument runs it alone. */
int main(int argc, char **argv)
{
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
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
        T(test_constant_denial),
        T(test_rules_run_at_delivery),
        T(test_denied_responses),
        T(test_what_a_rule_sees),
        T(test_many_refusals),
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
        T(test_a_copy_is_interrupted),
        T(test_timeouts_in_windows),
        T(test_deaths_in_a_copy),
        T(test_listener_closed_in_a_copy),
        T(test_faults_late_in_a_copy),
        T(test_no_lost_wakeup),
        T(test_no_lost_wakeup_after_a_fault),
        T(test_two_threads_and_one_reply),
        T(test_what_was_judged_arrives),
        T(test_nth_allocation_fails),
        T(test_call_times_out_waiting),
        T(test_call_times_out_delivered),
        T(test_recv_times_out),
        T(test_timeout_arguments),
        T(test_the_callers_priority_is_lent),
        T(test_loan_ends_with_the_caller),
        T(test_a_lower_caller_lends_nothing),
        T(test_direct_switch_keeps_slices),
    };
    int failed = cmocka_run_group_tests_name("ipc/ipc, general path", tests, NULL, NULL);
    is_fast = true;
    return failed + cmocka_run_group_tests_name("ipc/ipc, fast path", tests, NULL, NULL);
}
