/*
 * tessera/policy_tests.h: the tests of a policy as nk-psl-gen-c writes them, for run_tests.c.
 */
#ifndef TESSERA_POLICY_TESTS_H
#define TESSERA_POLICY_TESTS_H

#include <tessera/formats.h>

enum { POLICY_GRANT, POLICY_DENY, POLICY_ANY };

/* A handle in a message: of the resource of process `process` (-1: none). */
struct policy_handle {
    int process;
    uint32_t rights;
};

struct policy_step {
    const char *at;   /* "security.psl:12:5" */
    const char *text; /* in one line */
    uint8_t expected, event;
    uint16_t src, dst, iid, mid;
    uint16_t source, target; /* numbers of processes */
    const uint8_t *message;  /* null: none */
    const uint8_t *arena;
    uint32_t arena_size, nhandles;
    const struct policy_handle *handles;
};

struct policy_test {
    const char *suite, *name;
    uint32_t nprocesses, nsteps;
    const struct policy_step *steps;
};

extern const uint32_t policy_ntests;
extern const struct policy_test policy_tests[];

#endif
