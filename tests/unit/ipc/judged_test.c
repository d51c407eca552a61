/*
 * judged_test.c: judgement and delivery are one: no verdict for what cannot be delivered, nothing shown
 * before the verdict, and what rules see of handles.
 */
#include "pair.h"

#include <string.h>

#include "ipc/user_object.h"
#include "mm/kmem.h"

#define ARENA 300000u /* ten steps */

static int granted;

static int grant(const struct ksm_query *q)
{
    granted += q->event == KSM_REQUEST;
    return 1;
}

static int deny(const struct ksm_query *q)
{
    (void)q;
    return 0;
}

static void call(enum fake_method m, uint32_t size)
{
    world_fill(&c_out, size, 3);
    world_call_long(client, channel, word_request(m), &c_out, &c_in);
    world_settle();
}

static void start(uint32_t arena)
{
    make_messages(arena);
    fake_judge = grant;
    granted = 0;
    fake_undone = 0;
}

/* Of every size: one verdict that counts; a long message has a trial before, which is taken back. */
static void test_one_verdict_counts(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {0, 10, 32768, 32769, ARENA};
    start(ARENA);
    for (unsigned i = 0; i < sizeof sizes / sizeof sizes[0]; i++) {
        int before = granted;
        unsigned undone = fake_undone;
        world_recv(server, listener, &s_in);
        call(M_COUNTED, sizes[i]);
        assert_rc(server, rcOk);
        assert_true(world_holds(&s_in, sizes[i], 3));
        assert_int_equal(granted - before - (int)(fake_undone - undone), 1);
        assert_int_equal(fake_undone - undone, sizes[i] > 32768);
        world_reply(server, token_of(server), word_response(M_COUNTED), 0);
        assert_rc(client, rcOk);
    }
}

static void recv_into(uint64_t head, uint64_t arena, uint32_t size)
{
    struct kn_buf b = {.head = head, .head_size = 32, .arena = arena, .arena_size = size};
    world_put(sp, s_in.buf, &b, sizeof b);
    world_recv(server, listener, &s_in);
}

/* The receiver's memory or the sender's is not there: nobody is asked, or what was asked is taken back. */
static void test_nothing_counts_that_does_not_arrive(void **state)
{
    (void)state;
    start(ARENA);
    for (unsigned size = 100; size <= 100000; size *= 1000) {
        recv_into(0x10, s_in.arena, ARENA);
        call(M_COUNTED, size);
        assert_rc(client, rcTargetFault);
        assert_rc(server, rcTargetFault);
        recv_into(s_in.head, 0x10, ARENA);
        call(M_COUNTED, size);
        assert_rc(client, rcTargetFault);
        assert_rc(server, rcTargetFault);
        assert_int_equal(granted, fake_undone);
        recv_into(s_in.head, s_in.arena, size - 1);
        call(M_COUNTED, size);
        assert_rc(client, rcTargetFault);
        assert_true(world_is_blocked(server));
        wait_cancel(server, rcAbort);
        recv_into(s_in.head, s_in.arena, ARENA);
        struct kn_buf out = {.head = c_out.head, .head_size = 32, .arena = 0x10, .arena_size = size};
        world_fill(&c_out, size, 3);
        world_put(cp, c_out.buf, &out, sizeof out);
        world_call_long(client, channel, word_request(M_COUNTED), &c_out, &c_in);
        world_settle();
        assert_rc(client, rcSourceFault);
        assert_true(world_is_blocked(server));
        wait_cancel(server, rcAbort);
        assert_int_equal(granted, fake_undone);
    }
}

/* A denied message shows the receiver nothing, whatever its size. */
static void test_nothing_is_shown_before_the_verdict(void **state)
{
    (void)state;
    start(ARENA);
    fake_judge = deny;
    for (unsigned size = 100; size <= 100000; size *= 1000) {
        world_fill(&s_in, ARENA, 77);
        world_sizes(&s_in, 32, ARENA);
        world_recv(server, listener, &s_in);
        call(M_COUNTED, size);
        assert_rc(client, rcSecurityDisallow);
        assert_true(world_is_blocked(server));
        assert_true(world_holds(&s_in, ARENA, 77));
        wait_cancel(server, rcAbort);
    }
}

