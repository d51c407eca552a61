/*
 * kos/event.h: events: a state, signalled or not, that threads wait for.
 *
 * Whether an event is reset by a thread that it let through is decided by each wait. Without reset
 * it stays signalled and lets everybody through until KosEventReset. With reset one KosEventSet
 * lets one such thread through; threads that wait without reset when it is set are let through all
 * the same.
 */
#ifndef KOS_EVENT_H
#define KOS_EVENT_H

#include <kos/base.h>

__RTL_BEGIN_DECLS

typedef struct KosEvent {
    rtl_uint64_t state; /* bit 0: signalled; 1..31: number of times it became so; 32..63: waiters */
} KosEvent;

/* For static objects, in place of KosEventInit. */
#define KOS_EVENT_INITIALIZER {0}

/* Makes an event that is not signalled. */
void KosEventInit(KosEvent *event);
/* Ends the use of one that nobody waits for. */
void KosEventDeinit(KosEvent *event);
/* Signals it and wakes those who wait. No kernel call if nobody does. */
void KosEventSet(KosEvent *event);
/* Makes it not signalled. */
void KosEventReset(KosEvent *event);
/* Waits until it is signalled; reset (rtl_true): and makes it not signalled in the same step. rcOk;
 * rcInvalidArgument: a null pointer. */
Retcode KosEventWait(KosEvent *event, rtl_bool reset);
/* The same, at most msec milliseconds (INFINITE_TIMEOUT: without end; zero: only asks). rcTimeout.
 */
Retcode KosEventWaitTimeout(KosEvent *event, rtl_bool reset, rtl_uint32_t msec);

__RTL_END_DECLS

#endif
