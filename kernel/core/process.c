/*
 * core/process.c: creation, start and end of processes.
 *
 * The end is stepwise: process_end() stops the process at once (no thread of it runs again) and hands
 * the rest to a reaper, one of its own threads with a continuation, which frees handles, memory and
 * tables in bounded steps at its priority.
 */
#include "core/process.h"

#include <arch/cpu.h>

#include "core/copy.h"
#include "core/elf.h"
#include "core/lend.h"
#include "core/layout.h"
#include "core/log.h"
#include "core/random.h"
#include "core/sched.h"
#include "core/smp.h"
#include "core/text.h"
#include "core/time.h"
#include "mm/kmem.h"
#include "object/event.h"
#include "mm/usercopy.h"

#include <tessera/start.h>
#include <tessera/syscall.h>

#define STACK_DEFAULT (256u << 10)
#define STACK_MAX     (256u << 20)
#define STEP 16 /* of whatever: an object costs some hundred instructions */

static struct list all GUARDED_BY(kernel_lock) = {&all, &all};
static uint64_t nprocesses GUARDED_BY(kernel_lock); /* not yet dead */
static int run_status GUARDED_BY(kernel_lock);

uint64_t process_count(void)
{
    lock_assert_held();
    return nprocesses;
}

int process_run_status(void)
{
    lock_assert_held();
    return run_status;
}

struct process *process_after(const struct process *p)
{
    lock_assert_held();
    struct list *next = p ? p->link.next : all.next;
    return next == &all ? NULL : container_of(next, struct process, link);
}

void process_for_each(void (*visit)(struct process *, void *), void *context)
{
    lock_assert_held();
    for (struct list *l = all.next; l != &all; l = l->next)
        visit(container_of(l, struct process, link), context);
}

/* ---- creation ---- */

static bool process_destroy(struct object *o, uint32_t budget)
{
    struct process *p = container_of(o, struct process, object);
    struct account *account = p->account;
    (void)budget;
    list_remove(&p->link);
    kmem_free(account, p, sizeof *p);
    account_put(account);
    return true;
}

/* Nobody can start or use a stopped process any more. */
static void process_last_handle(struct object *o)
{
    struct process *p = container_of(o, struct process, object);
    if (p->state == PROCESS_STOPPED)
        process_terminate(p);
}

static const struct object_ops process_ops = {.name = "process",
                                              .last_handle = process_last_handle,
                                              .destroy = process_destroy};

/* The channel to the kernel is one object without state, held by handle 1 of every process. */
static bool core_destroy(struct object *o, uint32_t budget)
{
    (void)o, (void)budget;
    return true;
}
static const struct object_ops core_ops = {.name = "kernel channel", .destroy = core_destroy};
static struct object core_channel;

struct object *kernel_object(void)
{
    if (!core_channel.ops)
        object_init(&core_channel, OBJECT_CORE, &core_ops);
    return &core_channel;
}

static Retcode map_start(struct process *p, uint32_t block_size, uint64_t *va)
{
    uint64_t size = sizeof(struct kn_start) + block_size;
    return aspace_allocate(p->aspace, 0, size, VM_READ | VM_WRITE | VM_COMMIT, va);
}

/* Stack, program, first thread. On failure the caller tears the address space down. */
static Retcode load(struct process *p, bool is_empty, uint64_t stack_size, uint32_t priority,
                    struct kn_start *s)
{
    struct program program = {0};
    struct layout layout;
    uint64_t stack, time_page;
    layout_choose(&layout, NULL);
    aspace_set_top(p->aspace, layout.top);
    Retcode rc = rcOk;
    if (is_empty)
        program.base = layout.image;
    else
        rc = elf_load(p->aspace, p->path, layout.image, &program);
    if (rc != rcOk)
        return rc;
    rc = aspace_allocate(p->aspace, layout.stack, stack_size, VM_READ | VM_WRITE | VM_COMMIT | VM_LOW_GUARD,
                         &stack);
    if (rc == rcOk)
        rc = aspace_map_kernel_page(p->aspace, layout.time_page, time_page_frame(), &time_page);
    if (rc == rcOk)
        rc = thread_create(p, priority, program.entry, stack + stack_size, 0, 0, 0,
                           &p->main_thread);
    if (rc != rcOk)
        return rc;
    p->program = program;
    s->stack_low = stack;
    s->stack_high = stack + stack_size;
    s->time_page = time_page;
    s->phdr = program.phdr;
    s->phnum = program.phnum;
    return rcOk;
}

