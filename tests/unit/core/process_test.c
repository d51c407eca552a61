/*
 * process_test.c: creation, start and end of processes; the end of a run.
 */
#include "world.h"

#include <string.h>

#include "core/idle.h"
#include "core/log.h"
#include "mm/kmem.h"
#include "mm/usercopy.h"

#include <tessera/start.h>

static struct process *creator;

static int setup(void **state)
{
    world_setup(state);
    creator = world_process("test.Client", 10);
    return 0;
}

static int teardown(void **state)
{
    idle_set_keep(true);
    return world_teardown(state);
}

static Retcode create(const char *eiid, const char *path, uint64_t stack, uint32_t priority,
                      uint64_t memory, struct process **out)
{
    return process_create(creator, "child", eiid, path, false, stack, priority, memory, out);
}

static struct kn_start start_of(const struct process *p)
{
    struct kn_start s;
    assert_true(aspace_read(p->aspace, p->start_block, &s, sizeof s));
    return s;
}

static void test_refused(void **state)
{
    (void)state;
    struct process *p = NULL;
    uint64_t used = root_account.used, objects = object_count();
    assert_int_equal(create("test.Server", "prog", 0, 32, 0, &p), rcInvalidArgument);
    assert_int_equal(create("test.Server", "prog", 1ull << 40, 5, 0, &p), rcInvalidArgument);
    assert_int_equal(create("test.Nobody", "prog", 0, 5, 0, &p), rcResourceNotFound);
    assert_int_equal(create("test.Server", "nothing", 0, 5, 0, &p), rcResourceNotFound);
    creator->priority_ceiling = 10;
    assert_int_equal(create("test.Server", "prog", 0, 11, 0, &p), rcSecurityDisallow);
    assert_int_equal(create("test.Server", "prog", 0, 5, 4096, &p), rcQuotaExceeded);
    assert_int_equal(create("test.Server", "prog", 0, 5, 1ull << 62, &p), rcQuotaExceeded);
    assert_null(p);
    assert_int_equal(root_account.used, used);
    assert_int_equal(object_count(), objects);
    world_check();
}

static void test_nth_allocation_of_create(void **state)
{
    (void)state;
    struct process *p = NULL;
    uint64_t nth = 1;
    for (;; nth++) {
        uint64_t used = root_account.used, objects = object_count(), threads = thread_count();
        mm_fail_nth(nth);
        Retcode rc = create("test.Server", "prog", 8192, 5, 1 << 20, &p);
        bool has_failed = !mm_fail_remaining();
        mm_fail_nth(0);
        if (!has_failed) {
            assert_int_equal(rc, rcOk);
            break;
        }
        assert_int_equal(RC_GET_CODE(rc), RC_GET_CODE(rcOutOfMemory));
        assert_int_equal(root_account.used, used);
        assert_int_equal(object_count(), objects);
        assert_int_equal(thread_count(), threads);
        world_check();
    }
    assert_true(nth > 8);
}

static void test_nth_allocation_of_start(void **state)
{
    (void)state;
    struct process *p;
    char block[100] = "block";
    assert_int_equal(handle_reserve(&creator->handles, 1), rcOk);
    assert_int_equal(create("test.Server", "prog", 8192, 5, 0, &p), rcOk);
    handle_install(&creator->handles, &p->object, RIGHT_TASK_CONTROL);
    for (int starting = 0; starting < 2; starting++) {
        for (uint64_t nth = 1;; nth++) {
            uint64_t used = root_account.used;
            mm_fail_nth(nth);
            Retcode rc = starting ? process_start(creator, p)
                                  : process_set_start(p, block, sizeof block);
            bool has_failed = !mm_fail_remaining();
            mm_fail_nth(0);
            if (!has_failed) {
                assert_int_equal(rc, rcOk);
                break;
            }
            assert_int_equal(RC_GET_CODE(rc), RC_GET_CODE(rcOutOfMemory));
            assert_int_equal(root_account.used, used);
            assert_int_equal(p->state, PROCESS_STOPPED);
            assert_int_equal(start_of(p).magic, KN_START_MAGIC);
        }
    }
    assert_int_equal(start_of(p).block_size, 100);
}

