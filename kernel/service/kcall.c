/*
 * service/kcall.c: Call on the channel to the kernel: capture, check, verdict, dispatch, answer.
 *
 * Handles in the kernel's interfaces travel as they are: looked up here, not transferred. Rules see the
 * resources they name. Handles that a method made are closed again if the policy denies the response or
 * the caller has no room for it.
 */
#include "service/kcall.h"

#include "core/copy.h"
#include "core/process.h"
#include "core/sched.h"
#include "core/shortage.h"
#include "ipc/channel.h"
#include "ipc/ipc.h"
#include "mm/kmem.h"
#include "mm/usercopy.h"

#include <arch/entry.h>
#include <tessera/start.h>
#include <tessera/syscall.h>

#include <core_dispatch.h>

const uint64_t kernel_abi_hash = KERNEL_ABI_HASH;

#define SETTLE_STEP 48
#define CAPTURE_STEP 4096u /* bytes of a long arena between two preemption points */
#define CHECK_STEP 128u /* descriptors looked at between two */
#define KCALL_LONG_MAX (KN_BLOCK_MAX + 64u) /* bytes of an arena */
#define RESPONSE_MAX 128 /* bytes of a kernel method's response */

Retcode kcall_string(const struct kcall *call, nk_ptr_t p, char *buf, uint32_t size)
{
    if (p.size == 0 || p.size > size || call->arena[p.offset + p.size - 1] != 0)
        return rcInvalidArgument;
    copy_bytes(buf, call->arena + p.offset, p.size);
    return buf[0] ? rcOk : rcInvalidArgument;
}

Retcode kcall_store(struct kcall *call, nk_ptr_t *p, const void *data, uint32_t size)
{
    uint32_t at = (call->out_used + 7u) & ~7u;
    if (at > call->out_capacity || size > call->out_capacity - at)
        return rcBufferTooSmall;
    copy_bytes(call->out_arena + at, data, size);
    p->offset = at;
    p->size = size;
    call->out_used = at + size;
    return rcOk;
}

/* ---- handles in the kernel's messages ---- */

static Retcode see_handle(struct thread *t, handle_t h, struct ksm_subject *out)
{
    const struct handle_entry *e = handle_lookup(&t->process->handles, h);
    *out = (struct ksm_subject){0};
    if (!e)
        return rcOk;
    Retcode rc = policy_subject(e->object, t->process->account, out);
    if (rc == rcOk)
        out->rights = e->rights;
    return rc;
}

Retcode kcall_see_handles(struct thread *t, const struct ksm_form *f, const void *message,
                          struct ksm_subject *handles)
{
    uint32_t n = 0;
    Retcode rc = rcOk;
    if (f->nhandles + f->nwords > KCALL_HANDLES_MAX)
        return rcInternalError;
    for (unsigned i = 0; rc == rcOk && i < f->nhandles + f->nwords; i++) {
        handle_t h;
        uint16_t at = i < f->nhandles ? f->handles[i] : f->words[i - f->nhandles];
        copy_bytes(&h, (const char *)message + at, sizeof h);
        rc = see_handle(t, h, &handles[n++]);
    }
    return rc;
}

/* ---- verdicts ---- */

/* The verdict on a message between t and the kernel. rcRestart, where there is a memo: ask again. */
static Retcode judge(struct thread *t, const struct policy_direction *d, int direction,
                     const void *message, const void *arena, uint32_t arena_size, void **memo)
{
    struct ksm_subject handles[KCALL_HANDLES_MAX];
    bool is_request = direction == DIRECTION_REQUEST;
    struct policy_message m = {.pair = t->process->core_pair,
                               .direction = direction,
                               .from = is_request ? t->process : NULL,
                               .to = is_request ? NULL : t->process,
                               .constant = message,
                               .arena = arena,
                               .arena_size = arena_size,
                               .is_stoppable = memo,
                               .memo = memo ? *memo : NULL};
    if (d->verdict == KSM_GRANT)
        return rcOk;
    if (d->verdict == KSM_DENY) {
        policy_denied(&m);
        return rcSecurityDisallow;
    }
    if (d->form->nhandles || d->form->nwords) {
        Retcode rc = kcall_see_handles(t, d->form, message, handles);
        if (rc != rcOk)
            return rc;
        m.handles = handles;
    }
    Retcode rc = policy_judge(&m);
    return rc == rcRestart ? policy_memo(t->process->account, memo) : rc;
}