/* The receiver goes away in the middle of a copy: the trial was all there was. */
static void test_a_peer_that_goes_leaves_no_verdict(void **state)
{
    (void)state;
    start(ARENA);
    world_recv(server, listener, &s_in);
    world_fill(&c_out, ARENA, 3);
    world_interrupt(2);
    world_call_long(client, channel, word_request(M_COUNTED), &c_out, &c_in);
    assert_int_equal(server->wait_kind, WAIT_TRANSFER);
    assert_int_equal(granted, 1);
    wait_cancel(server, rcAbort);
    world_settle();
    assert_int_equal(granted, 1);
    assert_int_equal(fake_undone, 1);
    world_recv(server, listener, &s_in);
    world_settle();
    assert_rc(server, rcOk);
    assert_int_equal(granted - (int)fake_undone, 1);
}

static struct ksm_subject seen;
static uint32_t seen_rights;

static int look(const struct ksm_query *q)
{
    nk_handle_desc_t d;
    seen = q->handles ? q->handles[0] : (struct ksm_subject){0};
    memcpy(&d, (const char *)q->message + 24, sizeof d);
    seen_rights = d.rights;
    if (seen.slots)
        seen.slots[0]++;
    return 1;
}

static void call_with_handle(handle_t h, uint32_t rights)
{
    struct {
        nk_message header;
        nk_handle_desc_t thing;
    } m = {.thing = {h, rights, 0}};
    world_put(cp, c_out.head, &m, sizeof m);
    world_sizes(&c_out, sizeof m, 0);
    world_sizes(&s_in, 40, ARENA);
    world_recv(server, listener, &s_in);
    world_call_long(client, channel, word_request(M_SEEN), &c_out, &c_in);
    world_settle();
}

/* Rules see the resource, the rights that are sent, and state that stays with the resource. */
static void test_handles_are_seen(void **state)
{
    (void)state;
    struct user_object *u;
    uint64_t used;
    start(ARENA);
    fake_judge = look;
    assert_int_equal(handle_reserve(&cp->handles, 1), rcOk);
    assert_int_equal(user_object_create(cp, 0, NULL, 0, &u), rcOk);
    handle_t h = handle_install(&cp->handles, &u->object, RIGHT_TRANSFER | RIGHT_COPY);
    uint64_t sid = u->object.subject.sid;
    assert_null(u->object.subject.slots); /* it costs nothing until rules see it */
    used = cp->account->used;
    call_with_handle(h, RIGHTS_SAME);
    assert_rc(server, rcOk);
    assert_int_equal(seen.sid, sid);
    assert_int_equal(seen.rights, RIGHT_TRANSFER | RIGHT_COPY);
    assert_int_equal(seen_rights, RIGHT_TRANSFER | RIGHT_COPY);
    assert_int_equal(seen.slots[0], 1);
    assert_true(cp->account->used > used);
    world_reply(server, token_of(server), word_response(M_SEEN), 0);
    call_with_handle(h, RIGHT_TRANSFER);
    assert_rc(server, rcOk);
    assert_int_equal(seen.rights, RIGHT_TRANSFER);
    assert_int_equal(seen.slots[0], 2);
    world_reply(server, token_of(server), word_response(M_SEEN), 0);
    call_with_handle(0, 0);
    assert_rc(server, rcOk);
    assert_int_equal(seen.sid, 0);
    world_reply(server, token_of(server), word_response(M_SEEN), 0);
    /* A handle that cannot be sent is no question for rules. */
    seen.sid = 99;
    call_with_handle(h, RIGHT_TRANSFER | RIGHT_GET_SID);
    assert_rc(client, rcSecurityDisallow);
    assert_int_equal(seen.sid, 99);
    wait_cancel(server, rcAbort);
    unsigned forgotten = fake_forgotten;
    object_put(&u->object);
    world_kill(cp);
    world_kill(sp);
    assert_true(fake_forgotten > forgotten);
}

