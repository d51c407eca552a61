/*
 * policy/judge.c: asks the security module about one event, and has every denial written down.
 *
 * The source and the target of a message are processes; their state hangs on the process objects. The
 * kernel takes part like a process, with the channel object that all processes share.
 */
#include "policy/policy.h"

#include "core/copy.h"
#include "core/cpu.h"
#include "core/irq_time.h"
#include "core/lock.h"
#include "core/process.h"
#include "mm/kmem.h"
#include "policy/audit.h"

#include <nk/types.h>

static const enum ksm_event events[DIRECTIONS] = {
    [DIRECTION_REQUEST] = KSM_REQUEST,
    [DIRECTION_RESPONSE] = KSM_RESPONSE,
    [DIRECTION_ERROR] = KSM_ERROR,
    [DIRECTION_FAILED] = KSM_ERROR,
};

static const struct ksm_subject *subject_of(const struct process *p)
{
    return p ? &p->object.subject : &kernel_object()->subject;
}

/* One event with everything that it refers to. */
struct event {
    struct ksm_query q;
    struct audit_event audit;
};

static void event_init(struct event *e, enum ksm_event kind, const struct process *from,
                       const struct process *to)
{
    e->q = (struct ksm_query){.event = kind, .source = subject_of(from), .target = subject_of(to)};
    e->audit = (struct audit_event){.query = &e->q, .from = from, .to = to};
}

/* An empty arena is not one that was not captured. */
static const uint8_t *seen_arena(const struct policy_message *m)
{
    static const uint8_t empty[8];
    return m->arena || m->arena_size ? m->arena : empty;
}

static void event_of_message(struct event *e, const struct policy_message *m)
{
    const struct nk_message *header = m->constant;
    const struct policy_method *method;
    uint64_t word;
    copy_bytes(&word, (const char *)m->constant + 16, sizeof word);
    method = policy_method(m->pair, word);
    event_init(e, events[m->direction], m->from, m->to);
    bool is_request = m->direction == DIRECTION_REQUEST;
    e->q.src = is_request ? m->pair->src : m->pair->dst;
    e->q.dst = is_request ? m->pair->dst : m->pair->src;
    e->q.iid = header->iid;
    e->q.mid = header->mid;
    e->q.message = m->constant;
    e->q.arena = seen_arena(m);
    e->q.arena_size = m->arena_size;
    e->q.handles = m->handles;
    e->audit.form = method ? method->direction[m->direction].form : NULL;
}

/* An interrupt that waits is let in when the judgement has stopped. None waits: one that comes from now on
 * waits from now on. */
bool ksm_should_stop(void)
{
    if (arch_irq_is_pending() || lock_is_wanted())
        return true;
    irq_time_pause(this_cpu(), __builtin_return_address(0));
    irq_time_resume(this_cpu(), __builtin_return_address(0));
    return false;
}

/* Asks; a denial is written down, a grant if it is final and the profile in force wants it. */
static Retcode ask(struct event *e, bool is_final)
{
    struct ksm_reason why = {0};
    bool wants_record = false;
    int verdict = ksm_judge(&e->q, &why, &wants_record);
    if (verdict == KSM_STOPPED && e->q.is_stoppable)
        return rcRestart;
    e->audit.verdict = verdict == 1 ? AUDIT_GRANTED : AUDIT_DENIED;
    e->audit.why = &why;
    if (verdict != 1 || (is_final && wants_record))
        audit_write(&e->audit);
    return verdict == 1 ? rcOk : rcSecurityDisallow;
}

/* A failed method sends no parameters. Rules of the error event may look at them all the same: they
 * read zeros, in a buffer as large as the error response. */
static const void *failed_message(const struct policy_message *m)
{
    uint64_t header[3];
    uint8_t *buf = this_cpu()->capture;
    copy_bytes(header, m->constant, sizeof header);
    const struct policy_method *method = policy_method(m->pair, header[2]);
    zero_bytes(buf, method->method->err.size);
    copy_bytes(buf, header, sizeof header);
    return buf;
}

