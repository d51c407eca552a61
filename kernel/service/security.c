/*
 * service/security.c: Call on a handle of the security module: a program asks, through one of the
 * security interfaces of its class, whether something may be done, and is answered yes or no.
 *
 * The decision is the caller's to enforce. Handles in the question are looked up, not transferred.
 */
#include "core/process.h"
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

static Retcode ask(struct thread *t, uint32_t op, uint64_t word, const struct ksm_form *form)
{
    uint64_t constant[3 + KN_SHORT_WORDS] = {0, 0, word};
    struct ksm_subject handles[KCALL_HANDLES_MAX];
    struct kcall call = {.thread = t, .process = t->process};
    Retcode rc = kcall_capture(t, op, form, &call, constant);
    if (rc == rcOk)
        rc = kcall_see_handles(t, form, call.req, handles);
    if (rc != rcOk)
        return rc;
    struct policy_message m = {.from = t->process, .constant = call.req, .arena = call.arena,
                               .arena_size = call.arena_size, .handles = handles};
    return policy_security(t->process, (uint16_t)word, (uint16_t)(word >> 16), &m)
               ? rcOk
               : rcSecurityDisallow;
}

void security_call(struct thread *t, uint32_t op, uint64_t word)
{
    const struct ksm_method *m = find_method(t->process, word);
    Retcode rc = m ? ask(t, op, word, &m->req) : rcInvalidArgument;
    if (rc != rcOk) {
        regs_set_result(&t->regs, rc);
        return;
    }
    static const struct ksm_form empty = {.size = sizeof(struct nk_message)};
    const struct ksm_form *res = m->res.flags & KSM_FORM_SHORT ? &m->res : &empty;
    kcall_answer_short(t, policy_word((uint16_t)word, (uint16_t)(word >> 16), res,
                                      NK_MESSAGE_RESPONSE));
}
