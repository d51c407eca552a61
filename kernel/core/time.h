/*
 * core/time.h: the clocks that programs read without a system call.
 */
#ifndef CORE_TIME_H
#define CORE_TIME_H

#include <stdbool.h>
#include <stdint.h>

#include <arch/paging.h>
#include <rtl/retcode.h>

/* Makes the page that every process sees. rcOutOfMemory. */
Retcode time_init(void);
paddr time_page_frame(void);
/* Nanoseconds since 1970, UTC. */
uint64_t time_wall_ns(void);
/* Ends an adjustment under way. */
void time_set_wall_ns(uint64_t ns);

/* The wall clock runs faster or slower until it has gained or lost so much. */
struct time_adjustment {
    uint64_t ns;
    bool is_back; /* it loses */
};
#define TIME_ADJUST_MAX (3600ull * 1000000000ull)
#define TIME_SLEW_MAX   500000u /* microseconds a second; with this the clock still never stands */
/* What is left of the one under way. */
struct time_adjustment time_adjustment_left(void);
/* In the place of the one under way. ns at most TIME_ADJUST_MAX, slew 1..TIME_SLEW_MAX. */
void time_adjust(struct time_adjustment a, uint32_t slew);

#endif