static void test_what_a_program_finds(void **state)
{
    (void)state;
    struct process *p;
    static char block[5000];
    memset(block, 'b', sizeof block);
    assert_int_equal(create("test.Server", "prog", 10000, 5, 0, &p), rcOk);
    assert_int_equal(process_set_start(p, block, sizeof block), rcOk);
    assert_int_equal(process_set_start(p, block, sizeof block), rcInvalidOperation);
    assert_int_equal(process_start(creator, p), rcOk);
    assert_int_equal(process_start(creator, p), rcInvalidOperation);
    assert_int_equal(process_set_start(p, block, sizeof block), rcInvalidOperation);
    struct kn_start s = start_of(p);
    struct thread *t = world_main(p);
    assert_int_equal(s.block_size, sizeof block);
    assert_int_equal(s.stack_high - s.stack_low, 12288);
    assert_int_equal(s.tid, t->tid);
    assert_string_equal(s.task_name, "child");
    assert_int_equal(s.phnum, 2);
    assert_int_equal(s.phdr, 0x400040);
    assert_int_equal(t->regs.pc, 0x400100);
    assert_int_equal(t->regs.sp, s.stack_high);
    assert_int_equal(t->regs.handle_flags, p->start_block);
    assert_int_equal(t->priority, 5);
    char last;
    assert_true(aspace_read(p->aspace, p->start_block + sizeof s + sizeof block - 1, &last, 1));
    assert_int_equal(last, 'b');
    assert_false(aspace_write(p->aspace, p->start_block, &last, 1)); /* read-only */
    struct object *o;
    assert_int_equal(handle_get(&p->handles, s.self, OBJECT_PROCESS, 0, &o), rcOk);
    assert_ptr_equal(o, &p->object);
    assert_int_equal(handle_lookup(&p->handles, KN_CORE_HANDLE)->object->kind, OBJECT_CORE);
    assert_int_equal(handle_close(&p->handles, KN_CORE_HANDLE), rcSecurityDisallow);
}

/* A process with a limit of its own: the limit is taken out of the creator's account, and comes back. */
static void test_memory_limit(void **state)
{
    (void)state;
    struct process *p;
    uint64_t used = root_account.used, at;
    assert_int_equal(create("test.Server", "prog", 8192, 5, 1 << 20, &p), rcOk);
    uint64_t taken = root_account.used - used;
    assert_in_range(taken, 1 << 20, (1 << 20) + 256);
    assert_int_equal(aspace_allocate(p->aspace, 0, 1 << 20, VM_READ | VM_WRITE | VM_COMMIT, &at),
                     rcQuotaExceeded);
    assert_int_equal(aspace_allocate(p->aspace, 0, 65536, VM_READ | VM_WRITE | VM_COMMIT, &at), rcOk);
    assert_int_equal(root_account.used - used, taken);
    assert_int_equal(process_start(creator, p), rcOk);
    world_kill(p);
    assert_int_equal(root_account.used, used);
}

static int waited;

static void wait_done(struct thread *t, Retcode code)
{
    list_remove(&t->wait.link);
    regs_set_result(&t->regs, code);
    waited++;
}

static void test_waiters_are_told(void **state)
{
    (void)state;
    struct process *p = world_process("test.Server", 5);
    struct thread *t = world_main(creator);
    waited = 0;
    world_enter(t);
    list_add_tail(&p->waiters, &t->wait.link);
    this_cpu()->current = NULL;
    wait_block(t, WAIT_PROCESS, p, wait_done, TIME_NEVER);
    object_ref(&p->object);
    for (int i = 0; i < 5; i++)
        world_thread(p, 7);
    process_end(p, 42, false);
    world_settle();
    assert_int_equal(waited, 1);
    assert_rc(t, rcOk);
    assert_int_equal(p->state, PROCESS_DEAD);
    assert_int_equal(p->status, 42);
    assert_int_equal(p->nthreads, 0);
    assert_int_equal(process_run_status(), 1);
    object_put(&p->object);
}

/* The last handle of a process that was never started takes it away. */
static void test_never_started(void **state)
{
    (void)state;
    struct process *p;
    uint64_t used = root_account.used, n = process_count();
    assert_int_equal(handle_reserve(&creator->handles, 1), rcOk);
    assert_int_equal(create("test.Server", "prog", 8192, 5, 0, &p), rcOk);
    handle_t h = handle_install(&creator->handles, &p->object, RIGHT_TASK_CONTROL);
    assert_int_equal(process_count(), n + 1);
    assert_int_equal(handle_close(&creator->handles, h), rcOk);
    world_settle();
    assert_int_equal(process_count(), n);
    assert_int_equal(root_account.used, used);
    world_check();
}

/* A running process does not care. */
static void test_running_without_a_handle(void **state)
{
    (void)state;
    struct process *p;
    assert_int_equal(handle_reserve(&creator->handles, 1), rcOk);
    assert_int_equal(create("test.Server", "prog", 8192, 5, 0, &p), rcOk);
    handle_t h = handle_install(&creator->handles, &p->object, RIGHT_TASK_CONTROL);
    assert_int_equal(process_start(creator, p), rcOk);
    assert_int_equal(handle_close(&creator->handles, h), rcOk);
    world_settle();
    assert_int_equal(p->state, PROCESS_RUNNING);
}

