/*
 * core/log.h: everything the kernel prints.
 *
 * Text goes into two rings, the kernel's log (second serial port) and the console (first serial
 * port, what programs print). They are drained in idle time, by the timer, and when one runs full;
 * a panic writes directly.
 */
#ifndef CORE_LOG_H
#define CORE_LOG_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Formats: %s %c %d %u %x %lx %lu %ld %p %%, with width and zero padding. */
__attribute__((format(printf, 3, 4))) int ksnprintf(char *buf, size_t size, const char *fmt, ...);
int kvsnprintf(char *buf, size_t size, const char *fmt, va_list ap);

/* Appends one line to the kernel's log (and to the console with verbose=1). */
__attribute__((format(printf, 1, 2))) void klog(const char *fmt, ...);
/* A line for the person at the console: kernel log and console both. */
__attribute__((format(printf, 1, 2))) void klog_notice(const char *fmt, ...);
/* Bytes a program prints: as many as there is room for, so that nobody waits for the port; returns how
 * many. log_drain makes room. */
size_t console_write(const char *text, size_t size);
bool console_has_room(size_t size);
/* Writes at most max bytes of the rings to the ports; false when both are empty. */
bool log_drain(size_t max);
void log_drain_all(void);
void log_set_verbose(bool is_verbose);
/* Whether what only interests while something is sought is logged (log=debug). */
void log_set_debug(bool is_debug);
bool log_is_debug(void);

#endif
