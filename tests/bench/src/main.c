/*
 * main.c: runs every measure that is asked for.
 */
#include "core.h"
#include "measure.h"

extern const uint64_t bench_start_time;

int main(void)
{
    if (!measure_is_exact()) {
        core_reset(1);
    }
    bench_single("boot.user", bench_start_time);
    bench_kernel();
    bench_handles();
    bench_ipc();
    bench_threads();
    bench_sync();
    core_reset(0);
}
