/*
 * arch/timer.h: time since boot, the one-shot timer, the wall clock. Times are nanoseconds.
 */
#ifndef ARCH_TIMER_H
#define ARCH_TIMER_H

#include <stdint.h>

/* The clock in terms of the cycle counter: ns = base_ns + ((tsc - base_tsc) * mult >> shift), the
 * product in 128 bits; the fields of struct kn_time_page. */
struct arch_clock {
    uint64_t base_tsc, base_ns, mult, tsc_hz;
    uint32_t shift;
};

const struct arch_clock *arch_clock(void);
/* Nanoseconds since the clock was started early in boot. */
uint64_t arch_time_ns(void);
/* core_timer_interrupt comes once, at `deadline` (ns of uptime; in the past: at once), or earlier
 * if the deadline lies beyond the timer's range: the caller looks at the clock and sets it again. */
void arch_timer_set(uint64_t deadline);
void arch_timer_stop(void);
/* Seconds since 1970, UTC, from the machine's clock; read once at boot by core. */
uint64_t arch_wall_clock(void);

#endif
