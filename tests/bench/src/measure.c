/*
 * measure.c: see measure.h.
 */
#include "measure.h"

#include <coresrv/hal/hal_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t samples[SAMPLES_MAX];
static unsigned count;
static const char *title;
static uint64_t overhead; /* of the two readings of a sample */

/* `turns` times two instructions, between two readings. */
static uint64_t time_loop(uint64_t turns)
{
    uint64_t from = read_counter();

    __asm__ volatile("1: decq %0\n\tjnz 1b" : "+r"(turns) : : "cc");
    return read_counter() - from;
}

static uint64_t time_nothing(void)
{
    uint64_t from = read_counter();
    uint64_t to = read_counter();

    return to - from;
}

int measure_is_exact(void)
{
    static const uint64_t turns[] = {10, 100, 1000, 5000};
    uint64_t first = time_loop(1);

    for (unsigned i = 0; i < sizeof(turns) / sizeof(turns[0]); i++) {
        uint64_t took = time_loop(turns[i]);

        if (took - first != 2 * (turns[i] - 1)) {
            fprintf(stderr, "bench: a loop of %llu instructions counts as %lld: QEMU must run with "
                            "-icount shift=0,sleep=off\n", (unsigned long long)(2 * turns[i] - 2),
                    (long long)(took - first));
            return 0;
        }
    }
    overhead = time_nothing();
    return 1;
}

/* Is the figure asked for on the kernel's command line? */
static int is_named(const char *name)
{
    static char wanted[256];
    static int is_read;

    if (!is_read) {
        is_read = 1;
        if (KnHalGetEnv("bench", wanted, sizeof(wanted)) != rcOk) {
            wanted[0] = 0;
        }
    }
    for (const char *at = wanted; *at;) {
        size_t n = strcspn(at, ",");

        if (!strncmp(name, at, n) && (!name[n] || name[n] == '.')) {
            return 1;
        }
        at += n + (at[n] == ',');
    }
    return !wanted[0];
}

static int is_quiet;

void measure_quiet(int quiet)
{
    is_quiet = quiet;
}

int is_wanted(const char *name)
{
    return is_quiet || is_named(name);
}

void bench_begin(const char *name)
{
    title = name;
    count = 0;
}

void bench_sample(uint64_t from, uint64_t to)
{
    if (count < SAMPLES_MAX) {
        samples[count++] = to - from - overhead;
    }
}

static int compare(const void *a, const void *b)
{
    uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

    return (x > y) - (x < y);
}

void bench_part(uint64_t from, uint64_t to, unsigned parts)
{
    bench_sample(0, overhead + (to - from - overhead) / parts);
}

uint64_t bench_median(void)
{
    qsort(samples, count, sizeof(samples[0]), compare);
    return samples[count / 2];
}

void bench_end(void)
{
    if (is_quiet) {
        return;
    }
    if (!count) {
        fprintf(stderr, "bench: %s has no samples\n", title);
        return;
    }
    qsort(samples, count, sizeof(samples[0]), compare);
    fprintf(stderr, "bench %s %u %llu %llu %llu %llu\n", title, count,
            (unsigned long long)samples[0], (unsigned long long)samples[count / 2],
            (unsigned long long)samples[(uint64_t)count * 9 / 10],
            (unsigned long long)samples[count - 1]);
}

void bench_single(const char *name, uint64_t value)
{
    if (is_wanted(name)) {
        bench_begin(name);
        bench_sample(0, value + overhead);
        bench_end();
    }
}
