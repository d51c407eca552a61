/*
 * task.h: child processes of a suite.
 *
 * A child is the program Child of the image, run in a process of the class that the suite names. It
 * learns what to do from its arguments: argv[1] is a mode, the rest are numbers, for example of the
 * handles that it was given.
 */
#ifndef SUITE_TASK_H
#define SUITE_TASK_H

#include <kos/base.h>

struct child {
    Handle task;
    Handle client;   /* of the parent to the child, if it is a server */
    Handle listener; /* number in the child's table */
    Handle outgoing; /* client handle in the child's table */
    Handle incoming; /* of the parent: server handle of that channel, if it leads to the parent */
};

#define CHILD_PRIORITY 15u
#define CHILD_ARGS     8

/* A stopped child. */
Retcode child_create(struct child *child, const char *class, uint32_t priority);
/* The same of another program of the image. */
Retcode child_create_from(struct child *child, const char *path, const char *class, uint32_t priority);
/* A channel from this process to the child, with a listener for it: child->client and
 * child->listener. */
Retcode child_add_server(struct child *child);
/* A channel from one child to another, which has a listener already or gets one. */
Retcode child_join(struct child *client, struct child *server);
/* A channel from the child to a listener of this process. */
Retcode child_add_client(struct child *child, Handle listener);
/* Starts it with `mode` and numbers as arguments. */
Retcode child_start(struct child *child, const char *mode, unsigned count,
                    const uint64_t *numbers);
/* A child with a listener, started with mode and the listener's number as argv[2]. */
Retcode child_serve(struct child *child, const char *class, const char *mode, uint32_t priority);
/* Waits for its end; its status, or -1000 if it faulted, -2000 if it goes on after ms. */
int child_wait(struct child *child, uint64_t ms);
/* Terminates the child if it runs, waits for its end and closes the parent's handles. */
void child_drop(struct child *child);

#endif
