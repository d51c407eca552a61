/*
 * core/smp.h: several CPUs: starting them, waking one, and having others do something at once.
 */
#ifndef CORE_SMP_H
#define CORE_SMP_H

#include <stdbool.h>
#include <stdint.h>

#include "core/cpu.h"
#include "core/lock.h"

struct boot_info;
struct process;
struct thread;

/* Starts the other CPUs that the firmware lists, at most `limit` in all. Called once, before the first
 * program; the boot CPU then holds the lock. */
void smp_start(const struct boot_info *boot, unsigned limit);
/* Makes a CPU enter the kernel and look at its queues; harmless for this one. */
void smp_kick(struct cpu *cpu) REQUIRES(kernel_lock);
/* Runs f(arg) on the CPUs of the mask (not this one) and waits for all: each of them is in user mode
 * and is interrupted, or waits for the lock. f takes no lock and is short. */
void smp_call(uint64_t mask, void (*f)(void *), void *arg) REQUIRES(kernel_lock);
/* What smp_call asks of this CPU; from its interrupt and while it waits for the lock. */
void smp_serve(struct cpu *cpu);
/* The CPU on which t runs now, or null. */
struct cpu *smp_running_on(const struct thread *t) REQUIRES(kernel_lock);
/* Takes the threads of a process (all, or only this one) off the other CPUs; they are ready and
 * queued afterwards. A system call that such a thread was about to make is made when it runs again. */
void smp_stop_thread(struct thread *t) REQUIRES(kernel_lock);
void smp_stop_process(const struct process *p) REQUIRES(kernel_lock);

#endif
