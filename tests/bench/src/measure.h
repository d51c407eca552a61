/*
 * measure.h: samples of a cost in guest instructions, or of a time in nanoseconds.
 */
#ifndef BENCH_MEASURE_H
#define BENCH_MEASURE_H

#include <stdint.h>

#define SAMPLES_MAX 10000u

static inline uint64_t read_counter(void)
{
    uint32_t low, high;

    __asm__ volatile("rdtsc" : "=a"(low), "=d"(high) : : "memory");
    return (uint64_t)high << 32 | low;
}

/* Whether the counter advances by exactly one for each instruction; says so if not. */
int measure_is_exact(void);
/* What the word bench.mode says: nothing (instructions are counted), `growth` (they are, while something
 * grows), or, where the counter's rate is found first, `time` or `smp`. */
const char *measure_mode(void);
/* Whether times are measured, and figures printed as time.NAME. */
int is_timed(void);
/* Ticks of the counter in nanoseconds, when times are measured. */
uint64_t measure_ns(uint64_t ticks);
/* Whether the command line asks for this figure, or for all. */
int is_wanted(const char *name);
/* While quiet, every figure is wanted and none is printed. */
void measure_quiet(int quiet);
int measure_is_quiet(void);

/* Samples are given one by one: bench_begin(), any number of bench_sample(), bench_end(), which
 * prints the line. */
void bench_begin(const char *name);
void bench_sample(uint64_t from, uint64_t to);
void bench_end(void);
/* A sample that was `parts` times the same thing. */
void bench_part(uint64_t from, uint64_t to, unsigned parts);
/* The median of the samples since bench_begin(), instead of a line. */
uint64_t bench_median(void);
/* The largest of them. */
uint64_t bench_longest(void);
/* Takes `base` off every sample since bench_begin(), and shares the rest out to so many parts. */
void bench_less(uint64_t base, unsigned parts);
/* A line with values that are no costs, as they are. */
void bench_values(const char *name, const uint64_t *values, unsigned n);
/* A line with one sample; not when times are measured. */
void bench_single(const char *name, uint64_t value);

/* Times `statement` n times after a tenth as many that do not count. */
#define BENCH(name, n, before, statement, after)                                                   \
    do {                                                                                           \
        if (is_wanted(name)) {                                                                     \
            bench_begin(name);                                                                     \
            for (unsigned i_ = 0; i_ < (n) / 10 + (n); i_++) {                                     \
                before;                                                                            \
                uint64_t from_ = read_counter();                                                   \
                statement;                                                                         \
                uint64_t to_ = read_counter();                                                     \
                after;                                                                             \
                if (i_ >= (n) / 10) {                                                              \
                    bench_sample(from_, to_);                                                      \
                }                                                                                  \
            }                                                                                      \
            bench_end();                                                                           \
        }                                                                                          \
    } while (0)

void bench_ipc(void);
void bench_kernel(void);
void bench_handles(void);
void bench_threads(void);
void bench_sync(void);
void bench_latency(void);
void bench_smp(void);
void bench_growth(void);

#endif