static void malformed(struct thread *t, uint64_t word)
{
    policy_malformed(t->process->core_pair, DIRECTION_REQUEST, t->process, NULL, word);
}

/* ---- answers ---- */

static void answer_short(struct thread *t, uint64_t word, const uint64_t *payload)
{
    struct user_regs *r = &t->regs;
    regs_set_result(r, rcOk);
    regs_set_flags(r, 0);
    regs_set_word(r, word);
    for (unsigned i = 0; i < KN_SHORT_WORDS; i++)
        regs_set_payload(r, i, payload[i]);
}

void kcall_answer_short(struct thread *t, uint64_t word)
{
    static const uint64_t nothing[KN_SHORT_WORDS];
    answer_short(t, word, nothing);
}

/* A method that had to wait makes handles in its caller's table alone, and its response names them all. */
static void close_words(struct thread *t, const struct ksm_form *f, const void *message)
{
    for (unsigned i = 0; i < f->nwords; i++) {
        handle_t h;
        copy_bytes(&h, (const char *)message + f->words[i], sizeof h);
        if (h)
            (void)handle_close(&t->process->handles, h);
    }
}

void kcall_finish(struct thread *t, const void *payload, uint32_t size)
{
    uint64_t res[3 + KN_SHORT_WORDS] = {0};
    const struct policy_method *m = policy_method(t->process->core_pair, t->kcall_word);
    const struct policy_direction *d = &m->direction[DIRECTION_RESPONSE];
    t->is_in_method = false;
    copy_bytes(res + 3, payload, size);
    res[2] = d->word;
    if (t->transfer.arena) /* of a long call that had to wait */
        leg_drop(t);
    Retcode rc = d->verdict == KSM_GRANT ? rcOk
                                          : judge(t, d, DIRECTION_RESPONSE, res, NULL, 0, NULL);
    if (rc == rcOk) {
        answer_short(t, d->word, res + 3);
        return;
    }
    close_words(t, d->form, res);
    regs_set_result(&t->regs, rc);
}

/* Where a long answer goes, before the method changes anything: rcTargetFault if its constant part,
 * of `size` bytes, cannot be written there. */
static Retcode find_room(struct thread *t, uint32_t size, struct kn_buf *in)
{
    uint64_t at = regs_in_buf(&t->regs);
    if (!at || !user_read(in, at, sizeof *in) || in->head_size < size ||
        !aspace_probe(t->aspace, in->head, size, ACCESS_WRITE))
        return rcTargetFault;
    return rcOk;
}

/* The same for the arena, whose size is known now. Methods that answer with one change nothing. */
static Retcode find_arena_room(struct thread *t, const struct kcall *call, const struct kn_buf *in)
{
    if (in->arena_size < call->out_used ||
        (call->out_used && !aspace_probe(t->aspace, in->arena, call->out_used, ACCESS_WRITE)))
        return rcTargetFault;
    return rcOk;
}

static void answer_long(struct thread *t, const struct kcall *call, const struct policy_direction *d,
                        const struct kn_buf *in)
{
    if (!user_write(in->arena, call->out_arena, call->out_used) ||
        !user_write(in->head, call->res, d->form->size)) {
        policy_undo();
        regs_set_result(&t->regs, rcTargetFault);
        return;
    }
    regs_set_result(&t->regs, rcOk);
    regs_set_flags(&t->regs, KN_LONG);
    regs_set_word(&t->regs, d->word);
    regs_set_payload(&t->regs, 0, call->out_used);
}

/* ---- the call ---- */

/* ---- capture ---- */

