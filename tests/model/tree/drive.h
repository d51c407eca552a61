/*
 * drive.h: one operation on the model and on the kernel's own sources, and the comparison of both.
 */
#ifndef DRIVE_H
#define DRIVE_H

#include <stdbool.h>
#include <stdint.h>

#include "op.h"

/* Closed handles that are remembered. */
enum { GHOSTS = 8 };

struct limits {
    int tables, nodes, things, revokes;
};

void drive_start(void);
bool op_is_valid(const struct op *op, const struct limits *limits);
void op_run(const struct op *op);
/* Compares everything; a difference prints the history and ends the program. */
void drive_check(void);
/* Works off a part of what objects put off; true when nothing is left. */
bool drive_settle(uint32_t budget);
/* Ends every process and revoke; everything must be gone. */
void drive_end(void);
/* Forgets the history that a failure would print. */
void history_clear(void);
const char *op_name(enum op_kind kind);

extern uint64_t ops_run, checks_made, dereferences, events_seen, ops_of[OP_KINDS];

#endif
