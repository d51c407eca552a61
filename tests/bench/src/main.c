/*
 * main.c: runs every measure that is asked for.
 */
#include "abuse.h"
#include "core.h"
#include "measure.h"

#include <stdio.h>
#include <string.h>

extern const uint64_t bench_start_time;

static void everything(void)
{
    bench_kernel();
    bench_handles();
    bench_ipc();
    bench_threads();
    bench_sync();
}

/* The longest stretch with interrupts off while everything runs once more, and in the abuse scenario:
 * watching makes each entry to the kernel longer, so it is off while the figures are taken. */
static void irq_off(void)
{
    uint64_t ticks = 0, abused;
    char what[200], abuse[200];

    if (is_wanted("latency.irq_off_max")) {
        measure_quiet(1);
        core_irq_off(1, 0, NULL, NULL);
        everything();
        core_irq_off(0, 0, &ticks, what);
        measure_quiet(0);
    }
    abused = abuse_longest(abuse);
    bench_single("latency.irq_off_max", ticks > abused ? ticks : abused);
    if (is_wanted("latency.irq_off_max")) {
        fprintf(stderr, "note latency.irq_off_max: %s\n", ticks > abused ? what : abuse);
    }
}

static void counted(void)
{
    bench_single("boot.user", bench_start_time);
    everything();
    bench_latency();
    irq_off();
}

int main(void)
{
    const char *mode = measure_mode();

    if (!is_timed() && !measure_is_exact()) {
        core_reset(1);
    }
    if (!strcmp(mode, "time")) {
        everything();
    } else if (!strcmp(mode, "smp")) {
        bench_smp();
    } else if (!strcmp(mode, "growth")) {
        bench_growth();
    } else {
        counted();
    }
    core_reset(0);
}
