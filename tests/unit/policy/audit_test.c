/*
 * audit_test.c: records of denials: their text, the ring and its readers, and how much the console gets.
 */
#include "world.h"

#include <string.h>

#include "core/log.h"
#include "core/process.h"
#include "mm/kmem.h"
#include "policy/audit.h"
#include "policy/policy.h"

static struct process from = {.object.subject.sid = 11, .class = CLASS_CLIENT};
static struct process to = {.object.subject.sid = 22, .class = CLASS_SERVER};
static const struct policy_pair *pair;
static struct audit_reader *reader;

static int deny(const struct ksm_query *q)
{
    (void)q;
    return 0;
}

static int setup(void **state)
{
    (void)state;
    strcpy(from.name, "test.Client");
    strcpy(to.name, "Second");
    fake_judge = deny;
    fake_reason = (struct ksm_reason){0};
    fake_wants_record = false;
    fake_now += 100000000000ull; /* tokens are there again */
    assert_int_equal(policy_pair_get(CLASS_CLIENT, CLASS_SERVER, &pair), rcOk);
    assert_int_equal(audit_reader_create(&kernel_account, &reader), rcOk);
    char text[AUDIT_RECORD_MAX];
    uint32_t used, lost;
    do
        audit_read(reader, text, &used, &lost);
    while (used);
    return 0;
}

static int teardown(void **state)
{
    (void)state;
    object_put(&reader->object);
    fake_judge = NULL;
    return 0;
}

static const char *next(void)
{
    static char text[AUDIT_RECORD_MAX + 1];
    uint32_t used, lost;
    audit_read(reader, text, &used, &lost);
    text[used] = 0;
    const char *rest = strchr(text, ' ');
    return rest ? rest + 1 : text; /* without the time */
}

static bool judge(uint64_t value)
{
    struct {
        nk_message header;
        uint64_t payload[5];
    } m = {{.iid = 0, .mid = M_RULED, .size = 32}, {value}};
    struct policy_message message = {.pair = pair, .direction = DIRECTION_REQUEST, .from = &from,
                                     .to = &to, .constant = &m};
    return policy_judge(&message) == rcOk;
}

static void test_text(void **state)
{
    (void)state;
    fake_reason = (struct ksm_reason){.file = "/a/b/c.psl", .line = 7, .rule = "assert (x)"};
    assert_false(judge(41));
    assert_string_equal(next(), "denied: request test.Client -> Second (test.Server): "
                                "server.main.Ruled(value=41): assert (x) at c.psl:7");
    assert_string_equal(next(), "");
    fake_reason = (struct ksm_reason){.is_open = true, .near_file = "d.psl", .near_line = 9,
                                      .near_selector = "method=Start"};
    assert_false(judge(42));
    assert_non_null(strstr(next(), "(value=42): no rule matches; nearest is d.psl:9 but for method=Start"));
    fake_reason = (struct ksm_reason){0};
    assert_false(judge(43));
    assert_non_null(strstr(next(), "(value=43): no rule matches"));
    policy_malformed(pair, DIRECTION_REQUEST, &from, &to, 77);
    assert_non_null(strstr(next(), "endpoint 77, method 0: the message is malformed"));
}

/* Of a large policy the nearest binding is looked for in steps; the record comes when it is found. */
static void test_explained_later(void **state)
{
    (void)state;
    uint64_t upto = 0;
    unsigned steps = 0;
    fake_bindings = 1000;
    fake_reason = (struct ksm_reason){.is_open = true, .near_file = "d.psl", .near_line = 9};
    assert_false(judge(51));
    assert_false(judge(52));
    assert_false(judge(51));
    const char *text = next(); /* of the third, which says no more than is known */
    assert_non_null(strstr(text, "(value=51)"));
    assert_null(strstr(text, "nearest"));
    assert_string_equal(next(), "");
    while (!objects_settle(&upto, 64))
        steps++;
    assert_true(steps >= 2);
    assert_non_null(strstr(next(), "(value=51): no rule matches; nearest is d.psl:9"));
    assert_non_null(strstr(next(), "(value=52): no rule matches; nearest is d.psl:9"));
    assert_string_equal(next(), "");
    fake_bindings = 60; /* of a small one at once */
    assert_false(judge(53));
    assert_non_null(strstr(next(), "(value=53): no rule matches; nearest is d.psl:9"));
    fake_bindings = 1000;
    assert_false(judge(54));
    audit_finish(); /* the end of a run */
    assert_non_null(strstr(next(), "(value=54): no rule matches; nearest is d.psl:9"));
    assert_true(objects_settle(&upto, 64));
    fake_bindings = 0;
}