/* No memory for the state: the sender learns it, and nothing is judged. */
static void test_no_memory_for_state(void **state)
{
    (void)state;
    struct user_object *u;
    start(ARENA);
    fake_judge = look;
    assert_int_equal(handle_reserve(&cp->handles, 1), rcOk);
    assert_int_equal(user_object_create(cp, 0, NULL, 0, &u), rcOk);
    handle_t h = handle_install(&cp->handles, &u->object, RIGHT_TRANSFER);
    object_put(&u->object);
    seen.sid = 99;
    mm_fail_nth(1);
    call_with_handle(h, RIGHTS_SAME);
    mm_fail_nth(0);
    assert_rc(client, rcOutOfMemory);
    assert_int_equal(seen.sid, 99);
    wait_cancel(server, rcAbort);
}

static unsigned stops, stopped;
static void *memo;

/* Has to stop that often. The first time there is no memo; then it is the message's, as it was left. */
static int stop(const struct ksm_query *q)
{
    assert_true(q->is_stoppable);
    assert_true((stopped == 0) == !q->memo);
    assert_true(stopped < 2 || (q->memo == memo && *(unsigned *)memo == stopped));
    memo = q->memo;
    if (stopped < stops) {
        stopped++;
        if (memo)
            *(unsigned *)memo = stopped;
        return KSM_STOPPED;
    }
    granted++;
    return 1;
}

static void start_stopping(unsigned n)
{
    stopped = 0;
    stops = n;
    memo = NULL;
    fake_judge = stop;
}

/* Of every size: the verdict falls in the end, once, interrupts come in between, and nothing is left. */
static void test_a_verdict_that_stops(void **state)
{
    (void)state;
    static const uint32_t sizes[] = {0, 100, 100000};
    start(ARENA);
    for (unsigned i = 0; i < 6; i++) {
        enum fake_method m = i % 2 ? M_COUNTED : M_WATCHED; /* the arena is captured */
        uint32_t size = sizes[i / 2];
        uint64_t used = cp->account->used, windows = fake_windows;
        int before = granted;
        unsigned undone = fake_undone;
        start_stopping(5);
        world_sizes(&s_in, 32, ARENA);
        world_recv(server, listener, &s_in);
        call(m, size);
        assert_rc(server, rcOk);
        assert_true(world_holds(&s_in, size, 3));
        assert_int_equal(stopped, 5);
        assert_true(fake_windows >= windows + 4);
        assert_int_equal(granted - before - (int)(fake_undone - undone), 1);
        assert_int_equal(cp->account->used, used);
        wait_cancel(client, rcAbort); /* the answer is none of this */
    }
}

/* The receiver goes in the middle of a verdict: the next one gets the message. */
static void test_a_peer_that_goes_while_it_is_judged(void **state)
{
    (void)state;
    start(ARENA);
    uint64_t used = cp->account->used;
    start_stopping(1000);
    world_recv(server, listener, &s_in);
    world_fill(&c_out, 100, 3);
    world_interrupt(3);
    world_call_long(client, channel, word_request(M_COUNTED), &c_out, &c_in);
    assert_int_equal(server->wait_kind, WAIT_TRANSFER);
    wait_cancel(server, rcAbort);
    start_stopping(2);
    world_settle();
    assert_int_equal(granted, 0);
    world_recv(server, listener, &s_in);
    world_settle();
    assert_rc(server, rcOk);
    assert_int_equal(granted, 1);
    assert_int_equal(cp->account->used, used);
}

/* No memory for what it has found out. */
static void test_no_memory_for_a_memo(void **state)
{
    (void)state;
    start(ARENA);
    start_stopping(1);
    world_recv(server, listener, &s_in);
    world_fill(&c_out, 100, 3);
    mm_fail_nth(1);
    world_call_long(client, channel, word_request(M_COUNTED), &c_out, &c_in);
    mm_fail_nth(0);
    world_settle();
    assert_rc(client, rcOutOfMemory);
    assert_true(world_is_blocked(server));
    assert_int_equal(granted, 0);
    wait_cancel(server, rcAbort);
}

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        T(test_one_verdict_counts),
        T(test_nothing_counts_that_does_not_arrive),
        T(test_nothing_is_shown_before_the_verdict),
        T(test_a_peer_that_goes_leaves_no_verdict),
        T(test_handles_are_seen),
        T(test_no_memory_for_state),
        T(test_a_verdict_that_stops),
        T(test_a_peer_that_goes_while_it_is_judged),
        T(test_no_memory_for_a_memo),
    };
    return RUN_PAIR("ipc/judged", tests);
}
