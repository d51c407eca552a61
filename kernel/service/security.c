/*
 * service/security.c: Call on a handle of the security module: a program asks, through one of the
 * security interfaces of its class, whether something may be done, and is answered yes or no.
 *
 * The decision is the caller's to enforce. Handles in the question are looked up, not transferred.
 */
#include "core/process.h"
#include "core/sched.h"
#include "ipc/ipc.h"
#include "service/kcall.h"

#include <nk/types.h>
#include <tessera/syscall.h>

static bool object_destroy(struct object *o, uint32_t budget)
{
    (void)o, (void)budget;
    return true;
}

static const struct object_ops security_ops = {.name = "security module", .destroy = object_destroy};

/* One object without state for all. */
struct object *security_object(void)
{
    static struct object security;
    if (!security.ops)
        object_init(&security, OBJECT_SECURITY, &security_ops);
    return &security;
}

/* The method of a security interface that a word names, else null. */
static const struct ksm_method *find_method(const struct process *p, uint64_t word)
{
    const struct ksm_class *class = ksm_image.classes[p->class];
    uint32_t iid = (uint16_t)word, mid = (uint16_t)(word >> 16);
    if (iid >= class->nsecurity || mid >= class->security[iid].nmethods)
        return NULL;
    const struct ksm_method *m = &class->security[iid].methods[mid];
    return policy_word(iid, mid, &m->req, NK_MESSAGE_REQUEST) == word ? m : NULL;
}

/* memo: as that of kernel calls, null where the question is short. rcRestart: ask again. */
static Retcode ask(struct thread *t, uint64_t word, const struct ksm_form *form,
                   const struct kcall *call, void **memo)
{
    struct ksm_subject handles[KCALL_HANDLES_MAX];
    Retcode rc = kcall_see_handles(t, form, call->req, handles);
    if (rc != rcOk)
        return rc;
    struct policy_message m = {.from = t->process, .constant = call->req, .arena = call->arena,
                               .arena_size = call->arena_size, .handles = handles, .is_stoppable = memo,
                               .memo = memo ? *memo : NULL};
    rc = policy_security(t->process, (uint16_t)word, (uint16_t)(word >> 16), &m);
    return rc == rcRestart ? policy_memo(t->process->account, memo) : rc;
}

static void answer(struct thread *t, uint64_t word, const struct ksm_method *m, Retcode rc)
{
    static const struct ksm_form empty = {.size = sizeof(struct nk_message)};
    if (rc != rcOk) {
        regs_set_result(&t->regs, rc);
        return;
    }
    const struct ksm_form *res = m->res.flags & KSM_FORM_SHORT ? &m->res : &empty;
    kcall_answer_short(t, policy_word((uint16_t)word, (uint16_t)(word >> 16), res,
                                      NK_MESSAGE_RESPONSE));
}

/* A question that could not be captured: what is malformed is written down. */
static void note(const struct thread *t, uint64_t word, Retcode rc)
{
    if (rc == rcInvalidArgument)
        policy_security_malformed(t->process, (uint16_t)word, (uint16_t)(word >> 16));
}

static void captured(struct thread *t, Retcode rc);

/* The rules of its arena stopped for somebody else. */
static void ask_again(struct thread *t)
{
    captured(t, rcOk);
}

/* A question whose arena took several steps to read. */
static void captured(struct thread *t, Retcode rc)
{
    struct transfer *x = &t->transfer;
    uint64_t word = regs_word(&t->regs);
    const struct ksm_method *m = find_method(t->process, word);
    struct kcall call = {.req = x->constant, .arena = x->arena, .arena_size = x->size};
    note(t, word, rc);
    if (rc == rcOk)
        rc = ask(t, word, &m->req, &call, &x->memo);
    if (rc == rcRestart) {
        t->continuation = ask_again;
        (void)sched_should_preempt();
        return;
    }
    leg_drop(t);
    answer(t, word, m, rc);
}

void security_call(struct thread *t, uint32_t op, uint64_t word)
{
    const struct ksm_method *m = find_method(t->process, word);
    uint64_t constant[3 + KN_SHORT_WORDS] = {0, 0, word};
    struct kcall call = {.thread = t, .process = t->process};
    if (!m) {
        regs_set_result(&t->regs, rcInvalidArgument);
        return;
    }
    Retcode rc = kcall_capture(t, op, &m->req, KCALL_JUDGED_AT_ONCE, &call, constant, captured);
    if (rc == rcRestart)
        return;
    note(t, word, rc);
    if (rc == rcOk)
        rc = ask(t, word, &m->req, &call, NULL);
    answer(t, word, m, rc);
}