static Retcode judge(const struct policy_message *m, bool is_final)
{
    struct event e;
    event_of_message(&e, m);
    if (m->direction == DIRECTION_FAILED)
        e.q.message = failed_message(m);
    e.q.is_stoppable = m->is_stoppable && m->direction != DIRECTION_FAILED;
    e.q.memo = m->memo;
    Retcode rc = ask(&e, is_final);
    if (rc == rcOk && !is_final)
        ksm_undo();
    return rc;
}

Retcode policy_judge(const struct policy_message *m)
{
    return judge(m, true);
}

Retcode policy_try(const struct policy_message *m)
{
    return judge(m, false);
}

Retcode policy_memo(struct account *payer, void **memo)
{
    Retcode rc = rcRestart;
    if (!*memo)
        *memo = kmem_alloc(payer, ksm_memo_size, &rc);
    return rc;
}

void policy_memo_free(struct account *payer, void **memo)
{
    kmem_free(payer, *memo, ksm_memo_size);
    *memo = NULL;
}

void policy_granted(const struct policy_pair *pair, int direction, const struct process *from,
                    const struct process *to, const void *message)
{
    struct policy_message m = {.pair = pair, .direction = direction, .from = from, .to = to,
                               .constant = message};
    struct event e;
    event_of_message(&e, &m);
    e.audit.verdict = AUDIT_GRANTED;
    audit_write(&e.audit);
}

void policy_undo(void)
{
    ksm_undo();
}

void policy_denied(const struct policy_message *m)
{
    struct event e;
    event_of_message(&e, m);
    e.audit.verdict = AUDIT_DENIED;
    audit_write(&e.audit);
}

void policy_malformed(const struct policy_pair *pair, int direction, const struct process *from,
                      const struct process *to, uint64_t word)
{
    uint64_t header[3] = {0, 0, word};
    struct policy_message m = {.pair = pair, .direction = direction, .from = from, .to = to,
                               .constant = header};
    struct event e;
    event_of_message(&e, &m);
    e.audit.form = NULL;
    e.audit.verdict = AUDIT_MALFORMED;
    audit_write(&e.audit);
}

bool policy_may_execute(const struct process *src, const struct process *dst)
{
    struct event e;
    event_init(&e, KSM_EXECUTE, src, dst);
    e.q.src = src ? src->class : POLICY_CORE;
    e.q.dst = dst ? dst->class : POLICY_CORE;
    enum ksm_verdict v = ksm_verdict(KSM_EXECUTE, e.q.src, e.q.dst, 0, 0);
    if (v == KSM_GRANT)
        return true;
    if (v != KSM_DENY)
        return ask(&e, true) == rcOk;
    e.audit.verdict = AUDIT_DENIED;
    audit_write(&e.audit);
    return false;
}

static void event_of_question(struct event *e, const struct process *src, uint16_t iid, uint16_t mid)
{
    event_init(e, KSM_SECURITY, src, NULL);
    e->q.target = NULL;
    e->q.src = src->class;
    e->q.iid = iid;
    e->q.mid = mid;
}

void policy_security_malformed(const struct process *src, uint16_t iid, uint16_t mid)
{
    struct event e;
    event_of_question(&e, src, iid, mid);
    e.audit.verdict = AUDIT_MALFORMED;
    audit_write(&e.audit);
}

Retcode policy_security(const struct process *src, uint16_t iid, uint16_t mid,
                        const struct policy_message *m)
{
    struct event e;
    const struct ksm_endpoint *endpoint = &ksm_image.classes[src->class]->security[iid];
    event_of_question(&e, src, iid, mid);
    e.q.message = m->constant;
    e.q.arena = seen_arena(m);
    e.q.arena_size = m->arena_size;
    e.q.handles = m->handles;
    e.audit.form = &endpoint->methods[mid].req;
    enum ksm_verdict v = ksm_verdict(KSM_SECURITY, src->class, 0, iid, mid);
    if (v == KSM_GRANT)
        return rcOk;
    e.q.is_stoppable = m->is_stoppable;
    e.q.memo = m->memo;
    if (v != KSM_DENY)
        return ask(&e, true);
    e.audit.verdict = AUDIT_DENIED;
    audit_write(&e.audit);
    return rcSecurityDisallow;
}
