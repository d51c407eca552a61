/*
 * core/process.h: processes: an address space, a handle table, threads and a name.
 */
#ifndef CORE_PROCESS_H
#define CORE_PROCESS_H

#include "core/elf.h"
#include "core/thread.h"
#include "mm/account.h"
#include "mm/aspace.h"
#include "object/handle.h"

#define PROCESS_NAME_MAX 64
#define PROCESS_PATH_MAX 112

enum process_state {
    PROCESS_STOPPED, /* created; channels and the start block can be set */
    PROCESS_RUNNING,
    PROCESS_DYING,
    PROCESS_DEAD,
};

struct process {
    struct object object;
    struct account *account;
    struct aspace *aspace;
    struct handle_table handles;
    struct list threads;
    struct list listeners;
    struct list waiters; /* threads in Task.Wait */
    uint16_t waiting[PRIORITIES]; /* of them, by priority when they began */
    uint32_t waiting_mask;
    struct thread *reaper; /* weak; while the memory is given back: runs at the priority of who waits */
    uint8_t reaper_priority; /* its own */
    struct list link;    /* of all processes */
    struct thread *main_thread; /* weak; valid while not started */
    uint32_t nthreads;   /* that have not ended */
    enum process_state state;
    uint8_t priority_ceiling;
    bool has_faulted;
    bool is_terminated; /* by another process */
    uint16_t class;
    int32_t status;
    struct program program; /* where it lies */
    uint64_t fault_address; /* of the fault that ended it, for a core dump */
    uint32_t fault_vector;
    uint64_t start_block; /* address of struct kn_start in the process */
    uint32_t reap_cursor;
    uint64_t next_shortage; /* not before then is the console told again: shortage.h */
    const struct policy_pair *core_pair; /* verdicts for its calls to the kernel */
    char name[PROCESS_NAME_MAX];
    char path[PROCESS_PATH_MAX];
};

/* The object that stands for the kernel: the channel to it, held by handle 1 of every process. */
struct object *kernel_object(void);

/* The kernel's own account: what no process pays for. */
extern struct account kernel_account;

/* A stopped process loaded from a ROMFS file, or an empty one (core/loading.h), for which path is a name
 * alone; the creator (null: the kernel) must be allowed to start it. rcResourceNotFound: no such file or class. rcInvalidArgument: not a program.
 * rcSecurityDisallow: the policy denies. rcQuotaExceeded, rcOutOfMemory. The process
 * holds itself until it has ended; a caller that keeps it takes a reference. */
Retcode process_create(struct process *creator, const char *name, const char *eiid,
                       const char *path, bool is_empty, uint64_t stack_size, uint32_t priority,
                       uint64_t memory, struct process **out);
/* Memory that names no place will lie where the seed says. rcInvalidOperation: not stopped any more. */
Retcode process_reseed(struct process *p, uint64_t seed);
/* No thread of the process goes above this priority by itself. rcInvalidOperation as above. */
Retcode process_set_ceiling(struct process *p, uint32_t priority);
/* Gives the process its creator's block. rcInvalidOperation: not stopped any more. */
Retcode process_set_start(struct process *p, const void *block, uint32_t size);
/* The same for a long block, in parts: room for it; its bytes; the block takes the place of the first
 * one. Whoever goes on later looks the process up again; on a failure it gives the room back. */
Retcode process_start_begin(struct process *p, uint32_t size, uint64_t *va);
Retcode process_start_write(struct process *p, uint64_t va, uint32_t at, const void *bytes,
                            uint32_t n);
Retcode process_start_end(struct process *p, uint64_t va, uint32_t size);
void process_start_undo(struct process *p, uint64_t va, uint32_t size);
/* Tells the process where its program headers lie. rcInvalidOperation: not stopped any more. */
Retcode process_set_headers(struct process *p, uint64_t phdr, uint32_t phnum);
/* rcInvalidOperation: not stopped any more, or nobody has said where it begins. */
Retcode process_start(struct process *starter, struct process *p);
/* Ends the process; teardown goes on in the context of one of its threads. */
void process_end(struct process *p, int32_t status, bool has_faulted);
/* For whoever put something in the place of the continuation that process_end gave a thread. */
void process_go_on_ending(struct thread *t);
/* Ends a process on behalf of another one: not a failure of the run. */
void process_terminate(struct process *p);
/* t ends with its exit_code, in steps in its own context, and with the last thread of a running process the
 * process, whose status is the code then. A continuation. */
void thread_finish(struct thread *t);
/* Has t of a running process end with this code as soon as it would leave the kernel: it waits no more,
 * and a message under way is broken off. */
void thread_terminate(struct thread *t, int32_t code);
/* A thread of priority p begins, or ceases, to wait for the end of a process. */
void process_wait_begin(struct process *process, uint32_t p);
void process_wait_end(struct process *process, uint32_t p);
/* Called when a thread of p has ended. */
void process_thread_ended(struct process *p, struct thread *t);
uint64_t process_count(void);
/* 0, or 1 when some process faulted or returned non-zero. */
int process_run_status(void);
/* The process created after p, of those whose object exists; null: the first one; null when none. */
struct process *process_after(const struct process *p);
void process_for_each(void (*visit)(struct process *, void *), void *context);

#endif
