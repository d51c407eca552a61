/*
 * suite.h: what the files of this suite share.
 */
#ifndef PRIORITY_SUITE_H
#define PRIORITY_SUITE_H

#include "check.h"
#include "core.h"
#include "task.h"

#include <coresrv/nk/transport-kos.h>
#include <kos/thread.h>
#include <priority/Server.edl.h>
#include <stdio.h>

enum { LOW = 4, MIDDLE = 8, HIGH = 12, ABOVE = 20, TEST = 25 };

#define CLASS  "priority.Server"
#define LONG   3000000u /* steps of a server; some ten milliseconds */
#define DEPTH  3u

/* Servers of low priority, each calling the next one. */
struct chain {
    struct child servers[DEPTH];
};
void chain_start(struct chain *c);
void chain_end(struct chain *c);
/* Has the whole chain work, in the caller's thread; how many servers did, zero if the call failed. */
uint32_t chain_work(const struct chain *c, uint64_t steps);

/* A thread that counts without an end in `steps`. */
struct counter {
    volatile uint64_t steps;
    volatile int is_to_end;
    Tid tid;
};
void counter_start(struct counter *c, uint32_t priority);
void counter_end(struct counter *c);

static inline Tid thread_start(uint32_t priority, int (*routine)(void *), void *context)
{
    Tid tid = 0;

    KosThreadCreate(&tid, priority, 0, routine, context, 0);
    return tid;
}

void test_inversion(void);
void test_starving(void);
void test_hostile(void);

#endif
