/*
 * measure.c: see measure.h.
 */
#include "measure.h"

#include "core.h"

#include <coresrv/hal/hal_api.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static uint64_t samples[SAMPLES_MAX];
static unsigned count;
static const char *title;
static uint64_t overhead; /* of the two readings of a sample */
static uint64_t hz;       /* of the counter, when times are measured */

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

/* The counter's rate, by the system's clock. */
static void calibrate(void)
{
    uint64_t from_ns, to_ns, from = read_counter();

    core_uptime(&from_ns);
    do {
        core_uptime(&to_ns);
    } while (to_ns - from_ns < 200000000);
    hz = (uint64_t)((read_counter() - from) * 1e9 / (double)(to_ns - from_ns));
    overhead = time_nothing();
}

const char *measure_mode(void)
{
    static char mode[16];

    if (KnHalGetEnv("bench.mode", mode, sizeof(mode)) != rcOk) {
        mode[0] = 0;
    }
    if (mode[0] && strcmp(mode, "growth")) {
        calibrate();
    }
    return mode;
}

uint64_t measure_ns(uint64_t ticks)
{
    return (uint64_t)((double)ticks * 1e9 / (double)hz);
}

int is_timed(void)
{
    return hz != 0;
}

static int is_quiet;

void measure_quiet(int quiet)
{
    is_quiet = quiet;
}

int measure_is_quiet(void)
{
    return is_quiet;
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
    uint64_t took = to - from;

    if (count < SAMPLES_MAX) {
        samples[count++] = took > overhead ? took - overhead : 0;
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

uint64_t bench_longest(void)
{
    uint64_t longest = 0;

    for (unsigned i = 0; i < count; i++) {
        longest = samples[i] > longest ? samples[i] : longest;
    }
    return longest;
}

static void print_line(const char *prefix)
{
    fprintf(stderr, "bench %s%s %u %llu %llu %llu %llu\n", prefix, title, count,
            (unsigned long long)samples[0], (unsigned long long)samples[count / 2],
            (unsigned long long)samples[(uint64_t)count * 9 / 10],
            (unsigned long long)samples[count - 1]);
}

void bench_values(const char *name, const uint64_t *values, unsigned n)
{
    title = name;
    count = n < SAMPLES_MAX ? n : SAMPLES_MAX;
    memcpy(samples, values, count * sizeof(samples[0]));
    qsort(samples, count, sizeof(samples[0]), compare);
    print_line("");
}

void bench_less(uint64_t base, unsigned parts)
{
    for (unsigned i = 0; i < count; i++) {
        samples[i] = samples[i] > base ? (samples[i] - base) / parts : 0;
    }
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
    for (unsigned i = 0; hz && i < count; i++) {
        samples[i] = measure_ns(samples[i]);
    }
    print_line(hz ? "time." : "");
}

void bench_single(const char *name, uint64_t value)
{
    if (!hz && is_wanted(name)) {
        bench_begin(name);
        bench_sample(0, value + overhead);
        bench_end();
    }
}
