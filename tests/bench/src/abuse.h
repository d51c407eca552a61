/*
 * abuse.h: every operation at its largest, to see how long interrupts are off in it.
 *
 * What programs may make long the kernel does in steps (docs/design/steps.md); here a program makes it as
 * long as it can. abuse.c has the table and runs it.
 */
#ifndef BENCH_ABUSE_H
#define BENCH_ABUSE_H

#include <stdint.h>

/* Prints latency.irq_off.NAME for each scenario that is asked for, all if latency.irq_off_max is. The longest
 * of all, and what it was. */
uint64_t abuse_longest(char what[200]);
/* A scenario could not do what it is for. */
void abuse_failed(const char *why);

/* abuse_handles.c */
void abuse_close_wide(void);
void abuse_revoke_wide(void);
void abuse_revoke_deep(void);
void abuse_revoke_shared(void);
void abuse_revoke_crossing(void);
void abuse_subscriptions(void);
void abuse_receivers(void);
void abuse_badges(void);
/* abuse_crowds.c */
void abuse_futex_all(void);
void abuse_futex_one(void);
void abuse_futex_owner(void);
void abuse_timers(void);
void abuse_notice_waiters(void);
void abuse_thread_waiters(void);
void abuse_task_waiters(void);
void abuse_callers_closed(void);
void abuse_callers_revoked(void);
void abuse_callers_timeout(void);
void abuse_callers_refused(void);
void abuse_lending(void);
void abuse_lending_queue(void);
/* abuse_memory.c */
void abuse_unmap(void);
void abuse_unmap_sparse(void);
void abuse_protect_pieces(void);
void abuse_mappings(void);
void abuse_share(void);
void abuse_exhaust(void);
/* abuse_messages.c */
void abuse_arena(void);
void abuse_constant(void);
void abuse_handles_sent(void);
void abuse_denied(void);
void abuse_explained(void);
void abuse_malformed(void);
void abuse_kernel_strings(void);
void abuse_log(void);
/* abuse_processes.c */
void abuse_hoard_exit(void);
void abuse_hoard_threads(void);
void abuse_hoard_regions(void);
void abuse_hoard_objects(void);
void abuse_create_fails(void);
void abuse_create_short(void);
void abuse_faults(void);
void abuse_many_processes(void);

#endif
