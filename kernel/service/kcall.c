/*
 * service/kcall.c: Call on the channel to the kernel: capture, check, verdict, dispatch, answer.
 *
 * Handles in the kernel's interfaces travel as they are: looked up here, not transferred.
 */
#include "service/kcall.h"

#include "core/copy.h"
#include "core/process.h"
#include "core/sched.h"
#include "ipc/channel.h"
#include "ipc/ipc.h"
#include "mm/usercopy.h"

#include <tessera/syscall.h>

#include <core_dispatch.h>

const uint64_t kernel_abi_hash = KERNEL_ABI_HASH;

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

static void answer_short(struct thread *t, uint64_t word, const uint64_t *payload)
{
    struct user_regs *r = &t->regs;
    regs_set_result(r, rcOk);
    regs_set_flags(r, 0);
    regs_set_word(r, word);
    for (unsigned i = 0; i < KN_SHORT_WORDS; i++)
        regs_set_payload(r, i, payload[i]);
}

void kcall_finish(struct thread *t, const void *payload, uint32_t size)
{
    uint64_t words[KN_SHORT_WORDS] = {0};
    const struct policy_method *m = policy_method(t->process->core_pair, t->kcall_word);
    copy_bytes(words, payload, size);
    answer_short(t, m->direction[DIRECTION_RESPONSE].word, words);
}

static void answer_long(struct thread *t, struct kcall *call, const struct policy_direction *d)
{
    struct kn_buf in;
    uint64_t at = regs_in_buf(&t->regs);
    uint32_t size = d->form->size;
    if (!at || !user_read(&in, at, sizeof in) || in.head_size < size ||
        in.arena_size < call->out_used || !user_write(in.arena, call->out_arena, call->out_used) ||
        !user_write(in.head, call->res, size)) {
        regs_set_result(&t->regs, rcTargetFault);
        return;
    }
    regs_set_result(&t->regs, rcOk);
    regs_set_flags(&t->regs, KN_LONG);
    regs_set_word(&t->regs, d->word);
    regs_set_payload(&t->regs, 0, call->out_used);
}

/* Brings the request into the kernel: registers into `constant`, or memory into the CPU's buffers. */
static Retcode capture(struct thread *t, uint32_t op, const struct policy_direction *d,
                       struct kcall *call, uint64_t *constant)
{
    struct cpu *cpu = this_cpu();
    struct kn_buf out;
    if (!(op & KN_LONG)) {
        if (!d->may_be_short)
            return rcInvalidArgument;
        for (unsigned i = 0; i < KN_SHORT_WORDS; i++)
            constant[3 + i] = regs_payload(&t->regs, i);
        call->req = constant;
        return d->is_simple || policy_message_is_sound(d->form, constant, NULL, 0)
                   ? rcOk
                   : rcInvalidArgument;
    }
    if (!user_read(&out, regs_out_buf(&t->regs), sizeof out))
        return rcSourceFault;
    if (out.arena_size > sizeof cpu->capture_arena)
        return rcBufferTooLarge;
    if (!user_read(cpu->capture, out.head, d->form->size) ||
        !user_read(cpu->capture_arena, out.arena, out.arena_size))
        return rcSourceFault;
    if (!policy_message_is_sound(d->form, cpu->capture, cpu->capture_arena, out.arena_size))
        return rcInvalidArgument;
    call->req = cpu->capture;
    call->arena = cpu->capture_arena;
    call->arena_size = out.arena_size;
    return rcOk;
}

static bool is_granted(struct thread *t, const struct policy_direction *d, int direction,
                       const void *message, const void *arena, uint32_t arena_size)
{
    if (d->verdict == KSM_GRANT)
        return true;
    if (d->verdict == KSM_DENY)
        return false;
    uint64_t sid = t->process->object.sid;
    bool is_request = direction == DIRECTION_REQUEST;
    return policy_judge(t->process->core_pair, direction, is_request ? sid : 0,
                        is_request ? 0 : sid, message, arena, arena_size);
}

static void dispatch(struct thread *t, struct kcall *call, const struct policy_method *m,
                     uint64_t word)
{
    uint64_t res[RESPONSE_MAX / 8] = {0};
    const struct policy_direction *d = &m->direction[DIRECTION_RESPONSE];
    call->res = res;
    t->kcall_word = word;
    Retcode rc = kernel_endpoints[(uint16_t)word].methods[(uint16_t)(word >> 16)].call(call);
    if (rc == KCALL_PENDING)
        return;
    if (t->is_dead || t->continuation)
        return; /* the method ended its caller */
    res[2] = d->word;
    if (!is_granted(t, d, DIRECTION_RESPONSE, res, call->out_arena, call->out_used))
        regs_set_result(&t->regs, rcSecurityDisallow);
    else if (d->form->flags & KSM_FORM_SHORT)
        answer_short(t, d->word, res + 3);
    else
        answer_long(t, call, d);
}

/* The common case: both directions fit the registers and are granted whatever they say. */
static void call_short(struct thread *t, const struct policy_method *m, uint64_t word)
{
    uint64_t req[3 + KN_SHORT_WORDS], res[3 + KN_SHORT_WORDS];
    struct kcall call; /* such methods have no arena, nor look at the header */
    call.thread = t;
    call.process = t->process;
    call.req = req;
    call.res = res;
    for (unsigned i = 0; i < KN_SHORT_WORDS; i++) {
        req[3 + i] = regs_payload(&t->regs, i);
        res[3 + i] = 0;
    }
    t->kcall_word = word;
    Retcode rc = kernel_endpoints[(uint16_t)word].methods[(uint16_t)(word >> 16)].call(&call);
    if (rc != KCALL_PENDING && !t->is_dead && !t->continuation)
        answer_short(t, m->direction[DIRECTION_RESPONSE].word, res + 3);
}

void kernel_call(struct thread *t, uint32_t op, uint64_t word)
{
    const struct policy_method *m = policy_method(t->process->core_pair, word);
    if (op == KN_CALL && m && m->direction[DIRECTION_REQUEST].fast_word == word &&
        m->direction[DIRECTION_RESPONSE].fast_word != NO_WORD) {
        call_short(t, m, word);
        return;
    }
    struct cpu *cpu = this_cpu();
    uint64_t constant[3 + KN_SHORT_WORDS] = {0, 0, word};
    struct kcall call = {.thread = t, .process = t->process, .out_arena = cpu->reply_arena,
                         .out_capacity = sizeof cpu->reply_arena};
    if (!m || m->direction[DIRECTION_REQUEST].word != word) {
        regs_set_result(&t->regs, rcInvalidArgument);
        return;
    }
    const struct policy_direction *d = &m->direction[DIRECTION_REQUEST];
    Retcode rc = d->verdict == KSM_DENY ? rcSecurityDisallow : capture(t, op, d, &call, constant);
    if (rc == rcOk &&
        !is_granted(t, d, DIRECTION_REQUEST, call.req, call.arena, call.arena_size))
        rc = rcSecurityDisallow;
    if (rc != rcOk) {
        regs_set_result(&t->regs, rc);
        return;
    }
    dispatch(t, &call, m, word);
}
