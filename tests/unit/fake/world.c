/*
 * world.c: see world.h.
 */
#include "world.h"

#include <assert.h>
#include <string.h>

#include <arch/entry.h>
#include <arch/thread.h>

#include "core/layout.h"
#include "core/idle.h"
#include "core/log.h"
#include "core/romfs.h"
#include "core/selfcheck.h"
#include "core/time.h"
#include "mm/kmem.h"
#include "mm/usercopy.h"

#define MEMORY (1ull << 40)

extern const uint8_t romfs_start[], romfs_end[];

static struct thread *controller;
static struct {
    uint64_t objects, handles, threads, processes, memory, charged;
} before;
static unsigned windows_left;

/* The kernel's channel has no methods in the fake image. */
void kernel_call(struct thread *t, uint32_t op, uint64_t word);
void kernel_call(struct thread *t, uint32_t op, uint64_t word)
{
    (void)op;
    (void)word;
    regs_set_result(&t->regs, rcUnimplemented);
}

struct object *security_object(void);
struct object *security_object(void)
{
    return kernel_object();
}

void security_call(struct thread *t, uint32_t op, uint64_t word);
void security_call(struct thread *t, uint32_t op, uint64_t word)
{
    (void)op;
    (void)word;
    regs_set_result(&t->regs, rcUnimplemented);
}

/* ---- running ---- */

int world_run(void (*f)(void *), void *arg)
{
    jmp_buf here, *outer = fake_leave;
    int how = setjmp(here);
    if (how == 0) {
        fake_leave = &here;
        f(arg);
    }
    fake_leave = outer;
    return how;
}

static void no_cancel(struct thread *t, Retcode code)
{
    (void)t;
    (void)code;
}

/* The controller stays away until an interrupt wakes it. */
static void park(void)
{
    if (this_cpu()->current != controller)
        return;
    this_cpu()->current = NULL;
    wait_block(controller, WAIT_SLEEP, NULL, no_cancel, TIME_NEVER);
}

void world_enter(struct thread *t)
{
    struct cpu *cpu = this_cpu();
    struct thread *old = cpu->current;
    assert(t->state == THREAD_READY);
    if (old == t) {
        cpu->must_reschedule = false;
        return;
    }
    park();
    cpu->current = NULL;
    if (old && old->state == THREAD_READY)
        sched_enqueue(old);
    sched_dequeue(t);
    arch_switch_to(NULL, t);
    cpu->must_reschedule = false;
}

static void syscall_of(void *arg)
{
    core_syscall(arg);
}

void world_syscall(struct thread *t, uint32_t operation)
{
    t->regs.operation_result = operation;
    world_enter(t);
    world_run(syscall_of, t);
}

static void schedule(void *arg)
{
    (void)arg;
    sched_run();
}

void world_resume(struct thread *t)
{
    world_enter(t);
    world_run(schedule, NULL);
}

static void find_busy(struct thread *t, void *context)
{
    struct thread **found = context;
    if (t->state == THREAD_READY &&
        (t->continuation || t->process->state == PROCESS_DYING ||
         t->process->state == PROCESS_DEAD))
        *found = t;
}

void world_settle(void)
{
    for (;;) {
        struct thread *busy = NULL;
        uint64_t upto = 0;
        while (!objects_settle(&upto, 1))
            ;
        thread_for_each(find_busy, &busy);
        if (!busy)
            return;
        world_resume(busy);
    }
}

static void window(void)
{
    if (windows_left && --windows_left == 0 && controller->state == THREAD_BLOCKED)
        wait_wake(controller);
}

void world_interrupt(unsigned n)
{
    windows_left = n;
    fake_window = window;
    park();
}

static void timer_interrupt(void *arg)
{
    (void)arg;
    core_timer_interrupt();
}

void world_advance(uint64_t ns)
{
    fake_now += ns;
    if (fake_deadline > fake_now)
        return;
    fake_deadline = ~0ull;
    world_run(timer_interrupt, NULL);
}

