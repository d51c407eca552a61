/*
 * fake.h: what a test can turn and look at in the fake machine.
 */
#ifndef FAKE_H
#define FAKE_H

#include <setjmp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct aspace;

/* ---- clock and interrupts ---- */

/* Which CPU the calling host thread is; null: CPU 0. */
extern _Thread_local struct cpu *fake_cpu_here;
extern uint64_t fake_now;      /* nanoseconds of uptime; nothing moves it but tests */
extern uint64_t fake_deadline; /* what the one-shot is set to, ~0 if it is off */

/* Called in every interrupt window inside the kernel (between two steps of a long operation); an
 * interrupt handler, so it may call core_timer_interrupt(). Null: nothing happens. */
extern void (*fake_window)(void);
extern uint64_t fake_windows; /* how many there have been */

/* Where an idle CPU goes: longjmp with 1. Where arch_exit goes: longjmp with 100 + status. */
extern jmp_buf *fake_leave;

/* What was printed on the kernel's log since the last call; for messages to a person. */
const char *fake_log(void);

/* ---- memory ---- */

/* Takes away (prot 0) or restricts the pages of a range; ACCESS_* bits. */
void fake_protect(struct aspace *as, uint64_t va, size_t size, uint32_t prot);
/* Bytes of a program's memory for a test to look at; null if not mapped. Within one page. */
uint8_t *fake_bytes(struct aspace *as, uint64_t va);
/* Called before each step of a copy between address spaces; null: nothing. */
extern void (*fake_copy_hook)(void);

/* ---- the image (image.c) ---- */

/* Answers KSM_RULE verdicts; null grants. */
struct ksm_query;
extern int (*fake_judge)(const struct ksm_query *query);
/* How often the module was asked, what it says of a denial, and whether it wants grants written down. */
extern unsigned fake_judged, fake_undone, fake_forgotten, fake_explained;
extern struct ksm_reason fake_reason;
extern uint32_t fake_bindings; /* that an explanation has to look at */
extern bool fake_wants_record;

#endif
