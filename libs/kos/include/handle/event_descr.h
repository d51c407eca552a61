/*
 * handle/event_descr.h: events of resources.
 *
 * The lower half of an event mask is the general part, which the kernel alone signals. The upper half is
 * the special part: of a user resource it means what its provider says, in a header that it publishes.
 */
#ifndef HANDLE_EVENT_DESCR_H
#define HANDLE_EVENT_DESCR_H

/* General part. */
#define EVENT_OBJECT_DESTROYED 0x00000001u /* the last handle is gone */
#define EVENT_BADGE_CLOSED     0x00000002u /* nothing of the transfer is left */
#define EVENT_TASK_COMPLETED   0x00000004u /* the process has ended */

/* The special part: bits 0..15 of `bits`. */
#define OBJECT_EVENT_SPEC(bits) ((unsigned)(bits) << 16)
/* The special part of user resources' masks. System resources have no special events, so it is all
 * theirs. */
#define OBJECT_EVENT_USER(bits) OBJECT_EVENT_SPEC(bits)

#endif
