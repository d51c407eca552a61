/*
 * core.h: methods of kl.core.Core as plain functions.
 *
 * They call the kernel directly, below libkos, so that a test sees the kernel's own return codes.
 * What comes back is the method's code, or the code of the call itself.
 */
#ifndef SUITE_CORE_H
#define SUITE_CORE_H

#include <kos/base.h>

struct nk_message;
struct nk_arena;

/* One call of the kernel. The header's method id and size must be set. */
Retcode core_call(const struct nk_message *req, const struct nk_arena *req_arena,
                  struct nk_message *res, struct nk_arena *res_arena);

_Noreturn void core_reset(uint32_t status);

Retcode core_nop(void);
/* Fails the n-th allocation from now, zero for none; *outstanding (may be null): how many
 * allocations of the previous order were still to come. */
Retcode core_fail_allocation(uint64_t n, uint64_t *outstanding);
struct counters {
    uint64_t frames, objects, handles, threads, kmem;
};
/* On several CPUs it waits until nothing changes: what has ended for its maker may be ending elsewhere. */
Retcode core_counters(struct counters *counters);
Retcode core_self_check(void);
/* The longest stretch with interrupts off since watching began (or the next longest places by rank), and
 * what it was; both may be null. watch: 1 begins anew, 0 ends, 2 goes on. */
Retcode core_irq_off(uint32_t watch, uint32_t rank, uint64_t *ticks, char what[200]);
struct lock_wait {
    uint64_t waits, ticks; /* since the start, of all CPUs */
    uint32_t turns;        /* how often it was taken; wraps around */
};
Retcode core_lock_wait(struct lock_wait *wait);
/* Lets this process's handle table grow to the size from which slots are used again, so that
 * counters taken later can be compared. */
void core_fill_handle_table(void);

Retcode core_close(Handle handle);
Retcode core_create_listener(Handle *listener);
Retcode core_connect(Handle listener, Handle *out_listener, Handle *server, Handle *client);
Retcode core_connect_ex(Handle server_task, Handle client_task, Handle listener,
                        Handle *out_listener, Handle *server, Handle *client);

/* Waits while *ptr == val, at most so many milliseconds (all ones: for ever). */
Retcode core_futex_wait(const void *ptr, uint32_t val, uint64_t ms, uint64_t *left);
/* The same for a word that belongs to thread `owner`, which is lent the caller's priority; zero: none. */
Retcode core_futex_wait_owner(const void *ptr, uint32_t val, uint32_t owner, uint64_t ms);
/* Both in nanoseconds; flags: KN_WAIT_ALERTABLE. */
Retcode core_futex_wait_ns(const void *ptr, uint32_t val, uint32_t owner, uint32_t flags,
                           uint64_t ns, uint64_t *left);
Retcode core_futex_wake(const void *ptr, uint32_t count, uint32_t *woken);

/* A receiver of notifications by its handle, as crowd_wait_notice() wants it. */
Retcode core_notice_create(Handle *notice);
Retcode core_notice_subscribe(Handle notice, Handle object, uint32_t mask, uint64_t id);
Retcode core_notice_drop(Handle notice);

Retcode core_vm_allocate(uint64_t addr, uint64_t size, uint32_t flags, uint64_t *va);
Retcode core_vm_commit(uint64_t va, uint64_t size);
Retcode core_vm_decommit(uint64_t va, uint64_t size);
/* The methods for memory that is writable and executable. */
Retcode core_vm_protect_rwx(uint64_t va, uint64_t size, uint32_t flags);
Retcode core_vm_allocate_rwx(uint64_t size, uint32_t flags);
Retcode core_vm_protect(uint64_t va, uint64_t size, uint32_t flags);
/* Has the kernel write to memory of the caller: rcOk, or the code that says that it cannot. */
Retcode core_probe_write(void *at);
Retcode core_vm_free(uint64_t va, uint64_t size);

Retcode core_thread_create(uint32_t priority, uint64_t stack_top, uint64_t routine,
                           uint32_t flags, Handle *handle, uint32_t *tid);
/* The same with `head_size` bytes at `head` for the answer, whatever is there. */
Retcode core_thread_create_into(uint64_t routine, uint64_t head, uint32_t head_size);
Retcode core_thread_wait(uint32_t tid, uint64_t ms, int32_t *code);
Retcode core_thread_resume(uint32_t tid);
Retcode core_set_priority(uint32_t tid, uint32_t priority);
/* What follows is about who runs first on one CPU: this thread, and what it makes from now on, stay on
 * one until core_all_cpus(). */
void core_one_cpu(void);
void core_all_cpus(void);
/* By handle, or if that is zero by number. */
Retcode core_thread_alert(Handle thread, uint32_t tid);
Retcode core_open_current(Handle *thread, uint32_t *tid);
Retcode core_sleep_ns(uint64_t ns);
Retcode core_uptime(uint64_t *ns);

Retcode core_task_create(const char *name, const char *class, const char *path, uint64_t stack,
                         uint32_t priority, uint64_t memory, Handle *task);
Retcode core_task_set_start(Handle task, const void *block, uint32_t size);
Retcode core_task_reseed(Handle task, uint64_t seed);
Retcode core_task_resume(Handle task);
Retcode core_task_terminate(Handle task);
Retcode core_task_wait(Handle task, uint64_t ms, int32_t *status, uint32_t *faulted);

#define CORE_FOREVER (~0ull)

#endif
