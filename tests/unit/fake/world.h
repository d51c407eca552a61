/*
 * world.h: processes, threads, channels and system calls for tests, on the real kernel sources.
 *
 * There is one CPU, and a test plays its programs: world_call() and its like let a thread make a
 * system call, whatever its priority, as if the scheduler had just chosen it. They return when some
 * thread would enter user mode or the CPU is idle. Long operations stop in the middle when a test asks
 * for it (world_interrupt): then the "controller", a thread of the highest priority in a process of
 * its own, is woken by an interrupt, and the test goes on in its place.
 */
#ifndef WORLD_H
#define WORLD_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "core/process.h"
#include "core/sched.h"
#include "fake.h"
#include "image.h"
#include "ipc/channel.h"
#include "object/handle.h"

#include <tessera/syscall.h>

void image_init(void);

/* ---- life of a world; setup and teardown functions for cmocka ---- */

int world_setup(void **state);
/* Ends every process, then compares all counters with those of world_setup. */
int world_teardown(void **state);

struct process *world_process(const char *eiid, uint32_t priority);
/* One more thread, started. */
struct thread *world_thread(struct process *p, uint32_t priority);
static inline struct thread *world_main(struct process *p)
{
    return container_of(p->threads.next, struct thread, process_link);
}
handle_t world_listener(struct process *server);
/* A channel to a listener of the server; the client's handle. */
handle_t world_connect(struct process *client, struct process *server, handle_t listener);

/* ---- running ---- */

/* Runs f; 0 when it returned, 1 when the CPU went idle, 100 + status when the run ended. */
int world_run(void (*f)(void *), void *arg);
/* Makes a ready thread the current one. */
void world_enter(struct thread *t);
/* t's system call: the arguments stand in its registers. */
void world_syscall(struct thread *t, uint32_t operation);
/* Lets a ready thread go on with what it has to do inside the kernel. */
void world_resume(struct thread *t);
/* Runs the kernel until no thread has anything to do inside it (teardown, copies). */
void world_settle(void);
/* The next long operation is interrupted in its n-th window (1 = the first). */
void world_interrupt(unsigned n);
/* Moves the clock and takes the timer interrupt if it is due. */
void world_advance(uint64_t ns);
/* Ends a thread as Thread.Exit does, or a process as Task.Terminate does. */
void world_exit(struct thread *t);
void world_kill(struct process *p);
/* The kernel's own check, the queues of ready threads, and that no listener has both senders and
 * receivers. */
void world_check(void);

static inline bool world_is_ready(const struct thread *t)
{
    return t->state == THREAD_READY;
}
static inline bool world_is_blocked(const struct thread *t)
{
    return t->state == THREAD_BLOCKED;
}

/* ---- system calls ---- */

/* A program's memory for one message: constant part, arena, and their descriptor. */
struct message {
    struct process *process;
    uint64_t buf, head, arena; /* addresses in the process */
};
struct message world_message(struct process *p, uint32_t head_size, uint32_t arena_size);
void world_put(struct process *p, uint64_t va, const void *data, size_t size);
void world_get(struct process *p, uint64_t va, void *data, size_t size);
/* Sets the descriptor's sizes (for one to be sent: the arena's used bytes). */
void world_sizes(const struct message *m, uint32_t head_size, uint32_t arena_size);
/* A message of one bytes value (M_DATA and the like), its arena filled with a pattern. */
void world_fill(const struct message *m, uint32_t size, uint8_t seed);
/* Whether the arena holds that pattern. */
bool world_holds(const struct message *m, uint32_t size, uint8_t seed);

void world_call(struct thread *t, handle_t h, uint64_t word, uint64_t payload);
void world_call_timed(struct thread *t, handle_t h, uint64_t word, uint64_t payload, uint64_t ms);
void world_call_long(struct thread *t, handle_t h, uint64_t word, const struct message *out,
                     const struct message *in);
void world_recv(struct thread *t, handle_t h, const struct message *in);
void world_recv_timed(struct thread *t, handle_t h, const struct message *in, uint64_t ms);
void world_reply(struct thread *t, uint64_t token, uint64_t word, uint64_t payload);
void world_reply_long(struct thread *t, uint64_t token, uint64_t word, const struct message *out);
void world_reply_recv(struct thread *t, uint64_t token, uint64_t word, uint64_t payload, handle_t h,
                      const struct message *in);
void world_reply_recv_long(struct thread *t, uint64_t token, uint64_t word,
                           const struct message *out, handle_t h, const struct message *in);

static inline Retcode result(const struct thread *t)
{
    return (Retcode)t->regs.operation_result;
}
static inline uint64_t token_of(const struct thread *server)
{
    return server->regs.listener_token;
}

#define assert_rc(t, code)                                                                         \
    do {                                                                                           \
        assert_true(world_is_ready(t));                                                            \
        assert_int_equal(RC_GET_CODE(result(t)), RC_GET_CODE(code));                               \
    } while (0)

#endif
