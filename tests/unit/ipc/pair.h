/*
 * pair.h: one client and one server, a listener and a channel to it: what suites of the rendezvous
 * start from. Each runs twice, without the fast path and with it.
 */
#ifndef IPC_PAIR_H
#define IPC_PAIR_H

#include "world.h"

#define MS 1000000ull

extern struct process *cp, *sp;
extern struct thread *client, *server;
extern handle_t listener, channel;

int pair_setup(void **state);
int pair_teardown(void **state);

/* Buffers for both processes, kept for further calls of the same test. */
extern struct message c_out, c_in, s_out, s_in;
void make_messages(uint32_t arena);
/* The client calls the method with data, from c_out into c_in. */
void call_data(uint32_t size);

#define T(name) cmocka_unit_test_setup_teardown(name, pair_setup, pair_teardown)
/* In main(int argc, char **argv): a test's name (with * and ?) as argument runs it alone. */
#define RUN_PAIR(name, tests)                                                                      \
    pair_run(name, tests, sizeof(tests) / sizeof(tests)[0], argc > 1 ? argv[1] : NULL)
int pair_run(const char *name, const struct CMUnitTest *tests, size_t count, const char *filter);

#endif
