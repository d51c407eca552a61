/*
 * crowd.h: threads by the ten thousand.
 *
 * A thread of a crowd has no stack and no memory of its own: it makes one system call, notes the result
 * and the order in which it came back, and ends. So it costs what the kernel keeps of a thread.
 */
#ifndef SUITE_CROWD_H
#define SUITE_CROWD_H

#include "crowd_plan.h"

#include <kos/base.h>
#include <rtl/retcode.h>
#include <stdint.h>

#define CROWD_MAX 10000u

/* Known to crowd.S by crowd_plan.h. */
struct crowd_plan {
    uint64_t rax, rdi, rsi, rdx, r8, r9, r12, r13, r14, r15, rbx;
    /* Not zero: r12 becomes what is left until then on the cycle counter, or CROWD_NUMBER: the thread's
     * number. */
    uint64_t until;
    uint64_t exit_word;
    struct crowd_result *results; /* by number of the thread */
    uint32_t *order;              /* numbers, as they came back */
    volatile uint32_t begun, ended;
};
/* The call's code, and the first two words of its answer. */
struct crowd_result {
    uint64_t code, r12, r13;
};

/* A plan with room for the notes of CROWD_MAX threads; there is one at a time. */
struct crowd_plan *crowd_plan(void);
/* What to call. Futex waits are for ever when ms is all ones; a Call goes out short and empty. */
void crowd_wait_futex(const void *word, uint32_t value, uint64_t ms);
void crowd_wait_owner(const void *word, uint32_t value, uint32_t owner);
void crowd_wait_notice(Handle notice);
void crowd_wait_thread(uint32_t tid);
void crowd_wait_task(Handle task);
/* Until the cycle counter has this value, where one tick is a nanosecond. */
void crowd_sleep(uint64_t until);
/* A short Call on a channel; with ms not all ones it gives up after that time. */
void crowd_call(Handle client, uint64_t word, uint64_t ms);

/* One more thread, number n, of this priority. The caller's priority should be higher. */
Retcode crowd_add(unsigned n, uint32_t priority, uint32_t *tid);
/* `count` threads with numbers from 0, of priorities that go round from `low` to `high`; each gets as far
 * as its wait. Returns how many there are. */
unsigned crowd_start(unsigned count, uint32_t low, uint32_t high);
/* Waits until `count` threads have come back from their call, at most ten seconds. */
int crowd_ended(unsigned count);

#endif
