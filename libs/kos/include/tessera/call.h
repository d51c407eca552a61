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

/* The registers of a message, by the names that they have in the call. */
#define KN_PAYLOAD_IN(words)                                                                       \
    register uint64_t p0 __asm__("r12") = (words)->payload[0];                                     \
    register uint64_t p1 __asm__("r13") = (words)->payload[1];                                     \
    register uint64_t p2 __asm__("r14") = (words)->payload[2];                                     \
    register uint64_t p3 __asm__("r15") = (words)->payload[3];                                     \
    register uint64_t p4 __asm__("rbx") = (words)->payload[4]
#define KN_PAYLOAD "+r"(p0), "+r"(p1), "+r"(p2), "+r"(p3), "+r"(p4)

KN_INLINE void kn_set_words(struct kn_words *words, uint64_t word, uint64_t p0, uint64_t p1,
                            uint64_t p2, uint64_t p3, uint64_t p4)
{
    words->word = word;
    words->payload[0] = p0;
    words->payload[1] = p1;
    words->payload[2] = p2;
    words->payload[3] = p3;
    words->payload[4] = p4;
}

/* Call: sends the message in `words` (or, if `out` is not null, in *out; then the word alone
 * counts) and waits for the response, which comes into the words or into *in. A null `in` takes
 * short responses only. */
KN_INLINE Retcode kn_call(uint32_t handle, struct kn_words *words, const struct kn_buf *out,
                          struct kn_buf *in, const struct kn_ex *ex, struct kn_received *received)
{
    register uint64_t rax __asm__("rax") = KN_CALL | (out ? KN_LONG : 0) | (ex ? KN_EX : 0);
    register uint64_t rdi __asm__("rdi") = handle;
    register uint64_t rsi __asm__("rsi") = words->word;
    register uint64_t r8 __asm__("r8") = (uintptr_t)in;
    register uint64_t r9 __asm__("r9") = (uintptr_t)ex;
    KN_PAYLOAD_IN(words);

    if (out)
        p0 = (uintptr_t)out;
    __asm__ volatile("syscall"
                     : "+r"(rax), "+r"(rdi), "+r"(rsi), "+r"(r8), "+r"(r9), KN_PAYLOAD
                     :
                     : "rcx", "rdx", "r10", "r11", "memory");
    kn_set_words(words, rsi, p0, p1, p2, p3, p4);
    received->is_long = rdi & KN_LONG;
    received->arena_used = p0;
    return (Retcode)rax;
}

/* Call with both messages in registers: the cheapest way to another process. A long response fails
 * with rcTargetFault. */
KN_INLINE Retcode kn_call_short(uint32_t handle, struct kn_words *words)
{
    register uint64_t rax __asm__("rax") = KN_CALL;
    register uint64_t rdi __asm__("rdi") = handle;
    register uint64_t rsi __asm__("rsi") = words->word;
    register uint64_t r8 __asm__("r8") = 0;
    KN_PAYLOAD_IN(words);

    __asm__ volatile("syscall"
                     : "+r"(rax), "+r"(rdi), "+r"(rsi), "+r"(r8), KN_PAYLOAD
                     :
                     : "rcx", "rdx", "r9", "r10", "r11", "memory");
    kn_set_words(words, rsi, p0, p1, p2, p3, p4);
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
    register uint64_t r8 __asm__("r8") = (uintptr_t)in;
    register uint64_t r9 __asm__("r9") = (uintptr_t)ex;
    register uint64_t p0 __asm__("r12");
    register uint64_t p1 __asm__("r13");
    register uint64_t p2 __asm__("r14");
    register uint64_t p3 __asm__("r15");
    register uint64_t p4 __asm__("rbx");

    __asm__ volatile("syscall"
                     : "+r"(rax), "+r"(rdi), "=r"(rsi), "=r"(rdx), "+r"(r8), "+r"(r9), "=r"(p0),
                       "=r"(p1), "=r"(p2), "=r"(p3), "=r"(p4)
                     :
                     : "rcx", "r10", "r11", "memory");
    kn_set_words(words, rsi, p0, p1, p2, p3, p4);
    *received = (struct kn_received){rdi & KN_LONG, p0, r8, rdx, r9};
    return (Retcode)rax;
}

/* Reply: answers the request of `token`, from the words or from *out. */
KN_INLINE Retcode kn_reply(uint64_t token, const struct kn_words *words, const struct kn_buf *out)
{
    register uint64_t rax __asm__("rax") = KN_REPLY | (out ? KN_LONG : 0);
    register uint64_t rdi __asm__("rdi") = token;
    register uint64_t rsi __asm__("rsi") = words->word;
    KN_PAYLOAD_IN(words);

    if (out)
        p0 = (uintptr_t)out;
    __asm__ volatile("syscall"
                     : "+r"(rax), "+r"(rdi), "+r"(rsi), KN_PAYLOAD
                     :
                     : "rcx", "rdx", "r8", "r9", "r10", "r11", "memory");
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
    register uint64_t rdx __asm__("rdx") = listener;
    register uint64_t r8 __asm__("r8") = (uintptr_t)in;
    register uint64_t r9 __asm__("r9");
    KN_PAYLOAD_IN(words);

    if (out)
        p0 = (uintptr_t)out;
    __asm__ volatile("syscall"
                     : "+r"(rax), "+r"(rdi), "+r"(rsi), "+r"(rdx), "+r"(r8), "=r"(r9), KN_PAYLOAD
                     :
                     : "rcx", "r10", "r11", "memory");
    kn_set_words(words, rsi, p0, p1, p2, p3, p4);
    *received = (struct kn_received){rdi & KN_LONG, p0, r8, rdx, r9};
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
