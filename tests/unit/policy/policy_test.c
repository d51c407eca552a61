/*
 * policy_test.c: classes, the tables of pairs, verdicts.
 */
#include "world.h"

#include <string.h>

#include "core/process.h"
#include "mm/kmem.h"
#include "policy/policy.h"

static void test_classes(void **state)
{
    (void)state;
    uint16_t n = 77;
    assert_int_equal(policy_class_find("test.Server", &n), rcOk);
    assert_int_equal(n, CLASS_SERVER);
    assert_int_equal(policy_class_find("test.Serve", &n), rcResourceNotFound);
    assert_int_equal(policy_class_find("test.Server2", &n), rcResourceNotFound);
    assert_int_equal(policy_class_find("", &n), rcResourceNotFound);
    assert_int_equal(n, CLASS_SERVER);
    assert_string_equal(policy_class_name(CLASS_OTHER), "test.Other");
}

/* Runs before any pair exists: each allocation in turn fails, nothing stays behind. */
static void test_nth_allocation_fails(void **state)
{
    (void)state;
    const struct policy_pair *pair = NULL;
    for (uint64_t nth = 1;; nth++) {
        uint64_t used = kernel_account.used;
        mm_fail_nth(nth);
        Retcode rc = policy_pair_get(CLASS_CLIENT, CLASS_OTHER, &pair);
        mm_fail_nth(0);
        if (rc == rcOk)
            break;
        assert_int_equal(rc, rcOutOfMemory);
        assert_null(pair);
        assert_int_equal(kernel_account.used, used);
        assert_true(nth < 10);
    }
    assert_int_equal(pair->nendpoints, 4);
    assert_int_equal(pair->endpoints[1].nmethods, 0);
}

static void test_a_pair_is_made_once(void **state)
{
    (void)state;
    const struct policy_pair *a, *b, *c;
    assert_int_equal(policy_pair_get(CLASS_CLIENT, CLASS_SERVER, &a), rcOk);
    uint64_t used = kernel_account.used;
    assert_int_equal(policy_pair_get(CLASS_CLIENT, CLASS_SERVER, &b), rcOk);
    assert_ptr_equal(a, b);
    assert_int_equal(kernel_account.used, used);
    assert_int_equal(policy_pair_get(CLASS_SERVER, CLASS_CLIENT, &c), rcOk);
    assert_ptr_not_equal(a, c);
}

static void test_words(void **state)
{
    (void)state;
    const struct policy_pair *pair;
    assert_int_equal(policy_pair_get(CLASS_CLIENT, CLASS_SERVER, &pair), rcOk);
    for (unsigned m = 0; m < METHODS; m++) {
        const struct policy_method *p = policy_method(pair, word_request(m));
        assert_int_equal(p->direction[DIRECTION_REQUEST].word, word_request(m));
        assert_int_equal(p->direction[DIRECTION_RESPONSE].word, word_response(m));
    }
    assert_null(policy_method(pair, (uint64_t)METHODS << 16));
    assert_null(policy_method(pair, 1)); /* endpoint 1 */
    assert_null(policy_method(pair, ~0ull));
    const struct policy_pair *other;
    assert_int_equal(policy_pair_get(CLASS_CLIENT, CLASS_OTHER, &other), rcOk);
    assert_non_null(policy_method(other, 0));
    assert_null(policy_method(other, 1)); /* the endpoint without methods */
    assert_non_null(policy_method(other, 2 | 1 << 16));
    assert_null(policy_method(other, 4));
}

static void test_verdicts(void **state)
{
    (void)state;
    const struct policy_pair *pair;
    assert_int_equal(policy_pair_get(CLASS_CLIENT, CLASS_SERVER, &pair), rcOk);
    const struct policy_method *m = pair->endpoints[0].methods;
    assert_int_equal(m[M_SHORT].direction[DIRECTION_REQUEST].verdict, KSM_GRANT);
    assert_int_equal(m[M_RULED].direction[DIRECTION_REQUEST].verdict, KSM_RULE);
    assert_int_equal(m[M_DENIED].direction[DIRECTION_REQUEST].verdict, KSM_DENY);
    assert_int_equal(m[M_MUTE].direction[DIRECTION_REQUEST].verdict, KSM_GRANT);
    assert_int_equal(m[M_MUTE].direction[DIRECTION_RESPONSE].verdict, KSM_DENY);
}