/* Of a long arena, one step: rcRestart, or what came of it. */
static Retcode capture_step(struct transfer *x)
{
    struct check_walk w;
    uint32_t left = x->size - x->captured, step = left < CAPTURE_STEP ? left : CAPTURE_STEP;
    Retcode rc = rcOk;
    if (left > 0) {
        if (!user_read(x->arena + x->captured, x->from + x->captured, step))
            return rcSourceFault;
        x->captured += step;
        return rcRestart;
    }
    if (x->check)
        copy_bytes(&w, x->check, sizeof w);
    else
        check_start(&w, x->message_form);
    enum check_result r = check_step(&w, x->constant, x->arena, x->size, CHECK_STEP);
    if (r != CHECK_GOES_ON)
        return r == CHECK_SOUND ? rcOk : rcInvalidArgument;
    if (!x->check)
        x->check = kmem_alloc_dirty(x->sender->process->account, sizeof w, &rc);
    if (x->check)
        copy_bytes(x->check, &w, sizeof w);
    return x->check ? rcRestart : rc;
}

static void capture_on(struct thread *t)
{
    Retcode rc = capture_step(&t->transfer);
    if (rc != rcRestart) {
        t->transfer.captured_then(t, rc);
        return;
    }
    t->continuation = capture_on;
    (void)sched_should_preempt();
}

/* Takes a long arena in steps, into memory charged to the caller, which leg_drop gives back. */
static Retcode capture_long(struct thread *t, const struct ksm_form *form, const uint64_t *header,
                            const struct kn_buf *out, void (*then)(struct thread *, Retcode))
{
    struct transfer *x = &t->transfer;
    struct account *account = t->process->account;
    Retcode rc = rcOk;
    x->sender = t;
    x->check = NULL;
    x->memo = NULL;
    x->arena = NULL;
    x->message_form = form;
    x->captured_then = then;
    x->constant_size = form->size;
    x->from = out->arena;
    x->size = out->arena_size;
    x->captured = 0;
    x->constant = kmem_alloc(account, x->constant_size, &rc);
    if (x->constant)
        x->arena = kmem_alloc_dirty(account, x->size, &rc);
    if (rc == rcOk && !user_read(x->constant, out->head, x->constant_size))
        rc = rcSourceFault;
    if (rc != rcOk) {
        leg_drop(t);
        return rc;
    }
    copy_bytes(x->constant, header, KN_HEADER_BYTES);
    t->continuation = capture_on;
    return rcRestart;
}

static Retcode capture_short(struct thread *t, const struct ksm_form *form, struct kcall *call,
                             uint64_t *constant)
{
    if (form->nhandles || form->size > KN_HEADER_BYTES + KN_SHORT_BYTES)
        return rcInvalidArgument;
    for (unsigned i = 0; i < KN_SHORT_WORDS; i++)
        constant[3 + i] = regs_payload(&t->regs, i);
    call->req = constant;
    return policy_message_is_sound(form, constant, NULL, 0) ? rcOk : rcInvalidArgument;
}

Retcode kcall_capture(struct thread *t, uint32_t op, const struct ksm_form *form, uint32_t at_once,
                      struct kcall *call, uint64_t *constant, void (*then)(struct thread *, Retcode))
{
    struct cpu *cpu = this_cpu();
    struct check_walk w;
    struct kn_buf out;
    if (!(op & KN_LONG))
        return capture_short(t, form, call, constant);
    if (!user_read(&out, regs_out_buf(&t->regs), sizeof out))
        return rcSourceFault;
    if (out.arena_size > KCALL_LONG_MAX)
        return rcBufferTooLarge;
    if (out.arena_size > at_once)
        return capture_long(t, form, constant, &out, then);
    if (!user_read(cpu->capture, out.head, form->size) ||
        !user_read(cpu->capture_arena, out.arena, out.arena_size))
        return rcSourceFault;
    copy_bytes(cpu->capture, constant, KN_HEADER_BYTES);
    check_start(&w, form);
    enum check_result r =
        check_step(&w, cpu->capture, cpu->capture_arena, out.arena_size, CHECK_STEP);
    if (r == CHECK_GOES_ON)
        return capture_long(t, form, constant, &out, then);
    if (r == CHECK_UNSOUND)
        return rcInvalidArgument;
    call->req = cpu->capture;
    call->arena = cpu->capture_arena;
    call->arena_size = out.arena_size;
    return rcOk;
}

