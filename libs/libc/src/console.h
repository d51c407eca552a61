/*
 * console.h: the three descriptors that a program starts with.
 */
#ifndef LIBC_CONSOLE_H
#define LIBC_CONSOLE_H

#include "descriptor.h"

extern struct kos_file kos_console_in, kos_console_out, kos_console_err;

/* Whether a descriptor is one of them, or a copy. */
int kos_fd_is_console(int fd);

#endif
