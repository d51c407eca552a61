/*
 * lock_test.c: the kernel's lock and claims, with real threads as CPUs: who has the lock is alone, and claims
 * are beside claims only.
 */
#include <pthread.h>
#include <sched.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>

#include <cmocka.h>

#include "core/claim.h"

#include "fake.h"

enum { CPUS = 3, TURNS = 20000 };

static uint32_t holders, claims, bad;
static uint64_t plain; /* changed under the lock alone, read with a claim */
static uint64_t granted[CPUS], held[CPUS];

static uint32_t count(uint32_t *of)
{
    return __atomic_load_n(of, __ATOMIC_SEQ_CST);
}

static void change(uint32_t *of, int by)
{
    __atomic_add_fetch(of, (uint32_t)by, __ATOMIC_SEQ_CST);
}

static void note(bool is_bad)
{
    if (is_bad)
        __atomic_store_n(&bad, 1, __ATOMIC_SEQ_CST);
}

static void with_lock(uint32_t me) UNCHECKED
{
    lock_take();
    change(&holders, 1);
    note(count(&holders) != 1 || count(&claims) != 0);
    plain++;
    if (held[me]++ % 16 == 0)
        (void)(sched_yield)();
    note(count(&holders) != 1 || count(&claims) != 0);
    change(&holders, -1);
    lock_give();
}

static void with_claim(struct cpu *cpu) UNCHECKED
{
    if (!claim_take(cpu))
        return;
    change(&claims, 1);
    uint64_t seen = plain;
    if (granted[cpu->index]++ % 16 == 0)
        (void)(sched_yield)(); /* others come in the middle */
    note(count(&holders) != 0 || plain != seen);
    change(&claims, -1);
    claim_drop(cpu);
}

static void *run(void *cpu)
{
    fake_cpu_here = cpu;
    uint32_t me = fake_cpu_here->index, seed = me + 1;
    for (int i = 0; i < TURNS; i++) {
        seed = seed * 1664525u + 1013904223u;
        if (seed >> 29)
            with_claim(fake_cpu_here);
        else
            with_lock(me);
    }
    return NULL;
}

static void start_cpus(void)
{
    kernel_lock = (struct kernel_lock){0};
    for (uint32_t i = 0; i < CPUS; i++) {
        if (i > 0)
            cpus[i] = aligned_alloc(64, (sizeof(struct cpu) + 63) / 64 * 64);
        __builtin_memset(cpus[i], 0, sizeof(struct cpu));
        cpus[i]->index = i;
    }
    cpu_count = CPUS;
    kernel_hooks = HOOK_CPUS;
}

static void stop_cpus(void)
{
    kernel_hooks = 0;
    cpu_count = 1;
    for (uint32_t i = 1; i < CPUS; i++) {
        free(cpus[i]);
        cpus[i] = NULL;
    }
}

static void test_alone(void **state)
{
    pthread_t threads[CPUS];
    uint64_t all_held = 0, all_granted = 0;
    (void)state;
    start_cpus();
    for (int i = 0; i < CPUS; i++)
        assert_int_equal(pthread_create(&threads[i], NULL, run, cpus[i]), 0);
    for (int i = 0; i < CPUS; i++) {
        pthread_join(threads[i], NULL);
        all_held += held[i];
        all_granted += granted[i];
    }
    assert_int_equal(bad, 0);
    assert_int_equal(plain, all_held);
    assert_true(all_granted > 0);
    stop_cpus();
}

static void test_refused(void **state) UNCHECKED
{
    (void)state;
    start_cpus();
    assert_true(claim_take(cpus[1]));
    assert_true(claim_take(cpus[2]));
    claim_drop(cpus[1]);
    claim_drop(cpus[2]);
    kernel_lock.is_held = 1;
    assert_false(claim_take(cpus[1]));
    assert_int_equal(cpus[1]->has_claim, 0);
    kernel_lock.is_held = 0;
    kernel_hooks |= HOOK_MEASURE;
    assert_false(claim_take(cpus[1]));
    assert_int_equal(cpus[1]->has_claim, 0);
    stop_cpus();
}

int main(void)
{
    const struct CMUnitTest tests[] = {
        cmocka_unit_test(test_refused),
        cmocka_unit_test(test_alone),
    };
    return cmocka_run_group_tests(tests, NULL, NULL);
}