static void exit_of(void *arg)
{
    struct thread *t = arg;
    if (t->process->nthreads == 1)
        process_end(t->process, 0, false);
    else
        while (!thread_end_step(t, 0))
            ;
    sched_run();
}

void world_exit(struct thread *t)
{
    world_enter(t);
    world_run(exit_of, t);
}

void world_kill(struct process *p)
{
    process_terminate(p);
    world_settle();
}

static void check_listeners(struct process *p, void *context)
{
    (void)context;
    for (struct list *l = p->listeners.next; l != &p->listeners; l = l->next) {
        struct listener *x = container_of(l, struct listener, link);
        uint32_t mask = 0;
        for (int i = 0; i < PRIORITIES; i++)
            mask |= list_empty(&x->senders[i]) ? 0 : 1u << i;
        assert_int_equal(mask, x->sender_mask);
        assert_true(!mask || list_empty(&x->receivers));
    }
}

static void count_ready(struct thread *t, void *context)
{
    *(unsigned *)context += t->state == THREAD_READY && t != this_cpu()->current;
}

/* Every thread that is ready and not running stands in the queue of its priority, once. */
static void check_ready(void)
{
    struct cpu *cpu = this_cpu();
    unsigned ready = 0, queued = 0;
    thread_for_each(count_ready, &ready);
    for (uint32_t p = 0; p < PRIORITIES; p++) {
        assert_int_equal(list_empty(&cpu->ready[p]), !(cpu->ready_mask >> p & 1));
        for (struct list *l = cpu->ready[p].next; l != &cpu->ready[p]; l = l->next) {
            struct thread *t = container_of(l, struct thread, run_link);
            assert_true(t->state == THREAD_READY && t != cpu->current && t->priority == p);
            assert_true(queued++ < ready);
        }
    }
    assert_int_equal(queued, ready);
}

void world_check(void)
{
    check_ready();
    if (selfcheck() != rcOk) {
        log_drain_all();
        fail_msg("%s", fake_log());
    }
    process_for_each(check_listeners, NULL);
}

/* ---- life ---- */

static struct process *create(const char *eiid, uint32_t priority)
{
    struct process *p = NULL;
    Retcode rc = process_create(NULL, eiid, eiid, "prog", false, 16384, priority, 0, &p);
    assert_int_equal(RC_GET_CODE(rc), 0);
    assert_int_equal(RC_GET_CODE(process_start(NULL, p)), 0);
    return p;
}

struct process *world_process(const char *eiid, uint32_t priority)
{
    return create(eiid, priority);
}

static void boot(void)
{
    static bool is_done;
    if (is_done)
        return;
    is_done = true;
    kernel_account.limit = MEMORY;
    root_account.limit = MEMORY;
    image_init();
    assert(romfs_init((uintptr_t)romfs_start, (uint64_t)(romfs_end - romfs_start)));
    layout_init(false);
    sched_init(this_cpu());
    idle_set_keep(true);
    assert(time_init() == rcOk);
    struct process *p = create("test.Client", 31);
    controller = world_main(p);
    world_enter(controller);
    park();
}

int world_setup(void **state)
{
    (void)state;
    boot();
    fake_window = NULL;
    fake_copy_hook = NULL;
    fake_judge = NULL;
    fake_judged = 0;
    windows_left = 0;
    before.objects = object_count();
    before.handles = handle_count();
    before.threads = thread_count();
    before.processes = process_count();
    before.memory = kmem_used() - kernel_account.used;
    before.charged = root_account.used;
    return 0;
}

static void find_other(struct process *p, void *context)
{
    struct process **found = context;
    if (p != controller->process && (p->state == PROCESS_RUNNING || p->state == PROCESS_STOPPED))
        *found = p;
}

