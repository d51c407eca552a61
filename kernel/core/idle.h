/*
 * core/idle.h: what a CPU does when no thread is ready, and how a run ends.
 */
#ifndef CORE_IDLE_H
#define CORE_IDLE_H

#include <stdbool.h>

struct cpu;

/* Drains the logs, ends the run if nothing can ever happen again, else sleeps until an interrupt. */
void idle_once(struct cpu *cpu);
/* Offered by ipc: is a thread stuck in a Call for ever? Says which on the console. */
bool idle_is_deadlock(void);
/* exit=keep: an idle or finished system goes on waiting. */
void idle_set_keep(bool keep);
/* Powers the machine off with a status for the emulator, after draining the logs. */
_Noreturn void system_exit(int status);

#endif
