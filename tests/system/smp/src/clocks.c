/*
 * clocks.c: time is the same on all CPUs.
 */
#include "suite.h"

#include <time.h>

#define ROUNDS 5000

static volatile uint64_t latest;
static volatile int has_gone_back;

static uint64_t from_kernel(void)
{
    uint64_t ns = 0;

    core_uptime(&ns);
    return ns;
}

static uint64_t from_page(void)
{
    struct timespec t;

    clock_gettime(CLOCK_MONOTONIC, &t);
    return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

/* What any thread has read before this one reads is not later than what this one reads. */
static void read_often(void *context, uint32_t i)
{
    uint64_t (*clock)(void) = context ? from_kernel : from_page;

    (void)i;
    for (int n = 0; n < ROUNDS; n++) {
        uint64_t before = __atomic_load_n(&latest, __ATOMIC_SEQ_CST), now = clock();

        if (now < before) {
            has_gone_back = 1;
        }
        while (now > before && !__atomic_compare_exchange_n(&latest, &before, now, 0,
                                                            __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST)) {
        }
    }
}

void test_clocks(void)
{
    latest = 0;
    has_gone_back = 0;
    on_cpus(2 * cpus, read_often, NULL);
    CHECK("the clock never goes back from CPU to CPU", !has_gone_back);
    latest = 0;
    on_cpus(cpus, read_often, (void *)1);
    CHECK("nor does the kernel's", !has_gone_back);
    uint64_t before = from_page(), kernel = from_kernel(), after = from_page();
    CHECK("they are one clock", before <= kernel && kernel <= after);
}
