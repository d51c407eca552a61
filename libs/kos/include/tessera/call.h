/*
 * tessera/call.h: the system calls as C functions (x86_64).
 *
 * Register level: tessera/syscall.h. Everything is inline, and with constant arguments only the
 * registers that carry something are loaded, because a message's cost is counted in instructions.
 * Nothing here looks at messages; the choice between the short and the long form is kn_pack()'s
 * alone (tessera/pack.h). A program that counts instructions uses kn_call_short() and
 * kn_reply_recv_short() directly.
 */
#ifndef TESSERA_CALL_H
#define TESSERA_CALL_H

#include <rtl/retcode.h>
#include <tessera/words.h>

/* Call: sends the message in `words` (or, if `out` is not null, in *out; then the word alone
 * counts) and waits for the response, which comes into the words or into *in. A null `in` takes
 * short responses only. */
KN_INLINE Retcode kn_call(uint32_t handle, struct kn_words *words, const struct kn_buf *out,
                          struct kn_buf *in, const struct kn_ex *ex, struct kn_received *received)
{
    register uint64_t rax __asm__("rax") = KN_CALL | (out ? KN_LONG : 0) | (ex ? KN_EX : 0);
    register uint64_t rdi __asm__("rdi") = handle;
    register uint64_t rsi __asm__("rsi") = words->word;
    register uint64_t rdx __asm__("rdx") = words->payload[0];
    register uint64_t r8 __asm__("r8") = words->payload[1];
    register uint64_t r9 __asm__("r9") = words->payload[2];
    register uint64_t r10 __asm__("r10") = words->payload[3];
    register uint64_t r12 __asm__("r12") = words->payload[4];
    register uint64_t r13 __asm__("r13") = (uintptr_t)in;
    register uint64_t r14 __asm__("r14") = (uintptr_t)out;
    register uint64_t r15 __asm__("r15") = (uintptr_t)ex;

    __asm__ volatile("syscall"
                     : "+r"(rax), "+r"(rdi), "+r"(rsi), "+r"(rdx), "+r"(r8), "+r"(r9), "+r"(r10),
                       "+r"(r12), "+r"(r13), "+r"(r14), "+r"(r15)
                     :
                     : "rcx", "r11", "memory");
    words->word = rsi;
    words->payload[0] = rdx;
    words->payload[1] = r8;
    words->payload[2] = r9;
    words->payload[3] = r10;
    words->payload[4] = r12;
    received->is_long = rdi & KN_LONG;
    received->arena_used = rdx;
    return (Retcode)rax;
}

/* Call with both messages in registers: the cheapest way to another process. A long response fails
 * with rcTargetFault. */
KN_INLINE Retcode kn_call_short(uint32_t handle, struct kn_words *words)
{
    register uint64_t rax __asm__("rax") = KN_CALL;
    register uint64_t rdi __asm__("rdi") = handle;
    register uint64_t rsi __asm__("rsi") = words->word;
    register uint64_t rdx __asm__("rdx") = words->payload[0];
    register uint64_t r8 __asm__("r8") = words->payload[1];
    register uint64_t r9 __asm__("r9") = words->payload[2];
    register uint64_t r10 __asm__("r10") = words->payload[3];
    register uint64_t r12 __asm__("r12") = words->payload[4];
    register uint64_t r13 __asm__("r13") = 0;

    __asm__ volatile("syscall"
                     : "+r"(rax), "+r"(rdi), "+r"(rsi), "+r"(rdx), "+r"(r8), "+r"(r9), "+r"(r10),
                       "+r"(r12), "+r"(r13)
                     :
                     : "rcx", "r11", "r14", "r15", "memory");
    words->word = rsi;
    words->payload[0] = rdx;
    words->payload[1] = r8;
    words->payload[2] = r9;
    words->payload[3] = r10;
    words->payload[4] = r12;
    return (Retcode)rax;
}

