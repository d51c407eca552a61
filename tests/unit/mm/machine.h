/*
 * machine.h: the simulated machine of the mm tests.
 */
#ifndef MACHINE_H
#define MACHINE_H

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include <arch/entry.h>

#include "mm/account.h"
#include "mm/aspace.h"
#include "mm/frame.h"
#include "mm/kmem.h"
#include "mm/usercopy.h"

#define MACHINE_BYTES (64ull << 20)

/* A machine whose RAM is the given pairs of first and past-the-last frame; ends with a zero pair.
 * Memory is filled with rubbish. Accounts get all of it. */
void machine_start(const uint64_t (*ranges)[2]);
/* The usual one: two ragged ranges. */
void machine_start_default(void);
/* Makes an address space the running thread's. */
void machine_run(struct aspace *as);
/* The other CPU, if there is one: a test says what it has loaded, and sees how often it was told to forget
 * and when. */
extern struct arch_cpu other_cpu;
extern bool has_other_cpu;
extern unsigned other_cpu_calls;
extern void (*other_cpu_told)(void);
/* A deterministic random number below n. */
uint64_t machine_random(uint64_t n);
void machine_seed(uint64_t seed);

#endif