static void fill_start(struct process *p, struct kn_start *s)
{
    s->magic = KN_START_MAGIC;
    s->page_size = PAGE_SIZE;
    s->abi_hash = ksm_image.abi_hash;
    s->tid = p->main_thread->tid;
    s->priority = p->main_thread->base_priority;
    s->priority_ceiling = p->priority_ceiling;
    s->hwcap = arch_has_fsgsbase() ? KN_HWCAP_FSGSBASE : 0;
    random_bytes(s->random, sizeof s->random);
    text_copy(s->task_name, p->name, sizeof s->task_name);
}

static void aspace_discard(struct aspace *as)
{
    while (!aspace_teardown_step(as, VM_STEP_PAGES))
        ;
    aspace_put(as);
}

/* The parts of a process that need memory; all or nothing. */
static Retcode build(struct process *p, bool is_empty, uint64_t stack_size, uint32_t priority)
{
    struct kn_start s = {0};
    Retcode rc = aspace_create(p->account, &p->aspace);
    if (rc != rcOk)
        return rc;
    handle_table_init(&p->handles, p->account);
    rc = handle_reserve(&p->handles, 2);
    if (rc == rcOk)
        rc = load(p, is_empty, stack_size, priority, &s);
    if (rc == rcOk) {
        rc = map_start(p, 0, &p->start_block);
        if (rc == rcOk) {
            fill_start(p, &s);
            if (!aspace_write(p->aspace, p->start_block, &s, sizeof s))
                rc = rcOutOfMemory;
        }
        if (rc != rcOk)
            (void)thread_end_step(p->main_thread, 0); /* nobody waits for it */
    }
    if (rc != rcOk) {
        uint32_t cursor = 0;
        while (!handle_table_teardown_step(&p->handles, &cursor, STEP))
            ;
        aspace_discard(p->aspace);
    }
    return rc;
}

static Retcode process_account(struct process *creator, uint64_t memory, struct account **out)
{
    struct account *parent = creator ? creator->account : &root_account;
    if (memory)
        return account_create(parent, memory, out);
    *out = account_ref(parent);
    return rcOk;
}

Retcode process_create(struct process *creator, const char *name, const char *eiid,
                       const char *path, bool is_empty, uint64_t stack_size, uint32_t priority,
                       uint64_t memory, struct process **out)
{
    lock_assert_held();
    struct account *account;
    uint16_t class;
    const struct policy_pair *core_pair;
    if (!stack_size)
        stack_size = STACK_DEFAULT;
    if (priority >= PRIORITIES || stack_size > STACK_MAX)
        return rcInvalidArgument;
    stack_size = (stack_size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1);
    if (creator && priority > creator->priority_ceiling)
        return rcSecurityDisallow;
    Retcode rc = policy_class_find(eiid, &class);
    if (rc != rcOk) {
        klog_notice("kernel: process %s: the image has no process class %s", name, eiid);
        return rc;
    }
    rc = policy_pair_get(class, POLICY_CORE, &core_pair);
    if (rc == rcOk)
        rc = process_account(creator, memory, &account);
    if (rc != rcOk)
        return rc;
    struct process *p = kmem_alloc(account, sizeof *p, &rc);
    if (!p) {
        account_put(account);
        return rc;
    }
    p->account = account;
    p->class = class;
    p->core_pair = core_pair;
    p->priority_ceiling = (uint8_t)(creator ? creator->priority_ceiling : PRIORITIES - 1);
    p->state = PROCESS_STOPPED;
    text_copy(p->name, name, sizeof p->name);
    text_copy(p->path, path, sizeof p->path);
    list_init(&p->threads);
    list_init(&p->listeners);
    list_init(&p->waiters);
    object_init(&p->object, OBJECT_PROCESS, &process_ops);
    list_add_tail(&all, &p->link);
    p->state = PROCESS_DEAD; /* until it is built: its thread's end must not reap it */
    struct ksm_subject subject;
    rc = policy_subject(&p->object, account, &subject);
    if (rc == rcOk)
        rc = build(p, is_empty, stack_size, priority);
    if (rc != rcOk) {
        object_put(&p->object);
        return rc;
    }
    /* commit */
    p->state = PROCESS_STOPPED;
    handle_install(&p->handles, kernel_object(), RIGHT_IPC_CALL);
    nprocesses++;
    *out = p;
    return rcOk;
}

