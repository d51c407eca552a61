/*
 * arch_regs.h: struct user_regs of the fake machine. Registers have several uses, in and out, exactly
 * as in tessera/syscall.h, so that a result written too early destroys an argument here as well.
 */
#ifndef FAKE_ARCH_REGS_H
#define FAKE_ARCH_REGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct user_regs {
    uint64_t operation_result;   /* eax */
    uint64_t handle_flags;       /* rdi */
    uint64_t word;               /* rsi */
    uint64_t payload[5];         /* r12 r13 r14 r15 rbx; the first is also what a long message lies in */
    uint64_t listener_token;     /* rdx */
    uint64_t in_buf_context;     /* r8 */
    uint64_t ex_rights;          /* r9 */
    uint64_t pc, sp, fp;
    uint64_t is_interrupted;
};

static inline void regs_call_again(struct user_regs *r)
{
    (void)r; /* nothing is taken off the one CPU */
}

static inline uint32_t regs_operation(const struct user_regs *r)
{
    return (uint32_t)r->operation_result;
}

static inline uint64_t regs_handle(const struct user_regs *r)
{
    return r->handle_flags;
}

static inline uint64_t regs_word(const struct user_regs *r)
{
    return r->word;
}

static inline uint64_t regs_payload(const struct user_regs *r, unsigned i)
{
    return r->payload[i];
}

static inline void regs_set_payload(struct user_regs *r, unsigned i, uint64_t v)
{
    r->payload[i] = v;
}

static inline void regs_copy_payload(struct user_regs *dst, const struct user_regs *src)
{
    for (unsigned i = 0; i < 5; i++)
        dst->payload[i] = src->payload[i];
}

static inline uint64_t regs_in_buf(const struct user_regs *r)
{
    return r->in_buf_context;
}

static inline void regs_set_in_buf(struct user_regs *r, uint64_t v)
{
    r->in_buf_context = v;
}

static inline uint64_t regs_out_buf(const struct user_regs *r)
{
    return r->payload[0];
}

static inline uint64_t regs_ex(const struct user_regs *r)
{
    return r->ex_rights;
}

static inline uint64_t regs_listener(const struct user_regs *r)
{
    return r->listener_token;
}

static inline void regs_set_result(struct user_regs *r, int32_t rc)
{
    r->operation_result = (uint32_t)rc;
}

static inline void regs_set_flags(struct user_regs *r, uint32_t flags)
{
    r->handle_flags = flags;
}

static inline void regs_set_word(struct user_regs *r, uint64_t word)
{
    r->word = word;
}

static inline void regs_set_context(struct user_regs *r, uint64_t v)
{
    r->in_buf_context = v;
}

static inline void regs_set_token(struct user_regs *r, uint64_t v)
{
    r->listener_token = v;
}

static inline void regs_set_rights(struct user_regs *r, uint64_t v)
{
    r->ex_rights = v;
}

static inline uint64_t regs_pc(const struct user_regs *r)
{
    return r->pc;
}

static inline uint64_t regs_sp(const struct user_regs *r)
{
    return r->sp;
}

static inline uint64_t regs_return_slot(const struct user_regs *r)
{
    return regs_sp(r);
}

static inline uint64_t regs_fp(const struct user_regs *r)
{
    return r->fp;
}

static inline bool regs_is_syscall(const struct user_regs *r)
{
    return !r->is_interrupted;
}

static inline void regs_set_pc(struct user_regs *r, uint64_t pc)
{
    r->pc = pc;
}

static inline void regs_init_user(struct user_regs *r, uint64_t pc, uint64_t sp, uint64_t arg0,
                                  uint64_t arg1)
{
    *r = (struct user_regs){.pc = pc, .sp = sp, .handle_flags = arg0, .word = arg1};
}

#define REGS_COUNT 3u

static inline const char *regs_name(unsigned i)
{
    static const char *const names[REGS_COUNT] = {"result", "handle", "word"};
    return i < REGS_COUNT ? names[i] : "?";
}

static inline uint64_t regs_value(const struct user_regs *r, unsigned i)
{
    const uint64_t values[REGS_COUNT] = {r->operation_result, r->handle_flags, r->word};
    return i < REGS_COUNT ? values[i] : 0;
}

#endif
