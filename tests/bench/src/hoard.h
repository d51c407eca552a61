/*
 * hoard.h: child processes of the abuse scenario, by the word in their first argument.
 */
#ifndef BENCH_HOARD_H
#define BENCH_HOARD_H

#include <kos/base.h>

/* The exit status, or -1 if there is no such mode. */
int hoard_run(const char *mode, Handle listener);
int callers_run(const char *mode);

#endif