int world_teardown(void **state)
{
    (void)state;
    fake_window = NULL;
    fake_copy_hook = NULL;
    mm_fail_nth(0);
    for (;;) {
        struct process *p = NULL;
        process_for_each(find_other, &p);
        if (!p)
            break;
        world_kill(p);
        world_check();
    }
    assert_int_equal(object_count(), before.objects);
    assert_int_equal(handle_count(), before.handles);
    assert_int_equal(thread_count(), before.threads);
    assert_int_equal(process_count(), before.processes);
    assert_int_equal(kmem_used() - kernel_account.used, before.memory);
    assert_int_equal(root_account.used, before.charged);
    assert_null(this_cpu()->timers.first);
    return 0;
}

struct thread *world_thread(struct process *p, uint32_t priority)
{
    struct thread *t;
    assert_int_equal(thread_create(p, priority, 0x400100, 0x500000, 0, 0, 0, &t), rcOk);
    thread_start(t);
    return t;
}

handle_t world_listener(struct process *server)
{
    struct listener *l;
    assert_int_equal(handle_reserve(&server->handles, 1), rcOk);
    assert_int_equal(listener_create(server, &l), rcOk);
    handle_t h = handle_install(&server->handles, &l->object, RIGHT_IPC_RECV | RIGHT_IPC_LISTEN);
    object_put(&l->object);
    return h;
}

handle_t world_connect(struct process *client, struct process *server, handle_t listener)
{
    struct object *o;
    struct channel *c;
    struct server_end *s;
    assert_int_equal(handle_reserve(&client->handles, 1), rcOk);
    assert_int_equal(handle_get(&server->handles, listener, OBJECT_LISTENER, RIGHT_IPC_LISTEN, &o),
                     rcOk);
    assert_int_equal(channel_create(client, container_of(o, struct listener, object), false, &c, &s),
                     rcOk);
    handle_t h = handle_install(&client->handles, &c->object, RIGHT_IPC_CALL);
    object_put(&c->object);
    return h;
}

/* ---- messages and system calls ---- */

void world_put(struct process *p, uint64_t va, const void *data, size_t size)
{
    assert_true(aspace_write(p->aspace, va, data, size));
}

void world_get(struct process *p, uint64_t va, void *data, size_t size)
{
    assert_true(aspace_read(p->aspace, va, data, size));
}

static uint64_t pages(struct process *p, uint64_t size)
{
    uint64_t at;
    assert_int_equal(aspace_allocate(p->aspace, 0, size, VM_READ | VM_WRITE | VM_COMMIT, &at), rcOk);
    return at;
}

void world_sizes(const struct message *m, uint32_t head_size, uint32_t arena_size)
{
    struct kn_buf b = {.head = m->head, .head_size = head_size, .arena = m->arena,
                       .arena_size = arena_size};
    world_put(m->process, m->buf, &b, sizeof b);
}

struct message world_message(struct process *p, uint32_t head_size, uint32_t arena_size)
{
    struct message m = {.process = p};
    m.buf = pages(p, sizeof(struct kn_buf));
    m.head = pages(p, head_size);
    m.arena = arena_size ? pages(p, arena_size) : 0;
    world_sizes(&m, head_size, arena_size);
    return m;
}

static uint8_t pattern(uint32_t i, uint8_t seed)
{
    return (uint8_t)(seed + i * 7 + (i >> 8));
}

void world_fill(const struct message *m, uint32_t size, uint8_t seed)
{
    struct {
        nk_message header;
        nk_ptr_t value;
    } constant = {.value = {0, size}};
    static uint8_t bytes[1u << 20];
    for (uint32_t i = 0; i < size; i++)
        bytes[i] = pattern(i, seed);
    world_put(m->process, m->head, &constant, sizeof constant);
    if (size)
        world_put(m->process, m->arena, bytes, size);
    world_sizes(m, sizeof constant, size);
}

