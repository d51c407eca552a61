/*
 * child.h: what the program under test can be told to do.
 */
#ifndef HOSTILE_CHILD_H
#define HOSTILE_CHILD_H

#include <stdint.h>

/* Each runs the case of that name and returns its exit status, or -1 if it is none of its names. */
int flags_case(const char *name);
int gates_case(const char *name);
/* Runs random instructions; seldom returns. */
int random_case(uint64_t seed);

/* A kernel method with nothing to do, entered with whatever state the case has set. */
int enter_kernel(void);

#endif