/* ---- methods ---- */

/* The method is done and answered; what it put off comes before the caller runs again. */
static void settle_on(struct thread *t)
{
    t->is_in_method = !objects_settle(&t->settle_upto, SETTLE_STEP);
    if (!t->is_in_method)
        return;
    t->continuation = settle_on;
    (void)sched_should_preempt();
}

/* KCALL_PENDING, or the method's code; then *is_settled tells whether nothing was put off. */
static inline Retcode run_method(struct thread *t, struct kcall *call, uint64_t word, bool *is_settled)
{
    uint64_t unfinished = objects_unfinished();
    t->kcall_word = word;
    Retcode rc = kernel_endpoints[(uint16_t)word].methods[(uint16_t)(word >> 16)].call(call);
    if (rc == KCALL_PENDING) {
        t->is_in_method = t->continuation;
        return rc;
    }
    if (t->is_dead || t->continuation)
        return KCALL_PENDING; /* the method ended its caller */
    if (rc != rcOk)
        shortage_tell(t, rc);
    *is_settled = objects_unfinished() == unfinished;
    if (!*is_settled) {
        t->is_in_method = true;
        t->continuation = settle_on;
    }
    return rc;
}

/* KCALL_PENDING, or anything else: the call was answered. */
static Retcode dispatch(struct thread *t, struct kcall *call, const struct policy_method *m,
                        uint64_t word)
{
    uint64_t res[RESPONSE_MAX / 8] = {0};
    const struct policy_direction *d = &m->direction[DIRECTION_RESPONSE];
    bool is_short = d->form->flags & KSM_FORM_SHORT;
    struct handle_journal journal;
    bool is_settled;
    struct kn_buf in;
    call->res = res;
    Retcode rc = is_short ? rcOk : find_room(t, d->form->size, &in);
    if (rc != rcOk) {
        regs_set_result(&t->regs, rc);
        return rc;
    }
    handle_journal_set(&journal);
    rc = run_method(t, call, word, &is_settled);
    handle_journal_set(NULL);
    if (rc == KCALL_PENDING)
        return KCALL_PENDING;
    res[2] = d->word;
    rc = is_short ? rcOk : find_arena_room(t, call, &in);
    if (rc == rcOk)
        rc = judge(t, d, DIRECTION_RESPONSE, res, call->out_arena, call->out_used, NULL);
    if (rc != rcOk) {
        handle_journal_undo(&journal);
        regs_set_result(&t->regs, rc);
    } else if (is_short) {
        answer_short(t, d->word, res + 3);
    } else {
        answer_long(t, call, d, &in);
    }
    return rcOk;
}

static void call_judged_again(struct thread *t);

/* A call whose arena took several steps to read. What was captured lives as long as the call. */
static void call_captured(struct thread *t, Retcode rc)
{
    struct transfer *x = &t->transfer;
    struct cpu *cpu = this_cpu();
    uint64_t word = regs_word(&t->regs);
    const struct policy_method *m = policy_method(t->process->core_pair, word);
    struct kcall call = {.thread = t, .process = t->process, .req = x->constant,
                         .arena = x->arena, .arena_size = x->size,
                         .out_arena = cpu->reply_arena, .out_capacity = sizeof cpu->reply_arena};
    if (rc == rcInvalidArgument)
        malformed(t, word);
    if (rc == rcOk)
        rc = judge(t, &m->direction[DIRECTION_REQUEST], DIRECTION_REQUEST, call.req, call.arena,
                   call.arena_size, &x->memo);
    if (rc == rcRestart) {
        t->continuation = call_judged_again;
        (void)sched_should_preempt();
        return;
    }
    if (rc != rcOk)
        regs_set_result(&t->regs, rc);
    else if (dispatch(t, &call, m, word) == KCALL_PENDING)
        return;
    leg_drop(t);
}

