/*
 * object/notice.h: notification receivers.
 *
 * A receiver holds entries (object, mask, id). Events of one entry merge until they are read; entries
 * with something to read stand in a queue, oldest first. Posting needs no memory: everything is in the
 * entry. An entry outlives its object only until its last event is read.
 */
#ifndef OBJECT_NOTICE_H
#define OBJECT_NOTICE_H

#include <stdbool.h>

#include <rtl/retcode.h>

#include "core/list.h"
#include "object/object.h"

struct account;

struct subscription {
    struct list in_object;  /* of the object, while it lives */
    struct list in_notice;  /* of notice->subscriptions */
    struct list in_pending; /* of notice->pending, while there is something to read */
    struct notice *notice;
    struct object *object; /* weak; null once it is destroyed */
    struct account *account;
    uint64_t id;
    uint64_t serial; /* grows along the object's list */
    uint32_t mask;
    uint32_t occurred;
};

/* An event that is told in steps: event.h. Embedded in whoever posts it. */
struct post {
    struct subscription place; /* keeps the place in the object's list; has no notice */
    struct object *object;     /* reference held; null: none under way */
    uint64_t last;             /* serial of the latest subscription that is told */
    uint32_t events;
};

struct notice {
    struct object object;
    struct account *account;
    struct list subscriptions, pending;
    struct list waiters; /* threads in Notice.GetEvent */
    bool is_dropped;     /* waiters are sent away */
};

/* A look through a receiver's entries, in steps; embedded in the thread that drives it. */
struct notice_scan {
    struct subscription place; /* keeps the place among them; has no account */
    struct notice *notice;     /* reference held; null: none under way */
    bool has_found;
};

/* rcQuotaExceeded, rcOutOfMemory. One reference for the caller. */
Retcode notice_create(struct account *account, struct notice **out);
/* `past` are events that happened for good before: of these the entry is told at once.
 * rcInvalidArgument: empty mask. rcQuotaExceeded, rcOutOfMemory. */
Retcode notice_subscribe(struct notice *n, struct account *account, struct object *o, uint32_t mask,
                         uint64_t id, uint32_t past);
/* Takes out the entries of an object that have an id, or all of the object; those not yet read are lost.
 * Looks at no more than `budget`. rcRestart: there are more; ask again or notice_scan_drop().
 * rcResourceNotFound: there is none. */
Retcode notice_unsubscribe(struct notice_scan *scan, struct notice *n, struct object *o, bool has_id,
                           uint64_t id, uint32_t budget);
void notice_scan_drop(struct notice_scan *scan);
/* Reads the oldest entry with something to read; false: none. */
bool notice_take(struct notice *n, uint64_t *id, uint32_t *events);
/* Sends all waiters away, in steps: objects_settle(). Nobody waits on it any more. */
void notice_drop(struct notice *n);
/* Offered by core: something can be read, or the receiver was dropped: wakes at most `budget` of those
 * who wait; true when nobody is left who could go on. */
bool notice_wake(struct notice *n, uint32_t budget);

#endif
