/*
 * trace.h: histories of the tree made of whole operations, as programs see them: a revocation runs to its end
 * and badges are told of before the next operation. The model alone decides what comes next, so the same
 * histories run against the kernel's sources on the host (main.c) and through the system calls of three
 * processes (tests/system/capabilities/src/replay.c).
 */
#ifndef TRACE_H
#define TRACE_H

#include <stdbool.h>
#include <stdint.h>

#include "model.h"
#include "op.h"

enum { TRACE_TABLES = 3, TRACE_NODES = 20, TRACE_THINGS = 8, TRACE_WORLD = 150 };

/* What is replayed in every run, and what it must add up to. */
#define TRACE_OPS  10050u
#define TRACE_HASH 0x5967f31aa7e9689dull

struct trace {
    uint64_t seed, hash; /* of the operations so far */
    int left;            /* operations of this world */
    int dead;            /* a table, or NONE */
};

void trace_start(struct trace *t);
/* The next operation, or false: the world is over; reset the model, start all processes anew and call
 * trace_world(). */
bool trace_next(struct trace *t, struct op *op);
void trace_world(struct trace *t);
/* Does to the model what the operation does. For NONE-badge sends that are dereferenced: nothing. */
void trace_apply(const struct op *op);
/* After an operation: badges without handles are told of, things without references go. told[]: the events of
 * each badge, the bits below. */
enum { TOLD_CLOSED = 1, TOLD_DESTROYED = 2 };
void trace_settle(int told[OBJECTS]);
/* The live handle of a badge, which has only one, or NONE. */
int trace_badge_node(int badge);

#endif
