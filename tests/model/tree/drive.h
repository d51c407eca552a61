/*
 * drive.h: one operation on the model and on the kernel's own sources, and the comparison of both.
 */
#ifndef DRIVE_H
#define DRIVE_H

#include <stdbool.h>
#include <stdint.h>

enum op_kind {
    OP_CREATE,     /* a: table */
    OP_BADGE,      /* a: table */
    OP_COPY,       /* a: node, b: badge or NONE, rights: mask taken away */
    OP_SEND,       /* a: node, b: badge or NONE, c: receiver, rights: mask taken away */
    OP_CLOSE,      /* a: node */
    OP_REVOKE,     /* a: node, c: revoke */
    OP_REVOKE_SUB, /* a: node, b: badge, c: revoke */
    OP_STEP,       /* c: revoke, b: nodes to visit */
    OP_SETTLE,     /* b: badges to tell of */
    OP_WALK,       /* a: node, c: table, b: steps; goes on with the search under way if a is NONE */
    OP_RECYCLE,    /* a: ghost: its slot is used again, by a new resource */
    OP_DIE,        /* a: table, b: slots a step; 0: all */
    OP_KINDS,
};
struct op {
    enum op_kind kind;
    int a, b, c;
    uint32_t drop;
};

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
/* Ends every process and revoke; everything must be gone. */
void drive_end(void);
/* Forgets the history that a failure would print. */
void history_clear(void);
const char *op_name(enum op_kind kind);

extern uint64_t ops_run, checks_made, dereferences, events_seen, ops_of[OP_KINDS];

#endif