Retcode process_reseed(struct process *p, uint64_t seed)
{
    struct random_state state = {0};
    struct layout layout;
    if (p->state != PROCESS_STOPPED)
        return rcInvalidOperation;
    random_mix(&state, seed);
    layout_choose(&layout, &state);
    aspace_set_top(p->aspace, layout.top);
    return rcOk;
}

Retcode process_set_ceiling(struct process *p, uint32_t priority)
{
    if (p->state != PROCESS_STOPPED)
        return rcInvalidOperation;
    p->priority_ceiling = (uint8_t)priority;
    if (p->main_thread->base_priority > priority) {
        p->main_thread->base_priority = (uint8_t)priority;
        lend_settle(p->main_thread);
    }
    return rcOk;
}

/* Its block is the first one still; *s is what it says. */
static Retcode read_start(const struct process *p, struct kn_start *s)
{
    if (p->state != PROCESS_STOPPED)
        return rcInvalidOperation;
    if (!aspace_read(p->aspace, p->start_block, s, sizeof *s))
        return rcInternalError;
    return s->block_size ? rcInvalidOperation : rcOk;
}

Retcode process_start_begin(struct process *p, uint32_t size, uint64_t *va)
{
    struct kn_start s;
    Retcode rc = read_start(p, &s);
    return rc == rcOk ? map_start(p, size, va) : rc;
}

Retcode process_start_write(struct process *p, uint64_t va, uint32_t at, const void *bytes,
                            uint32_t n)
{
    if (p->state != PROCESS_STOPPED)
        return rcInvalidOperation;
    return aspace_write(p->aspace, va + sizeof(struct kn_start) + at, bytes, n) ? rcOk
                                                                                 : rcOutOfMemory;
}

Retcode process_start_end(struct process *p, uint64_t va, uint32_t size)
{
    uint64_t old = p->start_block;
    struct kn_start s;
    Retcode rc = read_start(p, &s);
    if (rc != rcOk)
        return rc;
    s.block_size = size;
    if (!aspace_write(p->aspace, va, &s, sizeof s))
        return rcOutOfMemory;
    /* commit */
    p->start_block = va;
    aspace_free(p->aspace, old, sizeof s);
    return rcOk;
}

void process_start_undo(struct process *p, uint64_t va, uint32_t size)
{
    aspace_free(p->aspace, va, sizeof(struct kn_start) + size);
}

Retcode process_set_start(struct process *p, const void *block, uint32_t size)
{
    uint64_t va;
    Retcode rc = process_start_begin(p, size, &va);
    if (rc != rcOk)
        return rc;
    rc = process_start_write(p, va, 0, block, size);
    if (rc == rcOk)
        rc = process_start_end(p, va, size);
    if (rc != rcOk)
        process_start_undo(p, va, size);
    return rc;
}

Retcode process_set_headers(struct process *p, uint64_t phdr, uint32_t phnum)
{
    struct kn_start s;
    if (p->state != PROCESS_STOPPED)
        return rcInvalidOperation;
    if (!aspace_read(p->aspace, p->start_block, &s, sizeof s))
        return rcInternalError;
    s.phdr = phdr;
    s.phnum = phnum;
    return aspace_write(p->aspace, p->start_block, &s, sizeof s) ? rcOk : rcOutOfMemory;
}

