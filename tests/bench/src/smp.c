/*
 * smp.c: what further CPUs bring: independent pairs of client and server, one pair a CPU.
 *
 * A client works for 10,000 instructions, then calls its server. `smp.calls.K` is calls in a second of K
 * pairs, `smp.speedup.K` K pairs against one pair in percent, of rounds that alternate because the host
 * is not quiet; `smp.pingpong.K` the same without work, where the kernel is all there is, and
 * `smp.lockwait.K` how much of the CPUs' time then went by waiting for the kernel's lock, in thousandths.
 * `smp.share.K`: of twice as many pairs as CPUs, all free to move, the calls of the slowest in percent of
 * the average.
 */
#include "core.h"
#include "measure.h"
#include "task.h"

#include <bench/Server.edl.h>
#include <kos/thread.h>
#include <stdio.h>
#include <tessera/call.h>

#define ROUNDS    11u
#define ROUND_NS  100000000u
#define WORK      10000u /* instructions */
#define PAIRS_MAX 16u

struct pair {
    struct child server;
    Tid client;
    uint64_t calls;
    int failed;
};

static struct pair pairs[PAIRS_MAX];
static volatile int is_over;
static unsigned work;

static int client(void *context)
{
    struct pair *pair = context;
    const uint64_t word = KN_WORD(bench_Server_bench_iid, bench_Bench_Small_mid,
                                  sizeof(bench_Bench_Small_req), 0, NK_MESSAGE_REQUEST);

    while (!is_over) {
        uint64_t turns = work / 2;
        struct kn_words words;

        if (turns) {
            __asm__ volatile("1: decq %0\n\tjnz 1b" : "+r"(turns) : : "cc");
        }
        kn_set_words(&words, word, pair->calls, 0, 0, 0, 0);
        pair->failed |= kn_call_short(pair->server.client, &words) != rcOk ||
                        words.payload[0] != pair->calls;
        pair->calls++;
    }
    return 0;
}

/* A server, on CPU `cpu` for good: a process stays where its maker was. */
static int start_server(struct pair *pair, unsigned cpu, unsigned cpus)
{
    if (cpus > 0) {
        KosThreadSetAffinity(KosThreadCurrentId(), 1ull << cpu % cpus);
    }
    Retcode rc = child_serve(&pair->server, "bench.Server", "short", CHILD_PRIORITY);

    core_all_cpus();
    if (rc != rcOk) {
        fprintf(stderr, "bench: smp: no server: 0x%x\n", (unsigned)rc);
    }
    return rc == rcOk;
}

/* One round of the first `count` pairs, each at its CPU (bound) or anywhere; calls in a second. */
static uint64_t run_round(unsigned count, unsigned instructions, unsigned bound)
{
    uint64_t from, to, calls = 0;

    is_over = 0;
    work = instructions;
    for (unsigned i = 0; i < count; i++) {
        pairs[i].calls = 0;
        KosThreadCreate(&pairs[i].client, CHILD_PRIORITY, 0, client, &pairs[i], 1);
        if (bound) {
            KosThreadSetAffinity(pairs[i].client, 1ull << i);
        }
    }
    core_uptime(&from);
    for (unsigned i = 0; i < count; i++) {
        KosThreadResume(pairs[i].client);
    }
    core_sleep_ns(ROUND_NS);
    is_over = 1;
    for (unsigned i = 0; i < count; i++) {
        KosThreadWait(pairs[i].client, 10000);
        calls += pairs[i].calls;
        if (pairs[i].failed) {
            fprintf(stderr, "bench: smp: wrong answers\n");
        }
    }
    core_uptime(&to);
    return calls * 1000000000 / (to - from);
}

static void print(const char *what, unsigned count, uint64_t *values)
{
    char name[32];

    snprintf(name, sizeof(name), "%s.%u", what, count);
    if (is_wanted(name)) {
        bench_values(name, values, ROUNDS);
    }
}

static void speed(unsigned cpus, unsigned instructions, const char *calls_name, const char *speedup_name,
                  const char *wait_name)
{
    static uint64_t one[ROUNDS], many[ROUNDS], ratio[ROUNDS], waited[ROUNDS];

    for (unsigned count = 2; count <= cpus; count *= 2) {
        for (unsigned i = 0; i < ROUNDS; i++) {
            struct lock_wait before, after;

            one[i] = run_round(1, instructions, 1);
            core_lock_wait(&before);
            many[i] = run_round(count, instructions, 1);
            core_lock_wait(&after);
            ratio[i] = many[i] * 100 / one[i];
            waited[i] = measure_ns(after.ticks - before.ticks) * 1000 / ((uint64_t)ROUND_NS * count);
        }
        if (count == 2) {
            print(calls_name, 1, one);
        }
        print(calls_name, count, many);
        print(speedup_name, count, ratio);
        print(wait_name, count, waited);
    }
}

static void share(unsigned cpus)
{
    unsigned count = 2 * cpus < PAIRS_MAX ? 2 * cpus : PAIRS_MAX;
    uint64_t least[ROUNDS];

    for (unsigned i = 0; i < ROUNDS; i++) {
        uint64_t sum = 0, min = ~0ull;

        run_round(count, WORK, 0);
        for (unsigned k = 0; k < count; k++) {
            sum += pairs[k].calls;
            min = pairs[k].calls < min ? pairs[k].calls : min;
        }
        least[i] = min * count * 100 / (sum ? sum : 1);
    }
    print("smp.share", count, least);
}

void bench_smp(void)
{
    unsigned cpus = KosCpuCount();

    if (cpus < 2) {
        fprintf(stderr, "bench: smp: one CPU alone\n");
        return;
    }
    cpus = cpus < PAIRS_MAX ? cpus : PAIRS_MAX;
    for (unsigned i = 0; i < cpus; i++) {
        if (!start_server(&pairs[i], i, cpus)) {
            return;
        }
    }
    speed(cpus, WORK, "smp.calls", "smp.speedup", "smp.lockwait");
    speed(cpus, 0, "smp.pingpong", "smp.pingpong.speedup", "smp.pingpong.lockwait");
    for (unsigned i = 0; i < cpus; i++) {
        child_drop(&pairs[i].server);
    }
    for (unsigned i = 0; i < 2 * cpus && i < PAIRS_MAX; i++) {
        if (!start_server(&pairs[i], 0, 0)) {
            return;
        }
    }
    share(cpus);
}
