/*
 * verdict_test.c: Call, Recv, Reply, ReplyRecv: what the policy denies, and what its rules see.
 */
#include "pair.h"

#include <string.h>

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
    /* The fast path leaves a denial to the general one, which asks again. */
    assert_int_equal(fake_judged, this_cpu()->is_fast_path_off ? 3 : 4);
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
    return q->src == CLASS_CLIENT && q->source->sid == cp->object.subject.sid &&
           q->target->sid == sp->object.subject.sid;
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

int main(int argc, char **argv)
{
    const struct CMUnitTest tests[] = {
        T(test_constant_denial),
        T(test_rules_run_at_delivery),
        T(test_denied_responses),
        T(test_what_a_rule_sees),
        T(test_many_refusals),
    };
    return RUN_PAIR("ipc/verdict", tests);
}
