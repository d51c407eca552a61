/*
 * remote.h: commanding the agents.
 */
#ifndef CAPS_REMOTE_H
#define CAPS_REMOTE_H

#include "check.h"
#include "core.h"
#include "direct.h"
#include "task.h"

#include <stdio.h>
#include <string.h>

#define AGENTS 3

struct agent {
    struct child child;
    Handle to[AGENTS]; /* its channels to the others, in its table */
};

extern struct agent agents[AGENTS];
#define A (&agents[0])
#define B (&agents[1])
#define C (&agents[2])

/* Starts all three, with channels from each to each; memory: limit of the last one's, or zero. */
void agents_start(uint64_t memory);
void agents_stop(void);
void agent_stop(struct agent *agent);

/* One operation; value and other may be null. */
Retcode tell(struct agent *agent, enum operation what, uint32_t a, uint32_t b, uint64_t c,
             uint64_t *value, uint64_t *other);
/* The same for what makes a handle; zero on failure, which is a failed case. */
Handle tell_make(struct agent *agent, enum operation what, uint32_t a, uint32_t b, uint64_t c);
#define CLOSE(agent, handle)  tell(agent, DO_CLOSE, handle, 0, 0, NULL, NULL)
#define REVOKE(agent, handle) tell(agent, DO_REVOKE, handle, 0, 0, NULL, NULL)
#define MAKE(agent, context)  tell_make(agent, DO_MAKE, RIGHTS_ALL, 0, context)

/* One agent sends a handle of its own to another, in a request. */
struct seen send(struct agent *from, struct agent *to, Handle handle, uint32_t rights,
                 Handle badge);
/* The same in a response. */
struct seen send_back(struct agent *from, struct agent *to, Handle handle, uint32_t rights,
                      Handle badge);
Retcode send7(struct agent *from, struct agent *to, const Handle handles[7], uint32_t rights,
              Handle badge, Handle got[7]);
/* This process takes from an agent, in a response. */
Retcode take(struct agent *from, Handle handle, uint32_t rights, Handle badge,
             nk_handle_desc_t *desc);
/* This process gives to an agent. */
struct seen give(struct agent *to, Handle handle, uint32_t rights, Handle badge);
/* Whether a handle of an agent can be used: its SID can be asked. */
Retcode probe(struct agent *agent, Handle handle);
/* The next event of an agent's receiver: rcOk and as given, within 200 ms. */
void check_event(struct agent *agent, const char *name, uint64_t id, uint32_t mask);
void check_no_event(struct agent *agent, const char *name);
uint64_t handles_now(void);

void test_transfer(void);
void test_quota(void);
void test_tree(void);
void test_badges(void);
void test_callable(void);
void test_waiting(void);
void test_death(void);
void test_notices(void);
void test_allocations(void);
void test_listing(void);
void test_every_call(void);
void test_replay(void);

#endif