bool world_holds(const struct message *m, uint32_t size, uint8_t seed)
{
    static uint8_t bytes[1u << 20];
    world_get(m->process, m->arena, bytes, size);
    for (uint32_t i = 0; i < size; i++) {
        if (bytes[i] != pattern(i, seed))
            return false;
    }
    return true;
}

static void clear_regs(struct thread *t)
{
    struct user_regs *r = &t->regs;
    r->handle_flags = r->word = r->listener_token = r->in_buf_context = 0;
    r->ex_rights = 0;
    for (int i = 0; i < 5; i++)
        r->payload[i] = 0;
}

static void set_payload(struct thread *t, uint64_t payload)
{
    for (unsigned i = 0; i < 5; i++)
        t->regs.payload[i] = payload + i;
}

/* The timeout's structure stands at the bottom of the process's data. */
static void set_timeout(struct thread *t, uint64_t ms)
{
    struct kn_ex ex = {.timeout = ms};
    world_put(t->process, 0x402000, &ex, sizeof ex);
    t->regs.ex_rights = 0x402000;
}

void world_call(struct thread *t, handle_t h, uint64_t word, uint64_t payload)
{
    clear_regs(t);
    t->regs.handle_flags = h;
    t->regs.word = word;
    set_payload(t, payload);
    world_syscall(t, KN_CALL);
}

void world_call_timed(struct thread *t, handle_t h, uint64_t word, uint64_t payload, uint64_t ms)
{
    clear_regs(t);
    t->regs.handle_flags = h;
    t->regs.word = word;
    set_payload(t, payload);
    set_timeout(t, ms);
    world_syscall(t, KN_CALL | KN_EX);
}

void world_call_long(struct thread *t, handle_t h, uint64_t word, const struct message *out,
                     const struct message *in)
{
    clear_regs(t);
    t->regs.handle_flags = h;
    t->regs.word = word;
    t->regs.payload[0] = out->buf;
    t->regs.in_buf_context = in ? in->buf : 0;
    world_syscall(t, KN_CALL | KN_LONG);
}

void world_recv(struct thread *t, handle_t h, const struct message *in)
{
    clear_regs(t);
    t->regs.handle_flags = h;
    t->regs.in_buf_context = in ? in->buf : 0;
    world_syscall(t, KN_RECV);
}

void world_recv_timed(struct thread *t, handle_t h, const struct message *in, uint64_t ms)
{
    clear_regs(t);
    t->regs.handle_flags = h;
    t->regs.in_buf_context = in ? in->buf : 0;
    set_timeout(t, ms);
    world_syscall(t, KN_RECV | KN_EX);
}

void world_reply(struct thread *t, uint64_t token, uint64_t word, uint64_t payload)
{
    clear_regs(t);
    t->regs.handle_flags = token;
    t->regs.word = word;
    set_payload(t, payload);
    world_syscall(t, KN_REPLY);
}

void world_reply_long(struct thread *t, uint64_t token, uint64_t word, const struct message *out)
{
    clear_regs(t);
    t->regs.handle_flags = token;
    t->regs.word = word;
    t->regs.payload[0] = out->buf;
    world_syscall(t, KN_REPLY | KN_LONG);
}

void world_reply_recv(struct thread *t, uint64_t token, uint64_t word, uint64_t payload, handle_t h,
                      const struct message *in)
{
    clear_regs(t);
    t->regs.handle_flags = token;
    t->regs.word = word;
    t->regs.listener_token = h;
    t->regs.in_buf_context = in ? in->buf : 0;
    set_payload(t, payload);
    world_syscall(t, KN_REPLY_RECV);
}

void world_reply_recv_long(struct thread *t, uint64_t token, uint64_t word,
                           const struct message *out, handle_t h, const struct message *in)
{
    clear_regs(t);
    t->regs.handle_flags = token;
    t->regs.word = word;
    t->regs.listener_token = h;
    t->regs.payload[0] = out->buf;
    t->regs.in_buf_context = in ? in->buf : 0;
    world_syscall(t, KN_REPLY_RECV | KN_LONG);
}
