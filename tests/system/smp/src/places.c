/*
 * places.c: which thread runs on which CPU.
 */
#define _GNU_SOURCE /* sched_getaffinity */
#include "suite.h"

#include <sched.h>
#include <unistd.h>

#define ROUNDS 200

static Tid self(void)
{
    return KosThreadCurrentId();
}

/* ---- at once ---- */

static volatile uint32_t turn, has_ended;

/* Takes turns with a thread that does the same, without a call of the kernel: each has to run for the
 * other to get on. */
static int take_turns(void *context)
{
    uint32_t mine = (uint32_t)(uintptr_t)context;

    for (int i = 0; i < ROUNDS; i++) {
        while (turn != mine) {
            relax();
        }
        turn = !mine;
    }
    __atomic_add_fetch(&has_ended, 1, __ATOMIC_SEQ_CST);
    return 0;
}

static void test_turns(void)
{
    Tid tid[2];

    turn = has_ended = 0;
    for (uintptr_t i = 0; i < 2; i++) {
        KosThreadCreate(&tid[i], 10, 0, take_turns, (void *)i, 0);
    }
    for (int i = 0; i < 2; i++) {
        KosThreadWait(tid[i], INFINITE_TIMEOUT);
    }
    CHECK_EQUAL("two threads take turns without the kernel", has_ended, 2);
}

static volatile uint32_t stop;
static volatile uint64_t counts[CPUS_SHOWN];

static int count(void *context)
{
    volatile uint64_t *mine = context;

    while (!stop) {
        ++*mine;
    }
    return 0;
}

static uint32_t start_counters(Tid *tid, uint32_t n, uint32_t priority)
{
    stop = 0;
    for (uint32_t i = 0; i < n; i++) {
        counts[i] = 0;
        KosThreadCreate(&tid[i], priority, 0, count, (void *)(uintptr_t)&counts[i], 0);
    }
    return n;
}

static void stop_counters(const Tid *tid, uint32_t n)
{
    stop = 1;
    for (uint32_t i = 0; i < n; i++) {
        KosThreadWait(tid[i], INFINITE_TIMEOUT);
    }
}

/* The kernel's own words, below what libkos shows. */
Retcode KnThreadGetAffinityRaw(uint32_t tid, uint64_t *allowed, uint32_t *cpu, uint32_t *n);

static uint32_t cpu_of(Tid tid)
{
    uint64_t allowed;
    uint32_t cpu = ~0u, n;

    KnThreadGetAffinityRaw(tid, &allowed, &cpu, &n);
    return cpu;
}

/* As many busy threads as CPUs use them all: the suite's own thread is one of them. */
static void test_spread(void)
{
    Tid tid[CPUS_SHOWN];
    uint32_t n = start_counters(tid, cpus - 1, 10), used = 0;

    for (uint32_t i = 0; i < n; i++) {
        while (!counts[i]) {
            relax(); /* and keeps its CPU */
        }
    }
    used = 1u << cpu_of(self());
    for (uint32_t i = 0; i < n; i++) {
        used |= 1u << cpu_of(tid[i]);
    }
    CHECK_EQUAL("busy threads use all CPUs", used, (1u << cpus) - 1);
    stop_counters(tid, n);
}

/* ---- affinity ---- */

static void test_codes(void)
{
    uint64_t allowed = 0, all = (1ull << KosCpuCount()) - 1;

    CHECK_RC("no CPU at all", KosThreadSetAffinity(self(), 0), rcInvalidArgument);
    CHECK_RC("a CPU that does not exist", KosThreadSetAffinity(self(), 1ull << 63),
             rcInvalidArgument);
    CHECK_RC("no such thread", KosThreadSetAffinity(0xfffff, 1), rcResourceNotFound);
    CHECK_RC("of no such thread", KosThreadGetAffinity(0xfffff, &allowed), rcResourceNotFound);
    CHECK_RC("nowhere to put it", KosThreadGetAffinity(self(), NULL), rcInvalidArgument);
    CHECK_RC("one's own", KosThreadGetAffinity(self(), &allowed), rcOk);
    CHECK_EQUAL("is all that run", allowed, all);
    CHECK_RC("the first and one that does not exist", KosThreadSetAffinity(self(), 1 | 1ull << 63),
             rcOk);
    KosThreadGetAffinity(self(), &allowed);
    CHECK_EQUAL("is the first", allowed, 1);
    go_anywhere();
}