/* Ended in every state that a thread can have: stopped, ready, running, waiting. */
static void test_ended_in_any_state(void **state)
{
    (void)state;
    struct thread *stopped;
    struct process *p = world_process("test.Server", 5);
    struct thread *ready = world_thread(p, 5), *running = world_thread(p, 6);
    struct thread *waiting = world_thread(p, 7);
    assert_int_equal(thread_create(p, 5, 0x400100, 0, 0, 0, 0, &stopped), rcOk);
    handle_t l = world_listener(p);
    world_recv(waiting, l, NULL);
    world_enter(running);
    assert_true(world_is_ready(ready));
    process_end(p, 0, false);
    process_end(p, 7, false); /* the first one counts */
    world_settle();
    world_check();
}

static void test_thread_numbers(void **state)
{
    (void)state;
    struct thread *t = world_thread(creator, 5);
    uint32_t tid = t->tid;
    assert_ptr_equal(thread_by_tid(tid), t);
    assert_null(thread_by_tid(tid + (1u << 20)));
    assert_null(thread_by_tid(0));
    assert_null(thread_by_tid(0xfffff));
    assert_null(thread_by_tid(~0u));
    world_exit(t);
    assert_null(thread_by_tid(tid));
    for (int i = 0; i < 3000; i++) {
        t = world_thread(creator, 5);
        assert_int_not_equal(t->tid, tid);
        world_exit(t);
        world_settle();
    }
}

static void test_nth_allocation_of_thread(void **state)
{
    (void)state;
    struct thread *t;
    for (uint64_t nth = 1;; nth++) {
        uint64_t used = root_account.used;
        mm_fail_nth(nth);
        Retcode rc = thread_create(creator, 5, 0x400100, 0, 0, 0, 0, &t);
        bool has_failed = !mm_fail_remaining();
        mm_fail_nth(0);
        if (!has_failed) {
            assert_int_equal(rc, rcOk);
            break;
        }
        assert_int_equal(RC_GET_CODE(rc), RC_GET_CODE(rcOutOfMemory));
        assert_int_equal(root_account.used, used);
        assert_int_equal(creator->nthreads, 1);
    }
}

/* ---- the end of a run ---- */

static void go_idle(void *arg)
{
    (void)arg;
    sched_run();
}

/* Nobody can run: how does the kernel end the run? */
static int outcome(void)
{
    idle_set_keep(false);
    int how = world_run(go_idle, NULL);
    idle_set_keep(true);
    return how;
}

static void test_a_cycle_of_calls(void **state)
{
    (void)state;
    struct process *p = world_process("test.Server", 10);
    handle_t a = world_listener(creator), b = world_listener(p);
    handle_t to_p = world_connect(creator, p, b), to_creator = world_connect(p, creator, a);
    world_call(world_main(creator), to_p, word_request(M_SHORT), 0);
    assert_int_equal(handle_lookup(&p->handles, to_creator)->object->kind, OBJECT_CHANNEL);
    struct thread *t = world_main(p);
    t->regs = (struct user_regs){.handle_flags = to_creator, .word = 1};
    const struct channel *c = container_of(handle_lookup(&p->handles, to_creator)->object,
                                           struct channel, object);
    assert_null(policy_method(c->pair, 0)); /* test.Client has no methods: nothing to call */
    assert_true(world_is_blocked(world_main(creator)));
    world_recv(t, b, NULL);
    world_call(t, world_connect(p, p, b), word_request(M_SHORT), 0); /* calls itself */
    assert_true(world_is_blocked(t));
    fake_log();
    assert_int_equal(outcome(), 103);
    assert_non_null(strstr(fake_log(), "deadlock"));
}

static void test_waiting_is_no_deadlock(void **state)
{
    (void)state;
    struct process *p = world_process("test.Server", 10);
    handle_t l = world_listener(p);
    world_recv(world_main(p), l, NULL);
    world_recv(world_main(creator), world_listener(creator), NULL);
    int how = outcome();
    assert_true(how == 100 || how == 101); /* 101 if a test before ended with a status */
}

static void test_a_deadline_keeps_the_run_alive(void **state)
{
    (void)state;
    handle_t l = world_listener(creator);
    world_recv_timed(world_main(creator), l, NULL, 10);
    assert_int_equal(outcome(), 1); /* idle, not ended */
}

int main(int argc, char **argv)
{
    if (argc > 1)
        cmocka_set_test_filter(argv[1]);
#define T(name) cmocka_unit_test_setup_teardown(name, setup, teardown)
    const struct CMUnitTest tests[] = {
        T(test_refused),
        T(test_nth_allocation_of_create),
        T(test_nth_allocation_of_start),
        T(test_what_a_program_finds),
        T(test_memory_limit),
        T(test_waiters_are_told),
        T(test_never_started),
        T(test_running_without_a_handle),
        T(test_ended_in_any_state),
        T(test_thread_numbers),
        T(test_nth_allocation_of_thread),
        T(test_a_cycle_of_calls),
        T(test_waiting_is_no_deadlock),
        T(test_a_deadline_keeps_the_run_alive),
    };
    return cmocka_run_group_tests_name("core/process", tests, NULL, NULL);
}