Retcode process_start(struct process *starter, struct process *p)
{
    struct kn_start s;
    if (p->state != PROCESS_STOPPED || !p->program.entry)
        return rcInvalidOperation;
    if (!aspace_read(p->aspace, p->start_block, &s, sizeof s))
        return rcInternalError;
    Retcode rc = handle_reserve(&p->handles, 1);
    if (rc != rcOk)
        return rc;
    if (!policy_may_execute(starter, p))
        return rcSecurityDisallow;
    s.self = handle_install(&p->handles, &p->object, RIGHT_TRANSFER | RIGHT_COPY | RIGHT_TASK_WAIT);
    if (!aspace_write(p->aspace, p->start_block, &s, sizeof s) ||
        aspace_op_all(p->aspace, VM_OP_PROTECT, p->start_block,
                      (sizeof s + s.block_size + PAGE_SIZE - 1) & ~(uint64_t)(PAGE_SIZE - 1),
                      VM_READ) != rcOk) {
        handle_close(&p->handles, s.self);
        policy_undo(); /* nothing was judged since */
        return rcOutOfMemory;
    }
    /* commit */
    regs_init_user(&p->main_thread->regs, p->program.entry,
                   regs_sp(&p->main_thread->regs), p->start_block, 0);
    p->state = PROCESS_RUNNING;
    klog("kernel: started %s (class %s, %s %s)", p->name, policy_class_name(p->class),
         p->program.is_file ? "file" : "loaded by its creator as", p->path);
    thread_start(p->main_thread);
    return rcOk;
}

/* ---- the end ---- */

static bool tell_waiters(struct process *p)
{
    for (int n = 0; !list_empty(&p->waiters); n++) {
        if (n == STEP)
            return false;
        wait_cancel(container_of(p->waiters.next, struct thread, wait.link), rcOk);
    }
    return true;
}

static void report(const struct process *p) REQUIRES(kernel_lock)
{
    if (p->is_terminated) {
        klog("kernel: process %s was terminated", p->name);
        return;
    }
    if (p->has_faulted || p->status != 0)
        run_status = 1;
    if (p->status != 0 && !p->has_faulted) /* a fault was reported when it happened */
        klog_notice("kernel: process %s ended with status %d", p->name, p->status);
    else
        klog("kernel: process %s ended", p->name);
}

/* What t had begun goes on to its end: what was revoked stays revoked, an event is told to all, those
 * that it was about to wake are woken. */
static bool finish_work(struct thread *t)
{
    if (t->revoke.object && !revoke_step(&t->revoke, STEP))
        return false;
    if (object_is_posting(&t->post) && !object_post_step(&t->post, STEP))
        return false;
    return futex_settle(STEP);
}

static bool end_other_threads(struct process *p, struct thread *reaper)
{
    struct list *l = p->threads.next;
    struct thread *t = container_of(l, struct thread, process_link);
    if (p->nthreads == 1)
        return true;
    if (t == reaper)
        t = container_of(l->next, struct thread, process_link);
    if (finish_work(t))
        (void)thread_end_step(t, p->status);
    return false;
}

/* Once its threads and handles are gone nobody but those who wait for the end cares when the memory goes:
 * it goes at their priority, or when nothing else is to be done. What priority subscribers to the end
 * have nobody knows: for them the reaper keeps its own. */
static void set_reaper_priority(struct process *p)
{
    uint32_t waiting = p->waiting_mask ? priority_top(p->waiting_mask) : 0;
    uint32_t own = list_empty(&p->object.subscriptions) ? 0 : p->reaper_priority;
    if (!p->reaper)
        return;
    p->reaper->base_priority = (uint8_t)(waiting > own ? waiting : own);
    lend_settle(p->reaper);
}

void process_wait_begin(struct process *process, uint32_t p)
{
    process->waiting[p]++;
    process->waiting_mask |= 1u << p;
    set_reaper_priority(process);
}

void process_wait_end(struct process *process, uint32_t p)
{
    if (--process->waiting[p] == 0)
        process->waiting_mask &= ~(1u << p);
}

