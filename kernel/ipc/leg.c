/*
 * ipc/leg.c: moves one message from one thread's buffers to another's: capture, check, verdict, copy.
 *
 * The constant part is read once, into the CPU's capture buffer (or into memory charged to the sender
 * when the arena is so long that the copy is interrupted), and what was captured is what arrives. The
 * arena is copied once, from address space to address space; it is captured only when the check or a
 * rule has to read it.
 *
 * A verdict by rules may change the policy's state, so it falls in the last step, when the handles have
 * been checked and the memory on both sides has been made present: nothing can fail after it. A long
 * arena is on its way by then; so that the receiver sees nothing that is not allowed, the rules are
 * asked for a first time, without a change of state, before its first byte is copied.
 */
#include "core/copy.h"
#include "core/process.h"
#include "core/sched.h"
#include "ipc/caps.h"
#include "ipc/ipc.h"
#include "mm/kmem.h"
#include "mm/usercopy.h"

#include <nk/types.h>
#include <tessera/syscall.h>

#define COPY_STEP    32768u /* arena bytes between two preemption points */
#define CHECK_STEP   128u   /* descriptors looked at between two */
#define LARGE        8192u  /* bytes of a constant part, or of an arena that is captured, from which on each
                             * thing that is done to it is a step of its own */
#define DENIED_ARENA 512u   /* arena bytes of a denied message that are read to be shown */

static void put_header(uint8_t *constant, uint64_t word)
{
    struct nk_message *m = (struct nk_message *)constant;
    uint64_t failed = m->self.handle;
    zero_bytes(&m->self, sizeof m->self);
    if (word >> 56 == NK_MESSAGE_FAILED)
        m->self.handle = (nk_handle_t)failed;
    copy_bytes(constant + 16, &word, 8);
}

/* Of a short message, as it would stand in memory. */
struct short_message {
    uint64_t words[3 + KN_SHORT_WORDS];
};

static struct short_message from_registers(const struct leg *leg)
{
    struct short_message m = {{0, 0, leg->word}};
    for (int i = 0; i < KN_SHORT_WORDS; i++)
        m.words[3 + i] = regs_payload(&leg->from->regs, i);
    return m;
}

static struct policy_message to_judge(const struct leg *leg, const void *constant)
{
    return (struct policy_message){.pair = leg->pair,
                                   .direction = leg->direction,
                                   .from = leg->from->process,
                                   .to = leg->to->process,
                                   .constant = constant};
}

static void malformed(const struct leg *leg)
{
    policy_malformed(leg->pair, leg->direction, leg->from->process, leg->to->process, leg->word);
}

Retcode leg_judge_short(const struct leg *leg)
{
    const struct policy_direction *d = leg->form;
    if (d->verdict == KSM_GRANT && d->is_simple)
        return rcOk;
    struct short_message m = from_registers(leg);
    struct policy_message judged = to_judge(leg, &m);
    if (!d->is_simple && !policy_message_is_sound(d->form, &m, NULL, 0)) {
        malformed(leg);
        return rcInvalidArgument;
    }
    if (d->verdict == KSM_GRANT)
        return rcOk;
    if (d->verdict == KSM_DENY)
        policy_denied(&judged);
    else
        return policy_judge(&judged);
    return rcSecurityDisallow;
}

void leg_copy_payload(const struct leg *leg)
{
    for (int i = 0; i < KN_SHORT_WORDS; i++)
        regs_set_payload(&leg->to->regs, i, regs_payload(&leg->from->regs, i));
}

/* A thread's memory: directly for the one whose address space is loaded, else through the direct map. */
static bool read_from(const struct thread *t, uint64_t va, void *buf, size_t n)
{
    return t == this_cpu()->current ? user_read(buf, va, n) : aspace_read(t->aspace, va, buf, n);
}

static bool write_to(const struct thread *t, uint64_t va, const void *buf, size_t n)
{
    return t == this_cpu()->current ? user_write(va, buf, n) : aspace_write(t->aspace, va, buf, n);
}