/* Recv: waits on a listener. The message comes into the words or into *in. */
KN_INLINE Retcode kn_recv(uint32_t listener, struct kn_words *words, struct kn_buf *in,
                          const struct kn_ex *ex, struct kn_received *received)
{
    register uint64_t rax __asm__("rax") = KN_RECV | (ex ? KN_EX : 0);
    register uint64_t rdi __asm__("rdi") = listener;
    register uint64_t rsi __asm__("rsi");
    register uint64_t rdx __asm__("rdx");
    register uint64_t r8 __asm__("r8");
    register uint64_t r9 __asm__("r9");
    register uint64_t r10 __asm__("r10");
    register uint64_t r12 __asm__("r12");
    register uint64_t r13 __asm__("r13") = (uintptr_t)in;
    register uint64_t r15 __asm__("r15") = (uintptr_t)ex;
    register uint64_t r14 __asm__("r14");

    __asm__ volatile("syscall"
                     : "+r"(rax), "+r"(rdi), "=r"(rsi), "=r"(rdx), "=r"(r8), "=r"(r9), "=r"(r10),
                       "=r"(r12), "+r"(r13), "+r"(r15), "=r"(r14)
                     :
                     : "rcx", "r11", "memory");
    words->word = rsi;
    words->payload[0] = rdx;
    words->payload[1] = r8;
    words->payload[2] = r9;
    words->payload[3] = r10;
    words->payload[4] = r12;
    received->is_long = rdi & KN_LONG;
    received->arena_used = rdx;
    received->badge = r13;
    received->token = r14;
    received->rights = r15;
    return (Retcode)rax;
}

/* Reply: answers the request of `token`, from the words or from *out. */
KN_INLINE Retcode kn_reply(uint64_t token, const struct kn_words *words, const struct kn_buf *out)
{
    register uint64_t rax __asm__("rax") = KN_REPLY | (out ? KN_LONG : 0);
    register uint64_t rdi __asm__("rdi") = token;
    register uint64_t rsi __asm__("rsi") = words->word;
    register uint64_t rdx __asm__("rdx") = words->payload[0];
    register uint64_t r8 __asm__("r8") = words->payload[1];
    register uint64_t r9 __asm__("r9") = words->payload[2];
    register uint64_t r10 __asm__("r10") = words->payload[3];
    register uint64_t r12 __asm__("r12") = words->payload[4];
    register uint64_t r14 __asm__("r14") = (uintptr_t)out;

    __asm__ volatile("syscall"
                     : "+r"(rax), "+r"(rdi), "+r"(rsi), "+r"(rdx), "+r"(r8), "+r"(r9), "+r"(r10),
                       "+r"(r12), "+r"(r14)
                     :
                     : "rcx", "r11", "r13", "r15", "memory");
    return (Retcode)rax;
}

/* ReplyRecv: Reply, then Recv on `listener`, in one step. */
KN_INLINE Retcode kn_reply_recv(uint64_t token, uint32_t listener, struct kn_words *words,
                                const struct kn_buf *out, struct kn_buf *in,
                                struct kn_received *received)
{
    register uint64_t rax __asm__("rax") = KN_REPLY_RECV | (out ? KN_LONG : 0);
    register uint64_t rdi __asm__("rdi") = token;
    register uint64_t rsi __asm__("rsi") = words->word;
    register uint64_t rdx __asm__("rdx") = words->payload[0];
    register uint64_t r8 __asm__("r8") = words->payload[1];
    register uint64_t r9 __asm__("r9") = words->payload[2];
    register uint64_t r10 __asm__("r10") = words->payload[3];
    register uint64_t r12 __asm__("r12") = words->payload[4];
    register uint64_t rbx __asm__("rbx") = listener;
    register uint64_t r13 __asm__("r13") = (uintptr_t)in;
    register uint64_t r14 __asm__("r14") = (uintptr_t)out;
    register uint64_t r15 __asm__("r15");

    __asm__ volatile("syscall"
                     : "+r"(rax), "+r"(rdi), "+r"(rsi), "+r"(rdx), "+r"(r8), "+r"(r9), "+r"(r10),
                       "+r"(r12), "+r"(r13), "+r"(r14), "=r"(r15)
                     : "r"(rbx)
                     : "rcx", "r11", "memory");
    words->word = rsi;
    words->payload[0] = rdx;
    words->payload[1] = r8;
    words->payload[2] = r9;
    words->payload[3] = r10;
    words->payload[4] = r12;
    received->is_long = rdi & KN_LONG;
    received->arena_used = rdx;
    received->badge = r13;
    received->token = r14;
    received->rights = r15;
    return (Retcode)rax;
}

/* ReplyRecv with both messages in registers; *token is used up and replaced. */
KN_INLINE Retcode kn_reply_recv_short(uint64_t *token, uint32_t listener, struct kn_words *words)
{
    struct kn_received received;
    Retcode rc = kn_reply_recv(*token, listener, words, (const struct kn_buf *)0,
                               (struct kn_buf *)0, &received);

    *token = received.token;
    return rc;
}

#endif