static struct ksm_query seen;
static uint64_t seen_source, seen_target;
static int answer;

static int judge(const struct ksm_query *q)
{
    seen = *q;
    seen_source = q->source->sid;
    seen_target = q->target->sid;
    return answer;
}

/* A response's source is the server. Anything but 1 denies. */
static void test_judge(void **state)
{
    (void)state;
    const struct policy_pair *pair;
    struct process client = {.object.subject.sid = 11}, server = {.object.subject.sid = 22};
    struct {
        nk_message header;
        uint64_t payload[5];
    } message = {{.iid = 0, .mid = M_RULED}, {0}};
    fake_judge = judge;
    answer = 1;
    client.class = CLASS_CLIENT;
    server.class = CLASS_SERVER;
    assert_int_equal(policy_pair_get(CLASS_CLIENT, CLASS_SERVER, &pair), rcOk);
    struct policy_message m = {.pair = pair, .direction = DIRECTION_REQUEST, .from = &client,
                               .to = &server, .constant = &message,
                               .arena = (const uint8_t *)"a", .arena_size = 1};
    assert_int_equal(policy_judge(&m), rcOk);
    assert_int_equal(seen.event, KSM_REQUEST);
    assert_int_equal(seen.src, CLASS_CLIENT);
    assert_int_equal(seen.dst, CLASS_SERVER);
    assert_int_equal(seen_source, 11);
    assert_int_equal(seen_target, 22);
    assert_int_equal(seen.mid, M_RULED);
    assert_int_equal(seen.arena_size, 1);
    m = (struct policy_message){.pair = pair, .direction = DIRECTION_RESPONSE, .from = &server,
                                .to = &client, .constant = &message};
    assert_int_equal(policy_judge(&m), rcOk);
    assert_int_equal(seen.event, KSM_RESPONSE);
    assert_int_equal(seen.src, CLASS_SERVER);
    assert_int_equal(seen.dst, CLASS_CLIENT);
    assert_non_null(seen.arena); /* an empty arena can be read */
    m.to = NULL; /* the kernel takes part like a process */
    assert_int_equal(policy_judge(&m), rcOk);
    assert_int_equal(seen_target, kernel_object()->subject.sid);
    assert_true(seen_target != 0);
    m.to = &client;
    answer = 0;
    m.direction = DIRECTION_ERROR;
    assert_int_equal(policy_judge(&m), rcSecurityDisallow);
    assert_int_equal(seen.event, KSM_ERROR);
    m.direction = DIRECTION_FAILED;
    assert_int_equal(policy_judge(&m), rcSecurityDisallow);
    assert_int_equal(seen.event, KSM_ERROR);
    answer = 2;
    assert_int_equal(policy_judge(&m), rcSecurityDisallow);
    answer = -1;
    assert_int_equal(policy_judge(&m), rcSecurityDisallow);
    fake_judge = NULL;
}

static void test_names(void **state)
{
    (void)state;
    const struct policy_pair *pair;
    char text[64];
    assert_int_equal(policy_pair_get(CLASS_CLIENT, CLASS_SERVER, &pair), rcOk);
    policy_method_name(pair, word_request(M_DATA), text, sizeof text);
    assert_string_equal(text, "server.main.Data");
    policy_method_name(pair, 7 | 9 << 16, text, sizeof text);
    assert_string_equal(text, "endpoint 7, method 9");
    char small[8];
    policy_method_name(pair, word_request(M_DATA), small, sizeof small);
    assert_string_equal(small, "server.");
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_classes),
        cmocka_unit_test(test_nth_allocation_fails),
        cmocka_unit_test(test_a_pair_is_made_once),
        cmocka_unit_test(test_words),
        cmocka_unit_test(test_verdicts),
        cmocka_unit_test(test_judge),
        cmocka_unit_test(test_names),
    };
    kernel_account.limit = 1u << 30;
    return cmocka_run_group_tests_name("policy/policy", tests, NULL, NULL);
}