/* The rules of its arena stopped for somebody else. */
static void call_judged_again(struct thread *t)
{
    call_captured(t, rcOk);
}

/* The common case: both directions fit the registers and are granted whatever they say. req: room for a
 * header, and the payload; such methods have no arena, nor look at the header. Returns as run_method. */
static inline Retcode call_short(struct thread *t, const struct policy_method *m, uint64_t word,
                                 const uint64_t *req, uint64_t *res, bool *is_settled)
{
    struct kcall call;
    call.thread = t;
    call.process = t->process;
    call.req = req;
    call.res = res;
    res[2] = m->direction[DIRECTION_RESPONSE].word;
    for (unsigned i = 0; i < KN_SHORT_WORDS; i++)
        res[3 + i] = 0;
    return run_method(t, &call, word, is_settled);
}

const uint64_t *core_call_held(uint64_t handle, uint64_t word, uint64_t unused, struct thread *t,
                               uint64_t in, const uint64_t *message)
{
    lock_assert_held();
    (void)unused;
    struct cpu *cpu = this_cpu();
    uint64_t *res = cpu->response;
    bool is_settled;
    const struct policy_held_slot *s = policy_held(t->process->core_pair->held, word);
    if (s->word != word)
        __attribute__((musttail)) return arch_core_call_refused(handle, word, 0, t, in, NULL);
    if (call_short(t, s->method, word, message, res, &is_settled) != KCALL_PENDING) {
        if (is_settled && !cpu->must_reschedule && cpu->current == t)
            return res + 2;
        answer_short(t, res[2], res + 3);
    }
    sched_leave();
    return NULL;
}

/* The same with the payload in the saved registers. */
static void call_short_saved(struct thread *t, const struct policy_method *m, uint64_t word)
{
    uint64_t req[3 + KN_SHORT_WORDS], *res = this_cpu()->response;
    bool is_settled;
    for (unsigned i = 0; i < KN_SHORT_WORDS; i++)
        req[3 + i] = regs_payload(&t->regs, i);
    if (call_short(t, m, word, req, res, &is_settled) != KCALL_PENDING)
        answer_short(t, res[2], res + 3);
}

void kernel_call(struct thread *t, uint32_t op, uint64_t word)
{
    const struct policy_method *m = policy_method_known(t->process->core_pair, word);
    if (op == KN_CALL && m && m->direction[DIRECTION_REQUEST].fast_word == word &&
        m->direction[DIRECTION_RESPONSE].fast_word != NO_WORD) {
        call_short_saved(t, m, word);
        return;
    }
    m = policy_method(t->process->core_pair, word);
    struct cpu *cpu = this_cpu();
    uint64_t constant[3 + KN_SHORT_WORDS] = {0, 0, word};
    struct kcall call = {.thread = t, .process = t->process, .out_arena = cpu->reply_arena,
                         .out_capacity = sizeof cpu->reply_arena};
    if (!m || m->direction[DIRECTION_REQUEST].word != word) {
        malformed(t, word);
        regs_set_result(&t->regs, rcInvalidArgument);
        return;
    }
    const struct policy_direction *d = &m->direction[DIRECTION_REQUEST];
    uint32_t at_once = d->verdict == KSM_RULE_ARENA ? KCALL_JUDGED_AT_ONCE : sizeof cpu->capture_arena;
    Retcode rc = kcall_capture(t, op, d->form, at_once, &call, constant, call_captured);
    if (rc == rcRestart)
        return;
    if (rc == rcInvalidArgument)
        malformed(t, word);
    if (rc == rcOk)
        rc = judge(t, d, DIRECTION_REQUEST, call.req, call.arena, call.arena_size, NULL);
    if (rc != rcOk) {
        regs_set_result(&t->regs, rc);
        return;
    }
    (void)dispatch(t, &call, m, word);
}
