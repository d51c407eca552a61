/*
 * measure.h: samples of a cost in guest instructions.
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
/* Whether the command line asks for this figure, or for all. */
int is_wanted(const char *name);
/* While quiet, every figure is wanted and none is printed. */
void measure_quiet(int quiet);

/* Samples are given one by one: bench_begin(), any number of bench_sample(), bench_end(), which
 * prints the line. */
void bench_begin(const char *name);
void bench_sample(uint64_t from, uint64_t to);
void bench_end(void);
/* A sample that was `parts` times the same thing. */
void bench_part(uint64_t from, uint64_t to, unsigned parts);
/* The median of the samples since bench_begin(), instead of a line. */
uint64_t bench_median(void);
/* A line with one sample. */
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

#endif
