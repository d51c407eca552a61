/*
 * fake/kernel.h: a kernel for host tests: records what is sent, answers what a test prepared.
 */
#ifndef FAKE_KERNEL_H
#define FAKE_KERNEL_H

#include <nk/message.h>
#include <stddef.h>
#include <tessera/call.h>

#define FAKE_MAX 70000

/* One message. */
struct fake_message {
    int is_long;
    uint64_t word;
    uint64_t payload[KN_SHORT_WORDS];
    unsigned char constant[512];
    size_t constant_size;
    unsigned char arena[FAKE_MAX];
    size_t arena_size;
};

struct fake_kernel {
    /* What happened last. */
    unsigned calls;
    int operation;
    uint64_t handle; /* Call, Recv, ReplyRecv */
    uint64_t token;  /* Reply, ReplyRecv */
    struct fake_message sent;
    struct kn_buf in; /* what was offered; all zero if nothing */
    struct kn_ex ex;
    int has_ex;
    /* What comes next. */
    Retcode rc;
    struct fake_message next;
    uint64_t next_token, next_badge, next_rights;
    /* Called before an answer, if set: may look at `sent` and change `next` and `rc`. */
    void (*method)(struct fake_kernel *kernel);
    /* Everything that KnDebugWrite was given. */
    char console[8192];
    size_t console_size;
};

extern struct fake_kernel fake;

void fake_reset(void);
/* Prepares a short message. */
void fake_next_short(uint64_t word, uint64_t p0, uint64_t p1);
/* Prepares a long message: the constant part, whose header is completed from the word, and the
 * arena. */
void fake_next_long(uint64_t word, const void *constant, const void *arena, size_t arena_size);

#endif