/* What programs chose cannot forge a line. */
static void test_no_forgery(void **state)
{
    (void)state;
    static const uint8_t arena[] = "a\"\nkernel: all is well\x1b[2J and much, much, much more text";
    struct {
        nk_message header;
        struct nk_ptr text;
    } m = {{.iid = 0, .mid = M_STRING, .size = 32}, {0, sizeof arena}};
    struct policy_message message = {.pair = pair, .direction = DIRECTION_REQUEST, .from = &from,
                                     .to = &to, .constant = &m, .arena = arena,
                                     .arena_size = sizeof arena};
    strcpy(from.name, "evil\nkernel: x (a.B) -> \"c\" ");
    policy_denied(&message);
    const char *text = next();
    assert_null(strchr(text, '\n'));
    assert_null(strchr(text, 0x1b));
    assert_non_null(strstr(text, "evil?kernel? x ?a.B? -? ?c?  (test.Client) -> "));
    assert_non_null(strstr(text, "text=\"a\\x22\\x0akernel: all is well\\x1b[2J"));
    assert_non_null(strstr(text, "...\""));
    m.text = (struct nk_ptr){4000000000u, 4000000000u}; /* not checked yet */
    policy_denied(&message);
    assert_non_null(strstr(next(), "text=4000000000 bytes"));
}

/* Nor push the reason out of it; and other arguments are another denial. */
static void test_long_arguments(void **state)
{
    (void)state;
    uint8_t arena[100];
    struct {
        nk_message header;
        struct nk_ptr text;
    } m = {{.iid = 0, .mid = M_STRING, .size = 32}, {0, sizeof arena}};
    struct policy_message message = {.pair = pair, .direction = DIRECTION_REQUEST, .from = &from,
                                     .to = &to, .constant = &m, .arena = arena,
                                     .arena_size = sizeof arena};
    memset(arena, 1, sizeof arena);
    memset(from.name, 'x', sizeof from.name - 1);
    policy_denied(&message);
    assert_non_null(strstr(next(), ".String(...): no rule matches"));
    from.name[8] = 0;
    memset(arena, 'a', sizeof arena);
    policy_denied(&message);
    assert_non_null(strstr(next(), "aaa...\"): no rule matches"));
    arena[47] = 'b';
    policy_denied(&message);
    assert_non_null(strstr(next(), "aab...\"): no rule matches"));
}

static unsigned lines(const char *text, const char *what)
{
    unsigned n = 0;
    for (const char *at = text; (at = strstr(at, what)); at++)
        n++;
    return n;
}

/* A repeated denial is a record each time, but a line only at its 1st, 10th, 100th time and at the end. */
static void test_repeats(void **state)
{
    (void)state;
    log_drain_all();
    unsigned before = lines(fake_log(), "value=500)");
    for (int i = 0; i < 150; i++)
        judge(500);
    for (int i = 0; i < 150; i++)
        assert_non_null(strstr(next(), "(value=500)"));
    assert_string_equal(next(), "");
    log_drain_all();
    unsigned shown = lines(fake_log(), "value=500)") - before;
    assert_true(shown == 3 || shown == 6); /* one port or two */
    audit_finish();
    log_drain_all();
    assert_int_equal(lines(fake_log(), "denied 150 times in all") > 0, 1);
}

/* Different ones without end: the console gets so many and a count; the rule book is not walked for all. */
static void test_flood(void **state)
{
    (void)state;
    struct {
        nk_message header;
        uint64_t payload[5];
    } m = {{.iid = 0, .mid = M_DENIED, .size = 32}, {0}};
    struct policy_message message = {.pair = pair, .direction = DIRECTION_REQUEST, .from = &from,
                                     .to = &to, .constant = &m};
    unsigned explained = fake_explained;
    uint32_t used, lost, read = 0, dropped = 0;
    char text[AUDIT_RECORD_MAX];
    for (int i = 0; i < 3000; i++) {
        m.payload[0] = 1000 + (uint64_t)i;
        policy_denied(&message);
    }
    assert_true(fake_explained - explained <= 60);
    do {
        audit_read(reader, text, &used, &lost);
        read += used != 0;
        dropped += lost;
    } while (used);
    assert_int_equal(read + dropped, 3000);
    assert_true(read > 100 && dropped > 0);
    fake_now += 100000000000ull;
    judge(9999);
    log_drain_all();
    assert_true(lines(fake_log(), "more denials were not shown") > 0);
}

static void test_grants(void **state)
{
    (void)state;
    fake_judge = NULL;
    assert_true(judge(1));
    assert_string_equal(next(), "");
    fake_wants_record = true;
    assert_true(judge(2));
    assert_string_equal(next(), "granted: request test.Client -> Second (test.Server): "
                                "server.main.Ruled(value=2)");
}

static void test_readers(void **state)
{
    (void)state;
    struct audit_reader *r[AUDIT_READERS_MAX];
    uint64_t used = kernel_account.used;
    for (int i = 0; i < AUDIT_READERS_MAX - 1; i++)
        assert_int_equal(audit_reader_create(&kernel_account, &r[i]), rcOk);
    assert_int_equal(audit_reader_create(&kernel_account, &r[7]), rcBusy);
    for (int i = 0; i < AUDIT_READERS_MAX - 1; i++)
        object_put(&r[i]->object);
    mm_fail_nth(1);
    assert_int_equal(audit_reader_create(&kernel_account, &r[0]), rcOutOfMemory);
    mm_fail_nth(0);
    assert_int_equal(kernel_account.used, used);
}

#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)

int main(void)
{
    const struct CMUnitTest tests[] = {
        T(test_text),  T(test_explained_later), T(test_no_forgery), T(test_long_arguments), T(test_repeats),
        T(test_flood), T(test_grants),     T(test_readers),
    };
    kernel_account.limit = 1u << 30;
    return cmocka_run_group_tests_name("policy/audit", tests, NULL, NULL);
}
