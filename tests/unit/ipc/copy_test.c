/*
 * copy_test.c: Call, Recv, Reply, ReplyRecv: what comes in the middle of a long copy.
 */
#include "pair.h"

#include <string.h>

#include <arch/entry.h>

#include "mm/kmem.h"

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
                                 .payload = {c_out.buf}, .in_buf_context = c_in.buf,
                                 .ex_rights = 0x402000};
}

static void set_recv(struct thread *t)
{
    t->regs = (struct user_regs){.handle_flags = listener, .in_buf_context = s_in.buf,
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
    world_fill(&c_out, ARENA, 3);
    world_fill(&s_out, ARENA, 4);
    set_timeouts(c == COPY_CALL ? ~0ull : timeout, c == COPY_CALL ? timeout : ~0ull);
    if (c == COPY_CALL) {
        set_recv(server);
        world_syscall(server, KN_RECV | KN_EX);
        set_call(client);
        world_syscall(client, KN_CALL | KN_LONG | KN_EX);
        return;
    }
    if (c == COPY_REPLY)
        world_fill(&c_out, 10, 3);
    set_call(client);
    world_syscall(client, KN_CALL | KN_LONG | KN_EX);
    world_recv(server, listener, &s_in);
    if (c == COPY_REPLY)
        world_reply_long(server, token_of(server), word_response(M_DATA), &s_out);
}

/* Brings a copy to its n-th interrupt window; the controller runs then. */
static void stop_in_copy(enum copy c, unsigned n)
{
    world_interrupt(n);
    copy_with(c, ~0ull);
    assert_ptr_not_equal(this_cpu()->current, driver_of(c));
    assert_int_equal(peer_of(c)->wait_kind, WAIT_TRANSFER);
    world_check();
}

/* The copy is over and nobody noticed that it had been interrupted. */
static void assert_copied(enum copy c)
{
    world_settle();
    assert_rc(server, rcOk);
    if (c == COPY_REPLY) {
        assert_rc(client, rcOk);
        assert_true(world_holds(&c_in, ARENA, 4));
    } else {
        assert_int_equal(client->wait_kind, WAIT_REPLY);
        assert_true(world_holds(&s_in, ARENA, 3));
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

/* The timeout of the one who waits strikes in a window, and nobody of higher priority is there to
 * run: the driver must see that its peer is gone. */
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
                world_recv(server, listener, &s_in);
                world_settle();
            } else {
                world_fill(&c_out, ARENA, 3);
                world_call_long(client, channel, word_request(M_DATA), &c_out, &c_in);
                world_settle();
            }
            assert_rc(server, rcOk);
            assert_true(world_holds(&s_in, ARENA, 3));
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
                        assert_int_equal(server->wait_kind, WAIT_RECV);
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
            const struct message *m =
                is_reply ? (target ? &c_in : &s_out) : (target ? &s_in : &c_out);
            fake_protect(m->process->aspace, m->arena + 280000, 1, target ? VM_READ : 0);
            world_settle();
            fake_protect(m->process->aspace, m->arena + 280000, 1, VM_READ | VM_WRITE);
            Retcode rc = target ? rcTargetFault : rcSourceFault;
            assert_rc(client, rc);
            if (is_reply || target)
                assert_rc(server, rc);
            else
                assert_int_equal(server->wait_kind, WAIT_RECV);
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
    assert_int_equal(server->wait_kind, WAIT_TRANSFER);
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
    world_recv(s2, listener, &s_in);
    assert_true(world_is_blocked(s2));
    assert_int_equal(client->wait_kind, WAIT_TRANSFER);
    world_interrupt(1);
    world_exit(server);
    world_settle();
    world_check();
    assert_rc(s2, rcOk);
    assert_true(world_holds(&s_in, ARENA, 3));
}

/* The same when the driver lives but its message turns out to be bad. */
static void test_no_lost_wakeup_after_a_fault(void **state)
{
    (void)state;
    struct thread *c2 = world_thread(cp, 10);
    stop_in_copy(COPY_CALL, 2);
    world_interrupt(1);
    world_call(c2, channel, word_request(M_SHORT), 77);
    assert_int_equal(server->wait_kind, WAIT_TRANSFER);
    fake_protect(cp->aspace, c_out.arena + 280000, 1, 0);
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
        world_fill(&c_out, 10, 3);
        world_fill(&s_out, ARENA, 4);
        world_call_long(client, channel, word_request(M_DATA), &c_out, &c_in);
        world_recv(server, listener, &s_in);
        uint64_t token = token_of(server);
        world_interrupt(2);
        world_reply_long(s2, token, word_response(M_DATA), &s_out);
        assert_int_equal(client->wait_kind, WAIT_TRANSFER);
        world_interrupt(1);
        world_reply(s3, token, word_response(M_DATA), 0); /* used up already */
        assert_rc(s3, rcNotConnected);
        assert_int_equal(client->wait_kind, WAIT_TRANSFER);
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
    world_fill(&c_out, ARENA, 3);
    world_recv(server, listener, &s_in);
    world_interrupt(1);
    world_call_long(client, channel, word_request(M_WATCHED), &c_out, &c_in);
    assert_int_equal(server->wait_kind, WAIT_TRANSFER);
    world_fill(&c_out, ARENA, 66); /* another thread of the client */
    world_settle();
    assert_rc(server, rcOk);
    world_get(sp, s_in.arena, got, ARENA);
    assert_memory_equal(got, judged_bytes, ARENA); /* whatever of both it is */
}

/* Each allocation of a long message fails in turn: the sender has the code, nothing stays behind. */
static void test_nth_allocation_fails(void **state)
{
    (void)state;
    make_messages(ARENA);
    for (unsigned nth = 1;; nth++) {
        world_fill(&c_out, ARENA, 3);
        world_recv(server, listener, &s_in);
        uint64_t used = kmem_used();
        mm_fail_nth(nth);
        world_call_long(client, channel, word_request(M_WATCHED), &c_out, &c_in);
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

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
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
    };
    return RUN_PAIR("ipc/copy", tests);
}
