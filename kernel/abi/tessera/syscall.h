/*
 * tessera/syscall.h: the system calls at register level.
 *
 * There are four: Call, Recv, Reply and ReplyRecv. Everything else the kernel does is a method of
 * the interfaces in idl/kl/core, reached by Call on KN_CORE_HANDLE.
 *
 * x86_64, instruction `syscall` (rcx and r11 are lost):
 *
 *   register  in                                        out
 *   eax       operation | KN_LONG | KN_EX               Retcode
 *   rdi       Call: handle; Reply, ReplyRecv: reply     flags: KN_LONG when the message lies in
 *             token; Recv: listener handle              the buffers of r8
 *   rsi       message word (nk_message bytes 16..23)    message word of what was received
 *   r12..r15  short payload: the 40 bytes after the     short payload; after a long message r12
 *   rbx       header. KN_LONG: r12 holds the struct     holds the used bytes of the arena
 *             kn_buf * of what is sent
 *   rdx       ReplyRecv: listener handle                Recv: reply token
 *   r8        struct kn_buf * for what is received      Recv: context (badge) of the handle used
 *   r9        KN_EX: struct kn_ex *                     Recv: rights of the handle used
 *   r10       -                                         -
 *   rbp, rsp  preserved
 *
 * The payload's registers are those that C functions preserve: on the fast path a short message stays in
 * them from the sender's system call to the receiver's return (kernel/ipc/fast.c).
 *
 * A message of kind "failed" is 24 bytes; its nk_err_t stands in self.handle when it is sent long and
 * and in r12 when it is sent short.
 *
 * A message is short when it has no arena, no handles and at most 40 bytes after the header; the
 * sender chooses the form, and a short message must be sent short or long but is received as it was
 * sent. Registers not named as results are zero after the call when it received nothing.
 * Bits of eax that are none of these are refused (rcInvalidArgument), KN_EX in a Reply as well; the
 * upper half of rax is not looked at.
 * On failure no payload is returned and only eax has a meaning.
 */
#ifndef TESSERA_SYSCALL_H
#define TESSERA_SYSCALL_H

#define KN_CALL       0
#define KN_RECV       1
#define KN_REPLY      2
#define KN_REPLY_RECV 3
#define KN_OP_MASK    0xff
#define KN_LONG       0x100 /* in: the sent message lies in memory; out (rdi): so does the received */
#define KN_EX         0x200 /* timeout and interrupt object in *r9 */

/* Every process has its channel to the kernel at this handle; it can be neither closed nor sent. */
#define KN_CORE_HANDLE 1

#define KN_SHORT_WORDS 5
#define KN_SHORT_BYTES 40
#define KN_HEADER_BYTES 24
#define KN_CONSTANT_MAX 65528u     /* bytes of a constant part, header included */
#define KN_ARENA_MAX    (16u << 20) /* bytes of an arena */

#define KN_INFINITE (~0ull) /* milliseconds */

#ifndef __ASSEMBLER__
#include <stdint.h>

/* Buffers of one message; two of the published SMsgHdr descriptors have this layout.
 * Sent: head points to the constant part (its size stands in the message word), arena_size is the
 * used size. Received: capacities. Unused arena: pointer and size zero. */
struct kn_buf {
    uint64_t head;
    uint32_t head_size;
    uint32_t reserved0;
    uint64_t arena;
    uint32_t arena_size;
    uint32_t reserved1;
};

struct kn_ex {
    uint64_t timeout; /* milliseconds from now, KN_INFINITE for none */
    uint32_t sync;    /* handle of an IPC sync object, or zero */
    uint32_t reserved;
};
#endif

#endif
