/*
 * fuzz.h: what the parts of a fuzzing process share.
 */
#ifndef FUZZ_H
#define FUZZ_H

#include <kos/base.h>
#include <stdbool.h>
#include <stdint.h>
#include <tessera/formats.h>

enum { CLASS_CORE, CLASS_CHILD }; /* of the table of forms */

#define POOL        64u
#define PLAY_BYTES  (1u << 20)
#define ARENA_BYTES 8192u

/* What its threads share; races on it are wanted. */
struct shared {
    uint32_t handles[POOL];  /* numbers that calls returned, and the channels */
    uint32_t tids[POOL];
    uint64_t tokens[POOL];   /* of requests that were received */
    uint64_t words[POOL];    /* and what they asked */
    uint64_t play;           /* addresses that may be spoiled */
    uint32_t next;
    Handle listener, outgoing;
};
extern struct shared shared;

/* One thread of it. */
struct worker {
    uint64_t random;
    uint64_t calls;
    bool is_patient; /* may wait for ever */
    uint8_t constant[1024] __attribute__((aligned(16)));
    uint8_t result[1024] __attribute__((aligned(16)));
    uint8_t arena[ARENA_BYTES] __attribute__((aligned(16)));
    uint8_t results[65536] __attribute__((aligned(16)));
};

uint64_t any(struct worker *w);
/* Below n. */
uint32_t below(struct worker *w, uint32_t n);
/* True once in n times. */
bool once_in(struct worker *w, uint32_t n);

/* values.c: a value for a parameter; goes by its type and name. */
uint64_t value_of(struct worker *w, const struct ksm_param *p);
uint64_t any_address(struct worker *w);
uint32_t any_handle(struct worker *w);
uint64_t any_number(struct worker *w);
/* Remembers what a call returned. */
void keep_handle(uint32_t handle);
void keep_tid(uint32_t tid);

/* messages.c: one call of the kernel or of a neighbour, or a Recv or Reply. */
void one_call(struct worker *w);

/* child.c: what a thread that was made by a call begins with. */
void thread_start(void);

#endif