/* What a denied long message says is only read for the record, so far as it is there. */
static void read_denied(const struct leg *leg, struct policy_message *m)
{
    struct cpu *cpu = this_cpu();
    struct kn_buf out;
    uint32_t size = leg->form->form->size;
    zero_bytes(cpu->capture, size);
    if (read_from(leg->from, regs_out_buf(&leg->from->regs), &out, sizeof out) &&
        read_from(leg->from, out.head, cpu->capture, size)) {
        uint32_t shown = out.arena_size < DENIED_ARENA ? out.arena_size : DENIED_ARENA;
        if (shown && read_from(leg->from, out.arena, cpu->capture_arena, shown)) {
            m->arena = cpu->capture_arena;
            m->arena_size = shown;
        }
    }
    put_header(cpu->capture, leg->word);
    m->constant = cpu->capture;
}

void leg_denied(const struct leg *leg, struct process *to, bool is_long)
{
    struct short_message m = from_registers(leg);
    struct policy_message judged = {.pair = leg->pair, .direction = leg->direction,
                                    .from = leg->from->process, .to = to, .constant = &m};
    if (is_long)
        read_denied(leg, &judged);
    policy_denied(&judged);
}

/* A copy that goes on later keeps the constant part, which is in the CPU's buffer so far. rcRestart. */
static Retcode keep_constant(struct transfer *x, const uint8_t *constant)
{
    Retcode rc = rcOk;
    if (x->constant)
        return rcRestart;
    x->constant = kmem_alloc_dirty(x->sender->process->account, x->constant_size, &rc);
    if (!x->constant)
        return rc;
    copy_bytes(x->constant, constant, x->constant_size);
    return rcRestart;
}

/* ---- the verdict ---- */

/* What rules see of the message's handles. A container says from now on which rights are sent. */
static Retcode see_handles(const struct transfer *x, const struct caps *caps, uint8_t *constant,
                           struct ksm_subject *handles)
{
    struct account *payer = x->sender->process->account;
    for (uint32_t i = 0; i < caps->n; i++) {
        const struct cap *c = &caps->cap[i];
        handles[i] = (struct ksm_subject){0};
        if (!c->from)
            continue;
        Retcode rc = policy_subject(c->from->object, payer, &handles[i]);
        if (rc != rcOk)
            return rc;
        handles[i].rights = c->rights;
        copy_bytes(constant + x->form->handles[i] + offsetof(nk_handle_desc_t, rights), &c->rights,
                   sizeof c->rights);
    }
    return rcOk;
}

/* is_final: the verdict counts and the message is delivered at once. */
static Retcode judge(struct transfer *x, const struct thread *to, uint8_t *constant,
                     const struct caps *caps, bool is_final)
{
    struct ksm_subject handles[CAPS_MAX];
    struct policy_message m = {.pair = x->pair, .direction = x->direction,
                               .from = x->sender->process, .to = to->process,
                               .constant = constant, .arena = x->arena, .arena_size = x->size,
                               .is_stoppable = true, .memo = x->memo};
    if (caps->n) {
        Retcode rc = see_handles(x, caps, constant, handles);
        if (rc != rcOk)
            return rc;
        m.handles = handles;
    }
    Retcode rc = is_final ? policy_judge(&m) : policy_try(&m);
    return rc == rcRestart ? policy_memo(x->sender->process->account, &x->memo) : rc;
}

static Retcode check_caps(struct transfer *x, const struct thread *to, const uint8_t *constant,
                          struct caps *caps)
{
    struct thread *driver = container_of(x, struct thread, transfer);
    caps->n = 0;
    if (!x->form)
        return rcOk;
    Retcode rc = caps_check(caps, &driver->walk, x->caps_budget, x->form, constant,
                            x->sender->process, to->process);
    if (rc == rcRestart && x->caps_budget < UINT32_MAX / 2)
        x->caps_budget *= 2; /* a search that another handle's search displaced must end, too */
    return rc;
}

