/*
 * arch/console.h: the serial ports, polled, and the end of the machine's run.
 */
#ifndef ARCH_CONSOLE_H
#define ARCH_CONSOLE_H

#include <stdbool.h>
#include <stddef.h>

#define CONSOLE_PROGRAMS 0u /* COM1: what programs print */
#define CONSOLE_KERNEL   1u /* COM2: the kernel's log */

/* Writes bytes; waits for the port (a missing port swallows them). "\n" is sent as it is. */
void arch_console_putc(unsigned port, char c);
void arch_console_write(unsigned port, const char *text, size_t size);
/* The same as far as the port takes bytes now; returns how many it took. */
size_t arch_console_write_some(unsigned port, const char *text, size_t size);
/* Where core dumps go: false if this machine has no such place. Bytes as they are, no waiting. */
bool arch_dump_open(void);
void arch_dump_write(const void *data, size_t size);
/* Ends the run with the status of the exit device, else powers off, else resets the machine. */
_Noreturn void arch_exit(unsigned status);

#endif
