/*
 * kos/base.h: what every published header of libkos brings with it.
 *
 * Programs in the field use these names without including their headers.
 */
#ifndef KOS_BASE_H
#define KOS_BASE_H

#include <handle/handletype.h>
#include <nk/arena.h>
#include <nk/errno.h>
#include <nk/types.h>
#include <rtl/compiler.h>
#include <rtl/retcode.h>
#include <rtl/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* For every timeout in milliseconds: wait without end. */
#define INFINITE_TIMEOUT (~0u)

#endif
