/*
 * service/kcall.h: a call of a kernel method, between the generated dispatcher and its service.
 */
#ifndef SERVICE_KCALL_H
#define SERVICE_KCALL_H

#include <stdbool.h>
#include <stdint.h>

#include <nk/types.h>
#include <rtl/retcode.h>

struct ksm_form;
struct ksm_subject;
struct process;
struct thread;

/* What a service returns when the caller waits; kcall_finish answers later. Never seen by programs. */
#define KCALL_PENDING ((Retcode)0x7fffffff)

struct kcall {
    struct thread *thread;
    struct process *process;
    const void *req;      /* captured constant part, header included */
    void *res;            /* response to fill, header included */
    const uint8_t *arena; /* captured arena, checked */
    uint32_t arena_size;
    uint8_t *out_arena; /* results of variable size */
    uint32_t out_capacity;
    uint32_t out_used;
};

struct kernel_method {
    Retcode (*call)(struct kcall *);
    uint16_t req_size, res_size;
    const char *name;
};
struct kernel_endpoint {
    uint32_t nmethods;
    const struct kernel_method *methods;
};

/* A string argument as zero-terminated text of at most size - 1 bytes.
 * rcInvalidArgument: not terminated inside its chunk, empty, or too long. */
Retcode kcall_string(const struct kcall *call, nk_ptr_t p, char *buf, uint32_t size);
/* Stores a result of variable size. rcBufferTooSmall. */
Retcode kcall_store(struct kcall *call, nk_ptr_t *p, const void *data, uint32_t size);

#define KCALL_JUDGED_AT_ONCE 2048u /* bytes of an arena that rules read without a preemption point */

/* Brings a request into the kernel: registers into `constant` (8 words, the first three the header), or
 * memory into the CPU's buffers; call->req, arena and arena_size then say where it stands, and its
 * structure is sound. rcRestart: the arena is long (more than at_once bytes, at most
 * sizeof cpu->capture_arena, or many descriptors); then(t, code) is called when t->transfer has constant
 * part and arena, or there is an error, and has to call leg_drop(t).
 * rcInvalidArgument: malformed. rcSourceFault. rcBufferTooLarge: an arena over 64 KiB. rcQuotaExceeded,
 * rcOutOfMemory: none for a long one. */
Retcode kcall_capture(struct thread *t, uint32_t op, const struct ksm_form *form, uint32_t at_once,
                      struct kcall *call, uint64_t *constant, void (*then)(struct thread *, Retcode));
/* What rules see of the handles and handle words of a message, which are t's. handles has
 * KCALL_HANDLES_MAX elements. rcQuotaExceeded, rcOutOfMemory: no memory for their state. */
#define KCALL_HANDLES_MAX 16
Retcode kcall_see_handles(struct thread *t, const struct ksm_form *form, const void *message,
                          struct ksm_subject *handles);
/* An answer without parameters. */
void kcall_answer_short(struct thread *t, uint64_t word);

/* Answers a call that was pending. `res` is the method's response (its constant part after the
 * header, at most 40 bytes). The thread's wait has been ended or is being cancelled. */
void kcall_finish(struct thread *t, const void *payload, uint32_t size);

/* The object that handles of the security module name (service/security.c). */
struct object *security_object(void);

/* Hash of idl/kl/core that this kernel was built from. */
extern const uint64_t kernel_abi_hash;

#endif
