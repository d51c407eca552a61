/*
 * main.c: starts rings of fuzzing processes again and again until enough calls were made, kills some
 * of them, and looks whether the kernel is as it was.
 */
#include "check.h"
#include "core.h"
#include "task.h"

#include <coresrv/hal/hal_api.h>
#include <kos/thread.h>
#include <stdio.h>
#include <stdlib.h>

#define CLASS       "fuzz.Child"
#define RING        3u
#define BATCH       500u
#define CALLS       200000ull
#define CALLS_RACES 30000ull /* on several CPUs */
#define QUOTA       (12ull << 20)
#define PATIENCE_MS 1500u
#define DONE        0

static struct child ring[RING];
static uint64_t seed = 1, made, batches, killed, ended;

/* Of all that is counted: allocations may be made to fail by a child at any time. */
static Retcode again(Retcode (*run)(unsigned), unsigned argument)
{
    Retcode rc = rcFail;

    for (int i = 0; i < 100 && rc != rcOk; i++) {
        core_fail_allocation(0, NULL);
        rc = run(argument);
    }
    return rc;
}

static Retcode create(unsigned i)
{
    ring[i] = (struct child){0};
    return core_task_create("Child", CLASS, "Child", 0, CHILD_PRIORITY, QUOTA, &ring[i].task);
}

/* Each calls the next one. */
static Retcode join(unsigned i)
{
    return child_join(&ring[i], &ring[(i + 1) % RING]);
}

static Retcode start(unsigned i)
{
    uint64_t numbers[] = {seed * 0x9e3779b97f4a7c15ull >> 1, BATCH, ring[i].listener,
                          ring[i].outgoing};

    seed++;
    return child_start(&ring[i], "run", 4, numbers);
}

static int run_ring(void)
{
    int is_good = 1;

    for (unsigned i = 0; i < RING; i++) {
        is_good &= again(create, i) == rcOk;
    }
    for (unsigned i = 0; i < RING; i++) {
        is_good &= again(join, i) == rcOk;
    }
    for (unsigned i = 0; i < RING; i++) {
        is_good &= again(start, i) == rcOk;
    }
    for (unsigned i = 0; i < RING; i++) {
        int code = child_wait(&ring[i], batches % 5 == i ? 3 : PATIENCE_MS);
        batches++;
        made += code == DONE ? BATCH : 0;
        killed += code == -2000;
        ended += code != -2000 && code != DONE;
    }
    for (unsigned i = 0; i < RING; i++) {
        child_drop(&ring[i]);
    }
    return is_good;
}

static uint64_t number(const char *name, uint64_t otherwise)
{
    char text[32];

    return KnHalGetEnv(name, text, sizeof(text)) == rcOk ? strtoull(text, NULL, 0) : otherwise;
}

static void check_counters(const struct counters *before)
{
    struct counters after;

    core_fail_allocation(0, NULL);
    core_counters(&after);
    CHECK_EQUAL("objects", after.objects, before->objects);
    CHECK_EQUAL("handles", after.handles, before->handles);
    CHECK_EQUAL("threads", after.threads, before->threads);
    CHECK_EQUAL("kernel memory", after.kmem, before->kmem);
    CHECK_EQUAL("frames", after.frames, before->frames);
}

int main(void)
{
    uint64_t wanted = number("fuzz.calls", KosCpuCount() > 1 ? CALLS_RACES : CALLS), shown = 0;
    struct counters before;
    int is_good = 1;

    seed = number("fuzz.seed", 1);
    printf("%llu calls from seed %llu\n", (unsigned long long)wanted, (unsigned long long)seed);
    core_fill_handle_table();
    for (int i = 0; i < 10; i++) {
        run_ring(); /* grows what stays */
    }
    core_counters(&before);
    made = 0;
    while (made < wanted && is_good) {
        is_good &= run_ring() && core_self_check() == rcOk;
        if (made / 50000 > shown) {
            shown = made / 50000;
            printf("%llu calls, %llu processes: %llu ended otherwise, %llu killed\n",
                   (unsigned long long)made, (unsigned long long)batches,
                   (unsigned long long)ended, (unsigned long long)killed);
        }
    }
    CHECK("the calls were made, the self-check held after each round", is_good);
    CHECK("many processes came to their end", made / BATCH > batches / 4);
    check_counters(&before);
    finish();
}