/* Makes memory of one side present; rcRestart: it takes longer. */
static Retcode touch(struct transfer *x, struct aspace *as, uint64_t va, uint32_t n, uint32_t access)
{
    Retcode rc = aspace_touch(as, va, n, access, &x->fresh);
    if (rc == rcOk || rc == rcRestart)
        return rc;
    return access == ACCESS_READ ? rcSourceFault : rcTargetFault;
}

/* Makes present what is still to be copied, so that the copy cannot fail. */
static Retcode make_present(struct transfer *x, struct thread *to, bool *is_target)
{
    uint32_t left = x->size - x->done;
    Retcode rc = rcOk;
    if (!x->arena && left)
        rc = touch(x, x->sender->aspace, x->from + x->done, left, ACCESS_READ);
    if (rc == rcOk && left)
        rc = touch(x, to->aspace, x->to + x->done, left, ACCESS_WRITE);
    if (rc == rcOk)
        rc = touch(x, to->aspace, x->head_to, x->constant_size, ACCESS_WRITE);
    *is_target = rc == rcTargetFault;
    return rc;
}

/* ---- the copy ---- */

/* rcRestart: pages had to get their frames, so that less than `step` was done. */
static Retcode copy_step(struct transfer *x, struct thread *to, uint32_t step, bool *is_target)
{
    size_t done = 0;
    Retcode rc;
    if (x->arena) {
        rc = touch(x, to->aspace, x->to + x->done, step, ACCESS_WRITE);
        if (rc == rcOk && !aspace_write(to->aspace, x->to + x->done, x->arena + x->done, step))
            rc = rcTargetFault;
        done = rc == rcOk ? step : 0;
    } else {
        rc = aspace_copy(to->aspace, x->to + x->done, x->sender->aspace, x->from + x->done, step,
                         &done, &x->fresh);
    }
    if (rc == rcOk || rc == rcRestart)
        x->done += (uint32_t)done;
    *is_target = rc == rcTargetFault;
    return rc;
}

/* Between two steps. The first step ends before interrupts may come: only when the two threads are tied
 * together (transfer.peer) can one be cancelled safely, and after every window the other may be gone. */
static bool may_go_on(struct transfer *x)
{
    x->fresh = FRESH_STEP;
    return x->peer && !sched_should_preempt() && x->peer;
}

static Retcode write_rest(struct transfer *x, struct thread *to, uint8_t *constant,
                          const struct caps *caps, bool *is_target)
{
    if (x->done < x->size) {
        Retcode rc = copy_step(x, to, x->size - x->done, is_target);
        if (rc != rcOk)
            return rc;
    }
    if (x->form)
        caps_write(caps, x->form, constant, to->process);
    if (write_to(to, x->head_to, constant, x->constant_size))
        return rcOk;
    *is_target = true;
    return rcTargetFault;
}

/* The last step: what is left of the arena, handles and constant part arrive together or not at all. */
static Retcode deliver(struct transfer *x, struct thread *to, uint8_t *constant, bool *is_target)
{
    struct caps caps;
    Retcode rc = check_caps(x, to, constant, &caps);
    if (rc == rcOk && (x->is_ruled || x->constant_size > LARGE))
        rc = make_present(x, to, is_target);
    if (rc == rcOk && x->is_ruled)
        rc = judge(x, to, constant, &caps, true);
    if (rc != rcOk)
        return rc;
    if (x->is_ruled)
        x->fresh = FRESH_STEP; /* all is there: none of it is used, and the copy is not put off */
    rc = write_rest(x, to, constant, &caps, is_target);
    if (rc != rcOk) {
        if (x->is_ruled)
            policy_undo();
        return rc;
    }
    /* commit */
    caps_commit(&caps, to->process);
    regs_set_payload(&to->regs, 0, x->size);
    return rcOk;
}

/* The constant part is read at once. */
static Retcode capture_head(struct transfer *x, uint8_t *constant)
{
    Retcode rc = rcOk;
    if (x->constant_size > LARGE)
        rc = touch(x, x->sender->aspace, x->head_from, x->constant_size, ACCESS_READ);
    if (rc == rcOk && !read_from(x->sender, x->head_from, constant, x->constant_size))
        rc = rcSourceFault;
    if (rc != rcOk)
        return rc;
    put_header(constant, x->word);
    x->has_head = true;
    return rcOk;
}

