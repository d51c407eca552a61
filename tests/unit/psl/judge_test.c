/*
 * judge_test.c: the compiled policy of good/policies/events.psl through every function of the
 * interface.
 */
#include <stdio.h>
#include <string.h>

#include <model/IAll.idl.h>
#include <model/ISecure.idl.h>
#include <tessera/formats.h>

static int failures;
#define CHECK(condition)                                                                           \
    do {                                                                                           \
        if (!(condition)) {                                                                        \
            printf("FAIL %s:%d: %s\n", __FILE__, __LINE__, #condition);                            \
            failures++;                                                                            \
        }                                                                                          \
    } while (0)

enum { CORE, EINIT, CLIENT, OTHER, SERVER, CLASSES };
enum { DO, RE, MI, FA, HANDS, HUGE_ };
enum { OWN, HALL };
enum { LINE_DO = 28, LINE_OTHER = 36 }; /* in events.psl */

static uint32_t slots[4][4];
static const struct ksm_subject subjects[4] = {
    {0, 0, 0}, {1, slots[1], 1}, {2, slots[2], 0}, {3, slots[3], 3}};
static uint8_t message[512] __attribute__((aligned(8)));
static struct ksm_reason reason;
static bool audit;
static unsigned nplain;

/* The plain function of an event, if it has one, says the same; what it changed is taken back. */
static void check_plain(const struct ksm_query *q, bool is_granted, bool is_audited)
{
    uint32_t before[4][4];
    ksm_plain *plain = ksm_plain_rules(q->event, q->src, q->dst, q->iid, q->mid);
    if (!plain || q->handles)
        return;
    nplain++;
    memcpy(before, slots, sizeof before);
    unsigned verdict = plain(q->message, q->source, q->target);
    CHECK(verdict == (is_granted ? KSM_PLAIN_GRANT | (is_audited ? KSM_PLAIN_RECORD : 0) : 0));
    CHECK(is_granted || memcmp(before, slots, sizeof before) == 0);
    ksm_undo();
    CHECK(memcmp(before, slots, sizeof before) == 0);
}

static bool judge(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid, uint16_t mid,
                  const struct ksm_subject *handles)
{
    struct ksm_query q = {.event = event, .src = src, .dst = dst, .iid = iid, .mid = mid,
                          .source = &subjects[1],
                          .target = event == KSM_SECURITY ? NULL : &subjects[2],
                          .message = event == KSM_EXECUTE ? NULL : message, .handles = handles};
    memset(&reason, 0xff, sizeof reason);
    audit = true;
    bool is_granted = ksm_judge(&q, &reason, &audit) == 1;
    ksm_undo();
    check_plain(&q, is_granted, audit);
    return ksm_judge(&q, &reason, &audit) == 1;
}

/* In steps of three bindings. */
static void explain(enum ksm_event event, uint16_t src, uint16_t dst, uint16_t iid, uint16_t mid)
{
    reason = (struct ksm_reason){0};
    for (uint32_t looked = 0; !ksm_explain(event, src, dst, iid, mid, &reason, 3); looked += 3)
        CHECK(reason.looked == looked + 3);
}

static bool file_is(const char *file)
{
    const char *last = file ? strrchr(file, '/') : NULL;
    return last && !strcmp(last, "/events.psl");
}

static uint16_t kernel_method(const char *endpoint, const char *method, uint16_t *iid)
{
    const struct ksm_class *core = ksm_image.classes[CORE];
    for (*iid = 0; *iid < core->nendpoints; (*iid)++) {
        const struct ksm_endpoint *e = &core->endpoints[*iid];
        for (uint16_t m = 0; !strcmp(e->name, endpoint) && m < e->nmethods; m++) {
            if (!strcmp(e->methods[m].name, method))
                return m;
        }
    }
    CHECK(!"no such method");
    return 0;
}

static void test_classes(void)
{
    static const char *const names[] = {"kl.core.Core", "Einit", "model.Client", "model.Other",
                                        "model.Server"};
    CHECK(ksm_image.nclasses == CLASSES);
    for (int i = 0; i < CLASSES; i++)
        CHECK(!strcmp(ksm_image.classes[i]->name, names[i]));
    CHECK(ksm_image.classes[OTHER]->nsecurity == 1);
    CHECK(strstr(ksm_policy_name, "events.psl"));
    CHECK(ksm_nslots == 1);
}

static void test_verdicts(void)
{
    uint16_t iid, mid = kernel_method("vmm.VMM", "Allocate", &iid);

    CHECK(ksm_verdict(KSM_EXECUTE, CORE, EINIT, 0, 0) == KSM_GRANT);
    CHECK(ksm_verdict(KSM_EXECUTE, EINIT, CLIENT, 0, 0) == KSM_GRANT);
    CHECK(ksm_verdict(KSM_EXECUTE, EINIT, SERVER, 0, 0) == KSM_RULE);
    CHECK(ksm_verdict(KSM_EXECUTE, EINIT, OTHER, 0, 0) == KSM_DENY);
    CHECK(ksm_verdict(KSM_EXECUTE, CORE, CORE, 0, 0) == KSM_DENY);
    CHECK(ksm_verdict(KSM_REQUEST, CLIENT, SERVER, OWN, DO) == KSM_RULE);
    CHECK(ksm_verdict(KSM_REQUEST, CLIENT, SERVER, OWN, RE) == KSM_GRANT);
    CHECK(ksm_verdict(KSM_REQUEST, CLIENT, SERVER, OWN, FA) == KSM_DENY);
    CHECK(ksm_verdict(KSM_REQUEST, CLIENT, SERVER, HALL, FA) == KSM_GRANT);
    CHECK(ksm_verdict(KSM_REQUEST, CLIENT, SERVER, HALL, DO) == KSM_GRANT);
    CHECK(ksm_verdict(KSM_REQUEST, CLIENT, SERVER, HALL, RE) == KSM_DENY);
    CHECK(ksm_verdict(KSM_REQUEST, OTHER, SERVER, HALL, DO) == KSM_RULE); /* may be recorded */
    CHECK(ksm_verdict(KSM_REQUEST, OTHER, SERVER, HALL, MI) == KSM_DENY);
    CHECK(ksm_verdict(KSM_REQUEST, OTHER, SERVER, OWN, DO) == KSM_DENY);
    CHECK(ksm_verdict(KSM_REQUEST, SERVER, CLIENT, OWN, DO) == KSM_DENY);
    CHECK(ksm_verdict(KSM_REQUEST, SERVER, CORE, iid, mid) == KSM_GRANT);
    CHECK(ksm_verdict(KSM_REQUEST, SERVER, CORE, (uint16_t)(iid + 1), 0) == KSM_DENY);
    CHECK(ksm_verdict(KSM_RESPONSE, SERVER, CLIENT, OWN, DO) == KSM_GRANT);
    CHECK(ksm_verdict(KSM_RESPONSE, SERVER, CLIENT, OWN, MI) == KSM_RULE);
    CHECK(ksm_verdict(KSM_RESPONSE, SERVER, CLIENT, OWN, FA) == KSM_DENY);
    CHECK(ksm_verdict(KSM_ERROR, SERVER, CLIENT, OWN, MI) == KSM_RULE);
    CHECK(ksm_verdict(KSM_ERROR, SERVER, CLIENT, OWN, DO) == KSM_DENY);
    CHECK(ksm_verdict(KSM_ERROR, SERVER, CLIENT, OWN, RE) ==
          KSM_GRANT); /* has no parameters; can fail */
    CHECK(ksm_verdict(KSM_SECURITY, CLIENT, 77, 0, 1) == KSM_GRANT);
    CHECK(ksm_verdict(KSM_SECURITY, OTHER, 0, 0, 1) == KSM_DENY);
}

/* Numbers that are not in the image. */
static void test_wild_numbers(void)
{
    CHECK(ksm_verdict(KSM_REQUEST, CLASSES, SERVER, 0, 0) == KSM_DENY);
    CHECK(ksm_verdict(KSM_REQUEST, CLIENT, CLASSES, 0, 0) == KSM_DENY);
    CHECK(ksm_verdict(KSM_REQUEST, CLIENT, SERVER, 2, 0) == KSM_DENY);
    CHECK(ksm_verdict(KSM_REQUEST, CLIENT, SERVER, OWN, 6) == KSM_DENY);
    CHECK(!ksm_plain_rules(KSM_REQUEST, CLASSES, SERVER, 0, 0));
    CHECK(!ksm_plain_rules(KSM_REQUEST, CLIENT, SERVER, OWN, 6));
    CHECK(!ksm_plain_rules(KSM_REQUEST, CLIENT, SERVER, OWN, RE)); /* constant */
    CHECK(!ksm_plain_rules(KSM_EXECUTE, EINIT, SERVER, 0, 0));
    CHECK(ksm_verdict(KSM_REQUEST, 0xffff, 0xffff, 0xffff, 0xffff) == KSM_DENY);
    CHECK(ksm_verdict(KSM_SECURITY, CLIENT, 0, 1, 0) == KSM_DENY);
    CHECK(ksm_verdict((enum ksm_event)9, CLIENT, SERVER, 0, 0) == KSM_DENY);
    CHECK(!judge(KSM_REQUEST, 0xffff, 0xffff, 0xffff, 0xffff, NULL));
    explain(KSM_REQUEST, 0xffff, 0xffff, 0xffff, 0xffff);
    CHECK(!reason.file);
}

static void test_messages(void)
{
    struct model_IAll_Do_req *req = (void *)message;
    struct model_IAll_Mi_res *res = (void *)message;
    struct model_ISecure_Ask_req *ask = (void *)message;

    req->n = 9;
    CHECK(judge(KSM_REQUEST, CLIENT, SERVER, OWN, DO, NULL));
    req->n = 10;
    CHECK(!judge(KSM_REQUEST, CLIENT, SERVER, OWN, DO, NULL));
    CHECK(file_is(reason.file) && reason.line == LINE_DO && !reason.near_file);
    CHECK(!strcmp(reason.rule, "assert (message.n < 10)"));
    res->answer = 42;
    CHECK(judge(KSM_RESPONSE, SERVER, CLIENT, OWN, MI, NULL));
    res->answer = 41;
    CHECK(!judge(KSM_RESPONSE, SERVER, CLIENT, OWN, MI, NULL));
    res->err_.code = 0;
    CHECK(!judge(KSM_ERROR, SERVER, CLIENT, OWN, MI, NULL));
    res->err_.code = 1;
    CHECK(judge(KSM_ERROR, SERVER, CLIENT, OWN, MI, NULL));
    CHECK(!judge(KSM_ERROR, SERVER, OTHER, OWN, MI, NULL));
    ask->level = 3;
    CHECK(judge(KSM_SECURITY, CLIENT, 0, 0, 0, NULL));
    ask->level = 4;
    CHECK(!judge(KSM_SECURITY, CLIENT, 0, 0, 0, NULL));
}

static void test_handle_words(void)
{
    uint16_t iid, mid = kernel_method("handle.Handle", "Close", &iid);

    CHECK(judge(KSM_REQUEST, CLIENT, CORE, iid, mid, &subjects[1]));
    CHECK(!judge(KSM_REQUEST, CLIENT, CORE, iid, mid, &subjects[3]));
    CHECK(!judge(KSM_REQUEST, CLIENT, CORE, iid, mid, NULL));
    mid = kernel_method("notice.Notice", "SetObjectEvent", &iid);
    CHECK(judge(KSM_REQUEST, CLIENT, CORE, iid, mid, &subjects[3]));
    CHECK(slots[3][0] == 1);
    CHECK(!judge(KSM_REQUEST, CLIENT, CORE, iid, mid, &subjects[3]));
    CHECK(!judge(KSM_REQUEST, CLIENT, CORE, iid, mid, &subjects[0]));
    ksm_forget(slots[3]);
    CHECK(slots[3][0] == 0);
}

static void test_undo(void)
{
    CHECK(judge(KSM_EXECUTE, EINIT, SERVER, 0, 0, NULL));
    CHECK(slots[2][0] == 1);
    ksm_undo();
    CHECK(slots[2][0] == 0);
    CHECK(judge(KSM_EXECUTE, EINIT, SERVER, 0, 0, NULL));
    ksm_forget(slots[1]); /* the journal is gone */
    ksm_undo();
    CHECK(slots[2][0] == 1);
    CHECK(judge(KSM_REQUEST, CLIENT, SERVER, OWN, MI, NULL));
    ksm_undo();
    CHECK(slots[2][0] == 1);
    ksm_undo(); /* a second time does nothing */
    CHECK(slots[2][0] == 1);
    CHECK(judge(KSM_REQUEST, CLIENT, SERVER, OWN, MI, NULL));
    CHECK(!judge(KSM_REQUEST, CLIENT, SERVER, OWN, MI, NULL));
    ksm_undo(); /* a denial has left nothing to take back */
    CHECK(slots[2][0] == 2);
    ksm_forget(slots[2]);
}

static void test_explanations(void)
{
    uint16_t iid, mid = kernel_method("task.Task", "Exit", &iid);

    CHECK(!judge(KSM_REQUEST, CLIENT, SERVER, OWN, FA, NULL));
    CHECK(!reason.file && reason.is_open);
    explain(KSM_REQUEST, CLIENT, SERVER, OWN, FA);
    CHECK(!reason.file && file_is(reason.near_file) && reason.near_line == LINE_DO);
    CHECK(!strcmp(reason.near_selector, "method=Do"));
    explain(KSM_REQUEST, OTHER, SERVER, HALL, HUGE_);
    CHECK(!reason.file && reason.near_line == LINE_OTHER &&
          !strcmp(reason.near_selector, "method=Do"));
    explain(KSM_REQUEST, OTHER, SERVER, OWN, DO);
    CHECK(!reason.file && !strcmp(reason.near_selector, "endpoint=hall.all"));
    explain(KSM_REQUEST, OTHER, SERVER, HALL, MI);
    CHECK(file_is(reason.file) && reason.line == LINE_OTHER + 2 && !strcmp(reason.rule, "deny ()"));
    explain(KSM_EXECUTE, EINIT, OTHER, 0, 0);
    CHECK(!reason.file && !strcmp(reason.near_selector, "dst=model.Server"));
    explain(KSM_REQUEST, SERVER, CORE, iid, mid);
    CHECK(!reason.file && !strcmp(reason.near_selector, "interface=kl.core.VMM"));
    explain(KSM_SECURITY, OTHER, 0, 0, 1);
    CHECK(!reason.file && !strcmp(reason.near_selector, "src=model.Client"));
    explain(KSM_REQUEST, SERVER, CLIENT, 0, 0);
    CHECK(!reason.file && !strcmp(reason.near_selector, "dst=kl.core.Core"));
    explain(KSM_EXECUTE, CLIENT, CORE, 0, 0);
    CHECK(!reason.file && !reason.near_file);
}

static void test_audit(void)
{
    struct model_IAll_Do_req *req = (void *)message;

    req->n = 50;
    CHECK(judge(KSM_REQUEST, OTHER, SERVER, HALL, DO, NULL) && !audit);
    CHECK(!judge(KSM_REQUEST, OTHER, SERVER, HALL, RE, NULL) && audit);
    CHECK(!judge(KSM_REQUEST, CLIENT, SERVER, OWN, DO, NULL) && !audit);
    CHECK(ksm_audits(KSM_REQUEST, OTHER, SERVER, HALL, MI, false));
    CHECK(!ksm_audits(KSM_REQUEST, OTHER, SERVER, HALL, HUGE_, false));
    CHECK(judge(KSM_REQUEST, OTHER, SERVER, HALL, FA, NULL));
    ksm_undo(); /* the level, too */
    CHECK(judge(KSM_REQUEST, OTHER, SERVER, HALL, DO, NULL) && !audit);
    CHECK(judge(KSM_REQUEST, OTHER, SERVER, HALL, FA, NULL) && audit);
    CHECK(judge(KSM_REQUEST, OTHER, SERVER, HALL, DO, NULL) && audit);
    req->n = 5;
    CHECK(judge(KSM_REQUEST, OTHER, SERVER, HALL, RE, NULL) && audit);
    memset(slots, 0, sizeof slots);
    CHECK(judge(KSM_REQUEST, EINIT, SERVER, OWN, DO, NULL) && audit);
    CHECK(judge(KSM_REQUEST, EINIT, SERVER, OWN, RE, NULL) && !audit); /* omit: ["open"] */
}

int main(void)
{
    test_classes();
    test_verdicts();
    test_wild_numbers();
    test_messages();
    test_handle_words();
    test_undo();
    test_explanations();
    test_audit();
    CHECK(nplain > 10);
    return failures != 0;
}
