/*
 * nk/stand.h: everything generated code may rely on, in one include.
 */
#ifndef NK_STAND_H
#define NK_STAND_H

#include <nk/arena.h>
#include <nk/assert.h>
#include <nk/compiler.h>
#include <nk/errno.h>
#include <nk/inttypes.h>
#include <nk/layout.h>
#include <nk/message.h>
#include <nk/stddef.h>
#include <nk/transport.h>
#include <nk/types.h>

#endif