/* What the check or a rule reads is kept until the copy is over: what was judged is what arrives. */
static Retcode capture_step(struct transfer *x)
{
    uint32_t left = x->size - x->captured, step = left < COPY_STEP ? left : COPY_STEP;
    Retcode rc = touch(x, x->sender->aspace, x->from + x->captured, step, ACCESS_READ);
    if (rc != rcOk)
        return rc;
    if (!read_from(x->sender, x->from + x->captured, x->arena + x->captured, step))
        return rcSourceFault;
    x->captured += step;
    return rcOk;
}

/* Keeps the state of a check that takes longer. */
static Retcode check_pause(struct transfer *x, const struct check_walk *w)
{
    Retcode rc = rcOk;
    if (!x->check)
        x->check = kmem_alloc_dirty(x->sender->process->account, sizeof *w, &rc);
    if (x->check)
        copy_bytes(x->check, w, sizeof *w);
    return rc == rcOk ? rcRestart : rc;
}

/* One step of the check; rcRestart: there is more. */
static Retcode check(struct transfer *x, const struct thread *to, const uint8_t *constant)
{
    struct check_walk w;
    uint64_t word;
    if (x->check)
        copy_bytes(&w, x->check, sizeof w);
    else
        check_start(&w, x->message_form);
    enum check_result r = check_step(&w, constant, x->arena, x->size, CHECK_STEP);
    if (r == CHECK_GOES_ON)
        return check_pause(x, &w);
    x->is_checked = true;
    if (r == CHECK_SOUND)
        return rcOk;
    copy_bytes(&word, constant + 16, sizeof word);
    policy_malformed(x->pair, x->direction, x->sender->process, to->process, word);
    return rcInvalidArgument;
}

/* May the receiver see the arena before all of it has arrived? */
static Retcode try_rules(struct transfer *x, struct thread *to, uint8_t *constant)
{
    struct caps caps;
    Retcode rc = check_caps(x, to, constant, &caps);
    if (rc == rcOk)
        rc = judge(x, to, constant, &caps, false);
    x->is_tried = rc == rcOk;
    return rc;
}

/* Everything that is read is in the kernel. */
static Retcode capture(struct transfer *x, uint8_t *constant)
{
    Retcode rc = rcOk;
    while (!x->has_head) {
        rc = capture_head(x, constant);
        if (rc != rcOk && rc != rcRestart)
            return rc;
        if (x->constant_size > LARGE && !may_go_on(x))
            return rcRestart;
    }
    while (x->arena && x->captured < x->size) {
        rc = capture_step(x);
        if (rc != rcOk && rc != rcRestart)
            return rc;
        if ((rc == rcRestart || x->captured > LARGE) && !may_go_on(x))
            return rcRestart;
    }
    return rcOk;
}

/* Goes on with a message from where it stopped. */
static Retcode go_on(struct transfer *x, struct thread *to, uint8_t *constant, bool *is_target)
{
    Retcode rc = capture(x, constant);
    if (rc != rcOk)
        return rc;
    while (!x->is_checked) {
        rc = check(x, to, constant);
        if (rc != rcOk && (rc != rcRestart || !may_go_on(x)))
            return rc;
    }
    if (rc == rcOk && x->is_ruled && x->size > COPY_STEP && !x->is_tried)
        rc = try_rules(x, to, constant);
    while (rc == rcOk && x->size - x->done > COPY_STEP) {
        rc = copy_step(x, to, COPY_STEP, is_target);
        if (rc != rcOk && rc != rcRestart)
            return rc;
        if (!may_go_on(x))
            return rcRestart;
        rc = rcOk;
    }
    return rc == rcOk ? deliver(x, to, constant, is_target) : rc;
}

/* ---- beginning and end ---- */

