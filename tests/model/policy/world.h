/*
 * world.h: a random case: interface descriptions, a policy over them, and what can happen under it.
 */
#ifndef MODEL_POLICY_WORLD_H
#define MODEL_POLICY_WORLD_H

#include "nkpsl.h"
#include "random.h"

/* Texts that policies, states, keys and messages choose from, so that they meet. */
extern const char *const world_texts[];
enum { WORLD_TEXTS = 10 };

/* interfaces.c: writes the descriptions below `dir`. */
void write_interfaces(struct random *r, const char *dir);

/* Everything that can happen under the classes of a policy. */
struct world {
    unsigned n, capacity;
    struct psl_occasion *occasions;
};
/* occasions.c */
void list_occasions(struct world *world, const struct psl_policy *policy);

/* policy.c: writes `path`, a policy for the descriptions below `dir`; `library` has nk/base.psl. */
void write_policy(struct random *r, const char *dir, const char *library, const char *path);

#endif
