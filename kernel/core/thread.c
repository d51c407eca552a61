/*
 * core/thread.c: creation and end of threads, and the table of thread numbers.
 *
 * A thread number is 20 bits of slot and 10 of generation, so that a number of an
 * ended thread matches no other for a long time.
 */
#include "core/thread.h"

#include <arch/cpu.h>

#include "core/log.h"
#include "core/process.h"
#include "core/sched.h"
#include "core/smp.h"
#include "mm/kmem.h"

#define SLOT_BITS 20
#define SLOT_MASK ((1u << SLOT_BITS) - 1)
#define SLOT_PAGE 256u
#define END_STEP 16u /* callers failed, and waiters told, in one step of a thread's end */
#define GENERATION_MASK 0x3ffu /* the C library keeps flags in the top two bits of a number */

struct slot {
    struct thread *thread; /* null: free */
    uint32_t generation;
    uint32_t next_free;
};

static struct slot *pages[(SLOT_MASK + 1) / SLOT_PAGE] GUARDED_BY(kernel_lock);
static uint32_t slot_limit GUARDED_BY(kernel_lock);
static uint32_t free_head GUARDED_BY(kernel_lock) = SLOT_MASK;
static uint32_t free_tail GUARDED_BY(kernel_lock) = SLOT_MASK;
static uint64_t live GUARDED_BY(kernel_lock);

static struct slot *slot_at(uint32_t index) REQUIRES(kernel_lock)
{
    return &pages[index / SLOT_PAGE][index % SLOT_PAGE];
}

static void queue_slot(uint32_t index) REQUIRES(kernel_lock)
{
    slot_at(index)->next_free = SLOT_MASK;
    if (free_tail == SLOT_MASK)
        free_head = index;
    else
        slot_at(free_tail)->next_free = index;
    free_tail = index;
}

static void slot_free(uint32_t index) REQUIRES(kernel_lock)
{
    struct slot *s = slot_at(index);
    s->thread = NULL;
    s->generation = (s->generation + 1) & GENERATION_MASK;
    queue_slot(index);
}

static Retcode slot_take(struct thread *t, uint32_t *tid) REQUIRES(kernel_lock)
{
    Retcode rc = rcOk;
    if (free_head == SLOT_MASK) {
        if (slot_limit + SLOT_PAGE > SLOT_MASK)
            return rcQuotaExceeded;
        struct slot *page = kmem_alloc(&kernel_account, SLOT_PAGE * sizeof *page, &rc);
        if (!page)
            return rc;
        pages[slot_limit / SLOT_PAGE] = page;
        slot_limit += SLOT_PAGE;
        for (uint32_t i = slot_limit - SLOT_PAGE; i < slot_limit; i++) {
            if (i != 0)
                queue_slot(i);
        }
    }
    uint32_t index = free_head;
    struct slot *s = slot_at(index);
    free_head = s->next_free;
    if (free_head == SLOT_MASK)
        free_tail = SLOT_MASK;
    s->thread = t;
    *tid = index | s->generation << SLOT_BITS;
    return rcOk;
}

struct thread *thread_by_tid(uint32_t tid)
{
    lock_assert_held();
    uint32_t index = tid & SLOT_MASK;
    if (index >= slot_limit)
        return NULL;
    struct slot *s = slot_at(index);
    return s->thread && s->generation == tid >> SLOT_BITS ? s->thread : NULL;
}

uint64_t thread_table_bytes(void)
{
    lock_assert_held();
    return slot_limit * sizeof(struct slot);
}

uint64_t thread_count(void)
{
    lock_assert_held();
    return live;
}

void thread_for_each(void (*visit)(struct thread *, void *), void *context)
{
    lock_assert_held();
    for (uint32_t i = 0; i < slot_limit; i++) {
        struct thread *t = slot_at(i)->thread;
        if (t && !t->is_dead)
            visit(t, context);
    }
}

static void free_memory(struct thread *t, struct account *account)
{
    if (t->arch.fpu)
        kmem_free(account, t->arch.fpu, arch_fpu_size());
    kmem_free(account, t, sizeof *t);
}