/* The receiver's capacities. */
static Retcode read_target(const struct leg *leg, uint32_t size, const struct kn_buf *out,
                           struct kn_buf *in, bool *is_target)
{
    uint64_t at = regs_in_buf(&leg->to->regs);
    *in = (struct kn_buf){0};
    if (at && !read_from(leg->to, at, in, sizeof *in)) {
        *is_target = true;
        return rcTargetFault;
    }
    if (in->head_size < size || in->arena_size < out->arena_size)
        return rcTargetFault;
    return rcOk;
}

/* Memory charged to the sender: for a long message's constant part, and for an arena that is read. */
static Retcode allocate(struct transfer *x, const struct leg *leg, uint32_t size)
{
    struct account *account = leg->from->process->account;
    const struct policy_direction *d = leg->form;
    Retcode rc = rcOk;
    x->constant = x->arena = NULL;
    x->check = NULL;
    x->memo = NULL;
    x->constant_size = size;
    if (x->size > COPY_STEP || size > LARGE) {
        x->constant = kmem_alloc_dirty(account, size, &rc);
        if (!x->constant)
            return rc;
    }
    if (x->size && (d->verdict == KSM_RULE_ARENA || d->is_arena_checked))
        x->arena = kmem_alloc_dirty(account, x->size, &rc);
    return rc;
}

static void describe(struct transfer *x, const struct leg *leg, const struct kn_buf *out,
                     const struct kn_buf *in)
{
    const struct policy_direction *d = leg->form;
    x->sender = leg->from;
    x->word = leg->word;
    x->fresh = FRESH_STEP;
    x->has_head = false;
    x->head_from = out->head;
    x->pair = leg->pair;
    x->direction = leg->direction;
    x->message_form = d->form;
    x->form = d->form->nhandles ? d->form : NULL;
    x->head_to = in->head;
    x->from = out->arena;
    x->to = in->arena;
    x->size = out->arena_size;
    x->done = x->captured = 0;
    x->caps_budget = CAPS_STEP;
    x->is_ruled = d->verdict != KSM_GRANT;
    x->is_checked = x->is_tried = false;
}

Retcode leg_begin(struct leg *leg, struct thread *driver, bool *is_target)
{
    struct transfer *x = &driver->transfer;
    uint32_t size = (uint16_t)(leg->word >> 32);
    struct kn_buf out, in;
    uint8_t *constant = this_cpu()->capture;

    if (leg->form->verdict == KSM_DENY) {
        leg_denied(leg, leg->to->process, true);
        return rcSecurityDisallow;
    }
    if (!read_from(leg->from, regs_out_buf(&leg->from->regs), &out, sizeof out))
        return rcSourceFault;
    if (leg->direction == DIRECTION_FAILED)
        out.arena_size = 0; /* such a message has no parameters */
    if (out.arena_size > KN_ARENA_MAX)
        return rcBufferTooLarge;
    Retcode rc = read_target(leg, size, &out, &in, is_target);
    if (rc != rcOk)
        return rc;
    describe(x, leg, &out, &in);
    rc = allocate(x, leg, size);
    if (rc == rcOk && x->constant)
        constant = x->constant;
    if (rc == rcOk)
        rc = go_on(x, leg->to, constant, is_target);
    if (rc == rcRestart)
        rc = keep_constant(x, constant);
    if (rc != rcRestart)
        leg_drop(driver);
    return rc;
}

Retcode leg_continue(struct thread *driver, bool *is_target)
{
    struct transfer *x = &driver->transfer;
    struct thread *to = x->sender == driver ? x->peer : driver;
    x->fresh = FRESH_STEP;
    Retcode rc = go_on(x, to, x->constant, is_target);
    if (rc != rcRestart)
        leg_drop(driver);
    return rc;
}

void leg_drop(struct thread *driver)
{
    struct transfer *x = &driver->transfer;
    tree_walk_drop(&driver->walk);
    if (x->constant)
        kmem_free(x->sender->process->account, x->constant, x->constant_size);
    if (x->arena)
        kmem_free(x->sender->process->account, x->arena, x->size);
    if (x->check)
        kmem_free(x->sender->process->account, x->check, sizeof *x->check);
    if (x->memo)
        policy_memo_free(x->sender->process->account, &x->memo);
    x->constant = x->arena = NULL;
    x->check = NULL;
}