/* What others may be waiting for: calls, channels, listeners. */
static bool leave_step(struct process *p, struct thread *reaper)
{
    if (!finish_work(reaper) || !thread_fail_callers(reaper, STEP) ||
        !end_other_threads(p, reaper) ||
        !handle_table_teardown_step(&p->handles, &p->reap_cursor, STEP) ||
        !objects_settle(&reaper->settle_upto, STEP))
        return false;
    p->reaper_priority = reaper->base_priority;
    p->reaper = reaper;
    set_reaper_priority(p);
    return true;
}

/* All but the process object itself; true when nothing is left. */
static bool tear_down_step(struct process *p, struct thread *reaper)
{
    return (p->reaper || leave_step(p, reaper)) &&
           aspace_teardown_step(p->aspace, VM_STEP_PAGES) &&
           objects_settle(&reaper->settle_upto, STEP); /* who waits for the end sees all events */
}

/* Nothing is left but the object: whoever waits for that is told, and then the reaper ends, too. */
static bool bury_step(struct process *p, struct thread *reaper) REQUIRES(kernel_lock)
{
    if (p->state == PROCESS_DYING) {
        p->state = PROCESS_DEAD;
        nprocesses--;
        report(p);
        (void)object_post(&reaper->post, &p->object, EVENT_TASK_COMPLETED, 0);
    }
    if (!finish_work(reaper) || !tell_waiters(p))
        return false;
    struct aspace *as = p->aspace;
    p->reaper = NULL;
    if (!thread_end_step(reaper, p->status))
        return false;
    p->aspace = NULL;
    aspace_put(as);
    object_put(&p->object); /* what a process holds on itself */
    return true;
}

static void reap(struct thread *reaper) REQUIRES(kernel_lock)
{
    struct process *p = reaper->process;
    mdl_work_end(&reaper->mdl_work);
    aspace_op_drop(reaper->aspace, &reaper->vm_op);
    if ((p->state == PROCESS_DEAD || tear_down_step(p, reaper)) && bury_step(p, reaper))
        return;
    reaper->continuation = reap;
    (void)sched_should_preempt();
}

/* Makes t the reaper: it leaves whatever it does and its continuation tears the process down. */
static void become_reaper(struct thread *t)
{
    if (t->state == THREAD_BLOCKED) {
        wait_cancel(t, rcAbort);
    } else if (t->state == THREAD_STOPPED) {
        thread_start(t);
    }
    thread_leave_ipc(t);
    t->continuation = reap;
}

void process_end(struct process *p, int32_t status, bool has_faulted)
{
    lock_assert_held();
    if (p->state == PROCESS_DYING || p->state == PROCESS_DEAD)
        return;
    smp_stop_process(p);
    struct thread *current = this_cpu()->current;
    struct thread *t = current && current->process == p
                           ? current
                           : container_of(p->threads.next, struct thread, process_link);
    p->state = PROCESS_DYING;
    p->status = status;
    p->has_faulted = has_faulted;
    become_reaper(t);
}

void process_go_on_ending(struct thread *t)
{
    t->continuation = reap;
}

void process_terminate(struct process *p)
{
    if (p->state == PROCESS_STOPPED || p->state == PROCESS_RUNNING)
        p->is_terminated = true;
    process_end(p, -1, false);
}

void thread_finish(struct thread *t)
{
    struct process *p = t->process;
    if (p->nthreads == 1 && p->state == PROCESS_RUNNING) {
        process_end(p, t->exit_code, false);
    } else if (!thread_end_step(t, t->exit_code)) {
        t->continuation = thread_finish;
        (void)sched_should_preempt();
    }
}

void thread_terminate(struct thread *t, int32_t code)
{
    lock_assert_held();
    if (t->is_ending || t->is_dead)
        return;
    t->is_ending = true;
    t->exit_code = code;
    if (this_cpu()->current == t)
        return;
    smp_stop_thread(t);
    if (t->state == THREAD_BLOCKED) {
        wait_cancel(t, rcAbort);
    } else if (t->state == THREAD_STOPPED) {
        thread_start(t);
    } else if (!t->is_in_method) {
        thread_leave_ipc(t);
    }
}

void process_thread_ended(struct process *p, struct thread *t)
{
    (void)t;
    p->nthreads--;
}
