/*
 * core/time.h: the clocks that programs read without a system call.
 */
#ifndef CORE_TIME_H
#define CORE_TIME_H

#include <stdint.h>

#include <arch/paging.h>
#include <rtl/retcode.h>

/* Makes the page that every process sees. rcOutOfMemory. */
Retcode time_init(void);
paddr time_page_frame(void);
/* Nanoseconds since 1970, UTC. */
uint64_t time_wall_ns(void);
void time_set_wall_ns(uint64_t ns);

#endif
