/*
 * core/boot_args.h: words of the kernel's command line, name=value.
 */
#ifndef CORE_BOOT_ARGS_H
#define CORE_BOOT_ARGS_H

#include <stdbool.h>
#include <stddef.h>

void boot_args_init(const char *cmdline);
/* Copies the value (cut to size - 1 characters); false if there is no such word. */
bool boot_arg(const char *name, char *value, size_t size);
/* Whether the word name=value is there. */
bool boot_arg_is(const char *name, const char *value);

#endif
