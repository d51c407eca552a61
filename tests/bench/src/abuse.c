/*
 * abuse.c: see abuse.h.
 */
#include "abuse.h"

#include "core.h"
#include "measure.h"

#include <stdio.h>

static const struct {
    const char *name;
    void (*run)(void);
} scenarios[] = {
    {"close_wide", abuse_close_wide},
    {"revoke_wide", abuse_revoke_wide},
    {"revoke_deep", abuse_revoke_deep},
    {"revoke_shared", abuse_revoke_shared},
    {"revoke_crossing", abuse_revoke_crossing},
    {"subscriptions", abuse_subscriptions},
    {"receivers", abuse_receivers},
    {"badges", abuse_badges},
    {"futex_all", abuse_futex_all},
    {"futex_one", abuse_futex_one},
    {"futex_owner", abuse_futex_owner},
    {"timers", abuse_timers},
    {"notice_waiters", abuse_notice_waiters},
    {"thread_waiters", abuse_thread_waiters},
    {"task_waiters", abuse_task_waiters},
    {"callers_closed", abuse_callers_closed},
    {"callers_revoked", abuse_callers_revoked},
    {"callers_timeout", abuse_callers_timeout},
    {"callers_refused", abuse_callers_refused},
    {"lending", abuse_lending},
    {"lending_queue", abuse_lending_queue},
    {"unmap", abuse_unmap},
    {"unmap_sparse", abuse_unmap_sparse},
    {"protect_pieces", abuse_protect_pieces},
    {"mappings", abuse_mappings},
    {"share", abuse_share},
    {"exhaust", abuse_exhaust},
    {"arena", abuse_arena},
    {"constant", abuse_constant},
    {"handles_sent", abuse_handles_sent},
    {"denied", abuse_denied},
    {"explained", abuse_explained},
    {"malformed", abuse_malformed},
    {"kernel_strings", abuse_kernel_strings},
    {"log", abuse_log},
    {"hoard_exit", abuse_hoard_exit},
    {"hoard_threads", abuse_hoard_threads},
    {"hoard_regions", abuse_hoard_regions},
    {"hoard_objects", abuse_hoard_objects},
    {"create_fails", abuse_create_fails},
    {"create_short", abuse_create_short},
    {"faults", abuse_faults},
    {"many_processes", abuse_many_processes},
};

static const char *running = "";

void abuse_failed(const char *why)
{
    fprintf(stderr, "bench: abuse %s: %s\n", running, why);
}

uint64_t abuse_longest(char what[200])
{
    uint64_t longest = 0;

    for (unsigned i = 0; i < sizeof(scenarios) / sizeof(scenarios[0]); i++) {
        char name[64], place[200];
        uint64_t ticks = 0;

        running = scenarios[i].name;
        snprintf(name, sizeof(name), "latency.irq_off.%s", running);
        if (!is_wanted(name) && !is_wanted("latency.irq_off_max")) {
            continue;
        }
        core_sleep_ns(300000000); /* what ended before gives its memory back */
        core_irq_off(1, 0, NULL, NULL);
        scenarios[i].run();
        core_irq_off(0, 0, &ticks, place);
        bench_single(name, ticks);
        if (is_wanted(name)) {
            fprintf(stderr, "note %s: %s\n", name, place);
        }
        if (ticks > longest) {
            longest = ticks;
            snprintf(what, 200, "%s: %s", running, place);
        }
    }
    return longest;
}