static void test_posix(void)
{
    cpu_set_t set;

    CHECK_EQUAL("sysconf counts them", sysconf(_SC_NPROCESSORS_ONLN), KosCpuCount());
    CPU_ZERO(&set);
    CPU_SET(cpus - 1, &set);
    CHECK_EQUAL("sched_setaffinity", sched_setaffinity(0, sizeof(set), &set), 0);
    CHECK_EQUAL("sched_getcpu", sched_getcpu(), (int)cpus - 1);
    CPU_ZERO(&set);
    CHECK_EQUAL("sched_getaffinity", sched_getaffinity(0, sizeof(set), &set), 0);
    CHECK("is what was set", CPU_COUNT(&set) == 1 && CPU_ISSET(cpus - 1, &set));
    go_anywhere();
}

static int tell_cpu(void *context)
{
    *(volatile uint32_t *)context = KosCpuCurrent();
    return 0;
}

static void test_inherited(void)
{
    struct peer peer;
    volatile uint32_t cpu = ~0u;
    uint32_t there = ~0u;
    Tid tid;
    int is_here = 1;

    for (uint32_t i = 0; i < cpus; i++) {
        go_to(i);
        is_here &= KosCpuCurrent() == i;
    }
    CHECK("a thread goes where it may", is_here);
    KosThreadCreate(&tid, 15, 0, tell_cpu, (void *)(uintptr_t)&cpu, 0);
    KosThreadWait(tid, INFINITE_TIMEOUT);
    CHECK_EQUAL("a new thread inherits", cpu, cpus - 1);
    peer_start(&peer);
    go_to(0);
    CHECK_EQUAL("a new process", peer_where(&peer, &there), 0);
    CHECK_EQUAL("inherits", there, cpus - 1);
    go_anywhere();
    peer_end(&peer);
}

/* A running thread is moved; a ready one as well. */
static void test_moved(void)
{
    Tid tid[2];
    int is_there = 1;

    start_counters(tid, 2, 10);
    for (uint32_t i = 0; i < 4 * cpus; i++) {
        for (uint32_t t = 0; t < 2; t++) {
            uint64_t seen = counts[t];

            KosThreadSetAffinity(tid[t], 1ull << (i + t) % cpus);
            while (counts[t] == seen) {
                KosThreadSleep(1);
            }
            is_there &= cpu_of(tid[t]) == (i + t) % cpus;
        }
    }
    CHECK("a thread that runs or is ready is moved", is_there);
    stop_counters(tid, 2);
}

/* On one CPU the order of priorities holds, however many others are idle. */
static void test_one_cpu(void)
{
    Tid high, low;

    stop = 0;
    counts[0] = counts[1] = 0;
    go_to(cpus - 1);
    core_set_priority(self(), 20);
    KosThreadCreate(&high, 12, 0, count, (void *)(uintptr_t)&counts[0], 0);
    KosThreadCreate(&low, 11, 0, count, (void *)(uintptr_t)&counts[1], 0);
    KosThreadSleep(30);
    uint64_t low_ran = counts[1];
    int has_high_run = counts[0] != 0;
    KosThreadSetAffinity(low, 1);
    while (cpus > 1 && !counts[1]) {
        KosThreadSleep(1);
    }
    stop = 1;
    core_set_priority(self(), 15);
    go_anywhere();
    KosThreadWait(high, INFINITE_TIMEOUT);
    KosThreadWait(low, INFINITE_TIMEOUT);
    CHECK("the higher priority runs", has_high_run);
    CHECK_EQUAL("the lower one, bound to that CPU, does not", low_ran, 0);
}

void test_places(void)
{
    test_codes();
    test_posix();
    test_inherited();
    test_turns();
    test_spread();
    test_moved();
    test_one_cpu();
}
