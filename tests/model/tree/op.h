/*
 * op.h: one operation on the inheritance tree.
 */
#ifndef OP_H
#define OP_H

#include <stdint.h>

enum op_kind {
    OP_CREATE,     /* a: table, b: 1: of memory, else 0 */
    OP_BADGE,      /* a: table */
    OP_COPY,       /* a: node, b: badge or NONE, rights: mask taken away */
    OP_SEND,       /* a: node, b: badge or NONE, c: receiver, rights: mask taken away */
    OP_CLOSE,      /* a: node */
    OP_REVOKE,     /* a: node, c: revoke */
    OP_REVOKE_SUB, /* a: node, b: badge, c: revoke */
    OP_MAP,        /* a: node */
    OP_UNMAP,      /* a: node that is a mapping */
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

#endif