static bool thread_destroy(struct object *o, uint32_t budget) REQUIRES(kernel_lock)
{
    struct thread *t = container_of(o, struct thread, object);
    struct process *p = t->process;
    (void)budget;
    slot_free(t->tid & SLOT_MASK);
    live--;
    free_memory(t, p->account);
    object_put(&p->object);
    return true;
}

static const struct object_ops thread_ops = {.name = "thread", .destroy = thread_destroy};

Retcode thread_create(struct process *process, uint32_t priority, uint64_t pc, uint64_t sp,
                      uint64_t arg0, uint64_t arg1, uint64_t tls, struct thread **out)
{
    lock_assert_held();
    Retcode rc = rcOk;
    struct thread *t = kmem_alloc(process->account, sizeof *t, &rc);
    if (!t)
        return rc;
    void *fpu = kmem_alloc(process->account, arch_fpu_size(), &rc);
    if (fpu)
        rc = slot_take(t, &t->tid);
    if (rc != rcOk) {
        t->arch.fpu = fpu;
        free_memory(t, process->account);
        return rc;
    }
    /* commit */
    object_init(&t->object, OBJECT_THREAD, &thread_ops);
    arch_thread_init(t, fpu, tls);
    regs_init_user(&t->regs, pc, sp, arg0, arg1);
    t->stack_top = sp;
    t->aspace = process->aspace;
    t->call.token = t->tid;
    for (unsigned i = 0; i < THREAD_KNOWN_HANDLES; i++)
        t->known[i] = &handle_no_entry;
    t->process = process;
    object_ref(&process->object);
    t->affinity = ~0ull;
    t->state = THREAD_STOPPED;
    t->priority = t->base_priority = (uint8_t)priority;
    list_init(&t->run_link);
    list_init(&t->wait.link);
    list_init(&t->owed);
    list_init(&t->waiters);
    list_init(&t->call.owed_by_thread);
    list_init(&t->call.owed_by_listener);
    list_init(&t->call.by_object);
    list_add_tail(&process->threads, &t->process_link);
    process->nthreads++;
    live++;
    *out = t;
    return rcOk;
}

void thread_start(struct thread *t)
{
    t->state = THREAD_READY;
    sched_enqueue(t);
}

void thread_alert(struct thread *t)
{
    if (t->state == THREAD_BLOCKED && t->is_alertable)
        wait_cancel(t, rcIpcInterrupt);
    else
        t->is_alerted = true;
}

/* It waits for nothing any more and is not half way through anything. */
static void leave_all(struct thread *t, int32_t code)
{
    t->is_dead = true;
    t->exit_code = code;
    if (t->state == THREAD_BLOCKED) {
        wait_leave(t, rcAbort);
    }
    if (this_cpu()->current != t)
        t->state = THREAD_DEAD; /* the end of its loans must not put it into a queue again */
    thread_leave_ipc(t);
    mdl_work_end(&t->mdl_work);
    aspace_op_drop(t->aspace, &t->vm_op);
}

static bool tell_waiters(struct thread *t, uint32_t budget)
{
    for (; !list_empty(&t->waiters); budget--) {
        if (budget == 0)
            return false;
        wait_cancel(container_of(t->waiters.next, struct thread, wait.link), rcOk);
    }
    return true;
}

bool thread_end_step(struct thread *t, int32_t code)
{
    lock_assert_held();
    bool is_current = this_cpu()->current == t;
    if (!is_current && t->state == THREAD_READY) { /* it may be half way through its own end */
        smp_stop_thread(t);
        sched_dequeue(t);
        t->state = THREAD_STOPPED;
    }
    if (!t->is_dead)
        leave_all(t, code);
    if (!thread_fail_callers(t, END_STEP) || !tell_waiters(t, END_STEP))
        return false;
    t->state = THREAD_DEAD;
    t->continuation = NULL;
    list_remove(&t->process_link);
    if (is_current)
        arch_set_current(NULL);
    process_thread_ended(t->process, t);
    object_put(&t->object); /* what a thread holds on itself */
    return true;
}
