/*
 * ipc/leg.c: moves one message from one thread's buffers to another's: capture, check, verdict, copy.
 *
 * The constant part is read once, into the CPU's capture buffer (or into memory charged to the sender
 * when the arena is so long that the copy is interrupted), and what was captured is what arrives. The
 * arena is copied once, from address space to address space; it is captured only when the check or a
 * rule has to read it.
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

#define COPY_STEP 32768u /* arena bytes between two preemption points */

static void put_header(uint8_t *constant, const struct leg *leg)
{
    struct nk_message *m = (struct nk_message *)constant;
    uint64_t failed = m->self.handle;
    zero_bytes(&m->self, sizeof m->self);
    if (leg->word >> 56 == NK_MESSAGE_FAILED)
        m->self.handle = (nk_handle_t)failed;
    copy_bytes(constant + 16, &leg->word, 8);
}

Retcode leg_judge_short(const struct leg *leg)
{
    const struct policy_direction *d = leg->form;
    if (d->verdict == KSM_GRANT && d->is_simple)
        return rcOk;
    if (d->verdict == KSM_DENY)
        return rcSecurityDisallow;
    uint64_t message[3 + KN_SHORT_WORDS] = {0, 0, leg->word};
    for (int i = 0; i < KN_SHORT_WORDS; i++)
        message[3 + i] = regs_payload(&leg->from->regs, i);
    if (!d->is_simple && !policy_message_is_sound(d->form, message, NULL, 0))
        return rcInvalidArgument;
    if (d->verdict == KSM_GRANT)
        return rcOk;
    return policy_judge(leg->pair, leg->direction, leg->from->process->object.sid,
                        leg->to->process->object.sid, message, NULL, 0)
               ? rcOk
               : rcSecurityDisallow;
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

/* The search for the handles' ancestors takes longer: keeps the constant part until it goes on. */
static Retcode pause_before_handles(struct transfer *x, const uint8_t *constant)
{
    Retcode rc = rcOk;
    if (x->caps_budget < UINT32_MAX / 2)
        x->caps_budget *= 2; /* a search that another handle's search displaced must end, too */
    if (!x->constant) {
        x->constant = kmem_alloc(x->sender->process->account, x->constant_size, &rc);
        if (!x->constant)
            return rc;
        copy_bytes(x->constant, constant, x->constant_size);
    }
    (void)sched_should_preempt();
    return rcRestart;
}

/* The last step: handles and the constant part arrive together or not at all. */
static Retcode write_constant(struct transfer *x, struct thread *to, uint8_t *constant,
                              bool *is_target)
{
    struct process *receiver = to->process;
    struct caps caps;
    caps.n = 0;
    if (x->form) {
        struct thread *driver = container_of(x, struct thread, transfer);
        Retcode rc = caps_check(&caps, &driver->walk, x->caps_budget, x->form, constant,
                                x->sender->process, receiver);
        if (rc == rcRestart)
            rc = pause_before_handles(x, constant);
        if (rc != rcOk)
            return rc;
        caps_write(&caps, x->form, constant, receiver);
    }
    if (!write_to(to, x->head_to, constant, x->constant_size)) {
        *is_target = true;
        return rcTargetFault;
    }
    /* commit */
    caps_commit(&caps, receiver);
    regs_set_payload(&to->regs, 0, x->size);
    return rcOk;
}

static Retcode copy_step(struct transfer *x, struct thread *to)
{
    size_t step = x->size - x->done < COPY_STEP ? x->size - x->done : COPY_STEP, done = 0;
    if (x->arena) {
        if (!aspace_write(to->aspace, x->to + x->done, x->arena + x->done, step))
            return rcTargetFault;
    } else {
        Retcode rc = aspace_copy(to->aspace, x->to + x->done, x->sender->aspace,
                                 x->from + x->done, step, &done);
        if (rc != rcOk)
            return rc;
    }
    x->done += (uint32_t)step;
    return rcOk;
}

/* Copies what is left of the arena and then the constant part. The first step ends before interrupts
 * may come: only when the two threads are tied together (transfer.peer) can one be cancelled safely,
 * and after every window the other may be gone. */
static Retcode copy_out(struct transfer *x, struct thread *to, uint8_t *constant, bool *is_target)
{
    while (x->done < x->size) {
        Retcode rc = copy_step(x, to);
        if (rc != rcOk) {
            *is_target = rc == rcTargetFault;
            return rc;
        }
        if (x->done < x->size && (!x->peer || sched_should_preempt() || !x->peer))
            return rcRestart;
    }
    return write_constant(x, to, constant, is_target);
}

/* What the check or a rule reads is kept until the copy is over: what was judged is what arrives. */
static Retcode capture_arena(const struct leg *leg, struct transfer *x)
{
    const struct policy_direction *d = leg->form;
    Retcode rc = rcOk;
    if (x->size == 0 || (d->verdict != KSM_RULE_ARENA && !d->is_arena_checked))
        return rcOk;
    x->arena = kmem_alloc(leg->from->process->account, x->size, &rc);
    if (x->arena && !read_from(leg->from, x->from, x->arena, x->size))
        rc = rcSourceFault;
    return rc;
}

static Retcode check_and_judge(const struct leg *leg, struct transfer *x, const uint8_t *constant)
{
    const struct policy_direction *d = leg->form;
    Retcode rc = capture_arena(leg, x);
    if (rc != rcOk)
        return rc;
    if (!policy_message_is_sound(d->form, constant, x->arena, x->size))
        return rcInvalidArgument;
    if (d->verdict == KSM_DENY)
        return rcSecurityDisallow;
    if (d->verdict != KSM_GRANT &&
        !policy_judge(leg->pair, leg->direction, leg->from->process->object.sid,
                      leg->to->process->object.sid, constant, x->arena, x->size))
        return rcSecurityDisallow;
    return rcOk;
}

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

Retcode leg_begin(struct leg *leg, struct thread *driver, bool *is_target)
{
    uint32_t size = (uint16_t)(leg->word >> 32);
    struct kn_buf out, in;
    uint8_t *constant = this_cpu()->capture;
    struct account *account = leg->from->process->account;

    if (!read_from(leg->from, regs_out_buf(&leg->from->regs), &out, sizeof out))
        return rcSourceFault;
    if (leg->word >> 56 == NK_MESSAGE_FAILED)
        out.arena_size = 0; /* such a message has no parameters */
    if (out.arena_size > KN_ARENA_MAX)
        return rcBufferTooLarge;
    Retcode rc = read_target(leg, size, &out, &in, is_target);
    if (rc != rcOk)
        return rc;
    struct transfer *x = &driver->transfer;
    x->constant = x->arena = NULL;
    if (out.arena_size > COPY_STEP) {
        constant = kmem_alloc(account, size, &rc);
        if (!constant)
            return rc;
        x->constant = constant;
    }
    x->sender = leg->from;
    x->constant_size = size;
    x->head_to = in.head;
    x->from = out.arena;
    x->to = in.arena;
    x->size = out.arena_size;
    x->form = leg->form->form && leg->form->form->nhandles ? leg->form->form : NULL;
    x->done = 0;
    x->caps_budget = CAPS_STEP;
    if (!read_from(leg->from, out.head, constant, size)) {
        rc = rcSourceFault;
    } else {
        put_header(constant, leg);
        if (leg->word >> 56 != NK_MESSAGE_FAILED)
            rc = check_and_judge(leg, x, constant);
    }
    if (rc == rcOk)
        rc = copy_out(x, leg->to, constant, is_target);
    if (rc != rcRestart)
        leg_drop(driver);
    return rc;
}

Retcode leg_continue(struct thread *driver, bool *is_target)
{
    struct transfer *x = &driver->transfer;
    struct thread *to = x->sender == driver ? x->peer : driver;
    Retcode rc = copy_out(x, to, x->constant, is_target);
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
    x->constant = x->arena = NULL;
}
